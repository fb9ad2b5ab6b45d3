/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_loop.c - loop devices for tests
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "support.h"

#define LOOP_MAJOR 7

/* A free number; another process may take it before us. */
static int open_free(int *ret_number)
{
	const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	char path[32];
	int fd;

	ck_assert_int_ge(control, 0);
	*ret_number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	ck_assert_int_ge(*ret_number, 0);
	snprintf(path, sizeof(path), "/dev/loop%d", *ret_number);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) { /* a machine without udev or devtmpfs */
		mknod(path, S_IFBLK | 0660, makedev(LOOP_MAJOR, *ret_number));
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	return fd;
}

char *loop_attach(const char *file, unsigned int sector_size, bool direct_io)
{
	struct loop_config config = {
		.block_size = sector_size,
		.info.lo_flags = direct_io ? LO_FLAGS_DIRECT_IO : 0,
	};
	const int backing = open(file, O_RDWR | O_CLOEXEC);
	char *dev = NULL;
	int number, r = -1;

	ck_assert_int_ge(backing, 0);
	config.fd = backing;
	for (int attempt = 0; attempt < 100 && r < 0; attempt++) {
		const int fd = open_free(&number);

		if (fd < 0)
			continue;
		r = ioctl(fd, LOOP_CONFIGURE, &config);
		close(fd);
		ck_assert(r == 0 || errno == EBUSY);
	}
	close(backing);
	ck_assert_int_eq(r, 0);
	ck_assert_int_gt(asprintf(&dev, "/dev/loop%d", number), 0);
	return dev;
}

static bool is_attached(const char *dev)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", dev + strlen("/dev/"));
	return access(path, F_OK) == 0;
}

void loop_detach(const char *dev)
{
	const int fd = open(dev, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, LOOP_CLR_FD, 0), 0);
	close(fd);
	/* It goes when the last one lets go of it: udev's probe may hold it a moment. */
	for (int n = 0; n < 500 && is_attached(dev); n++)
		usleep(10000);
	ck_assert(!is_attached(dev));
}
