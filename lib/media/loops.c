/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loops.c - loop devices: attach, detach, and whose backing a file is
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "loops.h"
#include "../base/buf.h"

#ifndef LOOP_CONFIGURE /* Linux 5.8 */
#error "linux/loop.h is older than LOOP_CONFIGURE"
#endif

/* Others take free loop devices at the same time: so many are lost before we give up. */
#define ATTACH_TRIES 64

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static void fill_config(struct loop_config *config, int fd, const char *name,
			const struct wv__loop_opts *opts)
{
	config->fd = fd;
	config->block_size = opts->sector_size;
	config->info.lo_offset = opts->offset;
	config->info.lo_sizelimit = opts->size;
	config->info.lo_flags = (opts->read_only ? LO_FLAGS_READ_ONLY : 0) |
				(opts->direct_io ? LO_FLAGS_DIRECT_IO : 0) |
				(opts->autoclear ? LO_FLAGS_AUTOCLEAR : 0);
	snprintf((char *)config->info.lo_file_name, sizeof(config->info.lo_file_name), "%s", name);
}

/* The next free one, attached: its descriptor; -EBUSY when another was faster. */
static int attach_free(int control, const struct loop_config *config, bool read_only,
		       char **ret_path)
{
	const int number = ioctl(control, LOOP_CTL_GET_FREE);
	cleanup_free char *path = NULL;
	cleanup_close int loop = -1;

	if (number < 0)
		return -errno;
	path = wv__printf("/dev/loop%d", number);
	if (!path)
		return -ENOMEM;
	loop = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (loop < 0)
		return -errno;
	if (ioctl(loop, LOOP_CONFIGURE, config) < 0)
		return -errno;
	*ret_path = take_ptr(path);
	return take_fd(&loop);
}

int wv__loop_attach(struct wv_ctx *ctx, int fd, const char *name, const struct wv__loop_opts *opts,
		    char **ret_path, int *ret_fd)
{
	cleanup_close int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	struct loop_config config = { 0 };
	int r = -EBUSY, tries;

	if (control < 0)
		return wv__fail_sys(ctx, -errno, "cannot open /dev/loop-control");
	fill_config(&config, fd, name, opts);
	for (tries = 0; r == -EBUSY && tries < ATTACH_TRIES; tries++)
		r = attach_free(control, &config, opts->read_only, ret_path);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot attach a loop device to %s", name);
	*ret_fd = r;
	return 0;
}

int wv__loop_detach(struct wv_ctx *ctx, const char *path)
{
	cleanup_close int loop = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (loop < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", path);
	if (ioctl(loop, LOOP_CLR_FD) < 0 && errno != ENXIO)
		return wv__fail_sys(ctx, -errno, "cannot detach %s", path);
	return 0;
}

static bool same_file(dev_t dev, ino_t ino, dev_t rdev, const struct stat *backing)
{
	if (S_ISBLK(backing->st_mode)) /* any node of the device */
		return rdev == backing->st_rdev;
	return dev == backing->st_dev && ino == backing->st_ino;
}

/* 1 its path leads to the file, 0 to another, -1 nobody can tell from here. */
static int path_leads_to(const char *path, const struct stat *backing)
{
	struct statx sx;

	/* DONT_SYNC: do not ask the server of a network or FUSE file system that may not answer. */
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO,
		  &sx) < 0)
		return -1;
	return same_file(makedev(sx.stx_dev_major, sx.stx_dev_minor), sx.stx_ino,
			 S_ISBLK(sx.stx_mode) ? makedev(sx.stx_rdev_major, sx.stx_rdev_minor) : 0,
			 backing);
}

/* What the driver says, or the guess when it cannot be asked. */
static int driver_says(int number, const struct stat *backing, int guess)
{
	struct loop_info64 info;
	cleanup_close int loop = -1;
	char path[32];

	snprintf(path, sizeof(path), "/dev/loop%d", number);
	loop = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (loop < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : guess;
	if (ioctl(loop, LOOP_GET_STATUS64, &info) < 0)
		return errno == ENXIO ? 0 : guess;
	return same_file(info.lo_device, info.lo_inode, info.lo_rdevice, backing);
}

static int is_backed_by(int number, const struct stat *backing)
{
	char name[64], path[PATH_MAX];
	cleanup_close int fd = -1;
	ssize_t n;
	int leads;

	snprintf(name, sizeof(name), "/sys/block/loop%d/loop/backing_file", number);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -errno; /* not attached, or detached meanwhile */
	n = read(fd, path, sizeof(path) - 1);
	if (n < 0)
		return errno == ENODEV || errno == ENXIO ? 0 : -errno; /* detached meanwhile */
	while (n && path[n - 1] == '\n')
		n--;
	path[n] = '\0';
	leads = path_leads_to(path, backing);
	return leads == 0 ? 0 : driver_says(number, backing, leads > 0);
}

int wv__loop_find(struct wv_ctx *ctx, const struct stat *backing, int from)
{
	cleanup(close_dirp) DIR *dir = opendir("/sys/block");
	int best = -ENOENT;

	if (!dir)
		return wv__fail_sys(ctx, -errno, "cannot read /sys/block");
	for (;;) {
		const struct dirent *e;
		int number, r;

		errno = 0;
		e = readdir(dir);
		if (!e && errno)
			return wv__fail_sys(ctx, -errno, "cannot read /sys/block");
		if (!e)
			return best;
		if (sscanf(e->d_name, "loop%d", &number) != 1 || number < from ||
		    (best >= 0 && number > best))
			continue;
		r = is_backed_by(number, backing);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot learn what backs /dev/loop%d", number);
		if (r > 0)
			best = number;
	}
}
