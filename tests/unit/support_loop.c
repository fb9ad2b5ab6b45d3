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

/* The file below a loop device; "" when it is free. */
static void backing_of(const char *dev, char *ret, size_t size)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", dev + strlen("/dev/"));
	*ret = '\0';
	f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(ret, (int)size, f))
		*ret = '\0';
	fclose(f);
}

void loop_detach(const char *dev)
{
	const int fd = open(dev, O_RDONLY | O_CLOEXEC);
	char before[4096], now[4096];

	ck_assert_int_ge(fd, 0);
	backing_of(dev, before, sizeof(before));
	ck_assert_int_eq(ioctl(fd, LOOP_CLR_FD, 0), 0);
	close(fd);
	/*
	 * It goes when the last one lets go of it: udev's probe may hold it a
	 * moment. Another test may have taken the number since.
	 */
	for (int n = 0; n < 3000; n++) {
		backing_of(dev, now, sizeof(now));
		if (strcmp(now, before) != 0)
			return;
		usleep(10000);
	}
	ck_abort_msg("%s is still attached", dev);
}
