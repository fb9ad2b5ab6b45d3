/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device.c - one disk, partition, loop or container file: opened and held
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "device.h"
#include "facts.h"
#include "guard.h"
#include "../base/fs.h"

void wv__device_free(struct wv_device *dev)
{
	if (!dev)
		return;
	wv__closep(&dev->hold_fd);
	wv__closep(&dev->fd);
	free(dev->path);
	free(dev->real_path);
	free(dev->kname);
	free(dev->disk);
	free(dev->vendor);
	free(dev->model);
	free(dev->serial);
	free(dev);
}

void wv__device_freep(struct wv_device **dev)
{
	wv__device_free(*dev);
}

int wv__device_fd(const struct wv_device *dev)
{
	return dev->fd;
}

const char *wv__device_proc_path(const struct wv_device *dev)
{
	return dev->proc_path;
}

const char *wv__device_kind_name(const struct wv_device *dev)
{
	static const char *const names[] = { "disk", "partition", "loop", "file" };

	return names[dev->kind];
}

int wv__device_reopen(struct wv_ctx *ctx, const struct wv_device *dev)
{
	const int fd = open(dev->proc_path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? wv__fail_sys(ctx, -errno, "cannot read %s", dev->path) : fd;
}

/* Who uses it says more than that it cannot be opened: a running system's disk often cannot. */
static int fail_open(struct wv_ctx *ctx, const struct wv_device *dev, int err)
{
	const char *path = dev->path;

	if (dev->rdev && (err == EPERM || err == EACCES || err == EBUSY) &&
	    wv__guard_in_use(ctx, dev) == -EBUSY)
		return -EBUSY;
	if (err == EROFS || err == EACCES) /* a write-protected disk says either */
		return wv__fail(ctx, -EROFS, "%s cannot be written: it is read-only", path);
	if (err == EBUSY || err == ETXTBSY)
		return wv__fail(ctx, -EBUSY, "%s is in use", path);
	return wv__fail_sys(ctx, -err, "cannot open %s", path);
}

/*
 * Before Linux 6.6 tmpfs refuses O_DIRECT. There is no medium below its pages
 * that could differ from them, so nothing is lost without it.
 */
static bool is_tmpfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

/*
 * O_PATH first: opening is an act of its own for tapes, FIFOs and the like, so
 * the kind is known before; and nobody swaps the name between the two.
 */
static int open_node(struct wv_ctx *ctx, struct wv_device *dev, struct stat *ret_st)
{
	int mode = dev->flags & WV__DEV_RDONLY ? O_RDONLY : O_RDWR;
	cleanup_close int node = open(dev->path, O_PATH | O_CLOEXEC);
	char name[32];

	if (node < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dev->path);
	if (fstat(node, ret_st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", dev->path);
	if (!S_ISBLK(ret_st->st_mode) && !S_ISREG(ret_st->st_mode))
		return wv__fail(ctx, -ENOTBLK, "%s is neither a block device nor a regular file",
				dev->path);
	if (dev->flags & WV__DEV_DIRECT)
		mode |= O_DIRECT;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", node);
	if (S_ISBLK(ret_st->st_mode))
		dev->rdev = ret_st->st_rdev;
	else
		dev->kind = WV__FILE;
	dev->fd = open(name, mode | O_CLOEXEC | O_NOCTTY);
	if (dev->fd < 0 && errno == EINVAL && (mode & O_DIRECT) && is_tmpfs(node))
		dev->fd = open(name, (mode & ~O_DIRECT) | O_CLOEXEC | O_NOCTTY);
	if (dev->fd < 0)
		return fail_open(ctx, dev, errno);
	snprintf(dev->proc_path, sizeof(dev->proc_path), "/proc/self/fd/%d", dev->fd);
	return 0;
}

int wv__device_open(struct wv_ctx *ctx, const char *path, uint32_t flags,
		    struct wv_device **ret_dev)
{
	cleanup_device struct wv_device *dev = calloc(1, sizeof(*dev));
	struct stat st;
	int r;

	if (!dev)
		return wv__fail_memory(ctx);
	dev->fd = dev->hold_fd = -1;
	dev->flags = flags;
	dev->path = strdup(path);
	if (!dev->path)
		return wv__fail_memory(ctx);
	r = wv__real_path(ctx, path, &dev->real_path);
	if (r < 0)
		return r;
	r = open_node(ctx, dev, &st);
	if (r < 0)
		return r;
	r = wv__facts_load(ctx, dev, &st);
	if (r < 0)
		return r;
	if (dev->read_only && !(flags & WV__DEV_RDONLY))
		return fail_open(ctx, dev, EROFS);
	if (flags & WV__DEV_EXCL) {
		r = wv__device_hold(ctx, dev);
		if (r < 0)
			return r;
	}
	*ret_dev = take_ptr(dev);
	return 0;
}

int wv__device_is(const struct wv_device *dev, int fd)
{
	uint64_t size, seq;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (dev->rdev ? !S_ISBLK(st.st_mode) || st.st_rdev != dev->rdev
		      : st.st_dev != dev->dev || st.st_ino != dev->ino)
		return 0;
	r = wv__facts_diskseq(fd, &st, &seq);
	if (r >= 0)
		r = wv__facts_size(fd, &st, &size);
	return r < 0 ? r : seq == dev->diskseq && size == dev->size;
}

static int recheck_fd(struct wv_ctx *ctx, const struct wv_device *dev, int fd)
{
	const int r = wv__device_is(dev, fd);

	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot learn about %s", dev->path);
	return r ? 0 : wv__fail(ctx, -EBUSY, "%s was replaced", dev->path);
}

static int recheck_name(struct wv_ctx *ctx, const struct wv_device *dev, const char *name)
{
	cleanup_close int fresh = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fresh < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
		return wv__fail(ctx, -EBUSY, "%s was removed or replaced", dev->path);
	if (fresh < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s again", dev->path);
	return recheck_fd(ctx, dev, fresh);
}

int wv__device_recheck_real(struct wv_ctx *ctx, const struct wv_device *dev)
{
	const int r = recheck_name(ctx, dev, dev->real_path);

	return r < 0 ? r : recheck_fd(ctx, dev, dev->fd);
}

int wv__device_recheck(struct wv_ctx *ctx, const struct wv_device *dev)
{
	/* both names: the one that was given, and the one that others are told */
	const int r = recheck_name(ctx, dev, dev->path);

	return r < 0 ? r : wv__device_recheck_real(ctx, dev);
}

/* Set or drop the OFD lock over the whole file. */
static int lock_file(const struct wv_device *dev, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(dev->fd, F_OFD_SETLK, &lock) < 0 ? -errno : 0;
}

static int take_hold(struct wv_device *dev)
{
	if (!dev->rdev)
		return lock_file(dev, dev->flags & WV__DEV_RDONLY ? F_RDLCK : F_WRLCK);
	dev->hold_fd = open(dev->proc_path, O_RDONLY | O_EXCL | O_CLOEXEC);
	return dev->hold_fd < 0 ? -errno : 0;
}

struct holding {
	struct wv_ctx *ctx;
	struct wv_device *dev;
};

/* Who uses it is no remains of a killed program, and not waited for. */
static int try_hold(void *data)
{
	const struct holding *holding = data;
	const int r = take_hold(holding->dev);
	int used;

	if (r != -EBUSY && r != -EAGAIN && r != -EACCES)
		return r < 0 ? wv__fail_sys(holding->ctx, r, "cannot take %s for exclusive use", holding->dev->path) : 0;
	used = wv__guard_in_use(holding->ctx, holding->dev);
	return used < 0 ? used : 1;
}

int wv__device_hold(struct wv_ctx *ctx, struct wv_device *dev)
{
	struct holding holding = { ctx, dev };
	int r;

	if (dev->held)
		return 0;
	r = wv__guard_retry(ctx, try_hold, &holding);
	if (r > 0)
		return wv__fail(ctx, -EBUSY, "%s is in use: it is held by another program", dev->path);
	dev->held = r == 0;
	return r;
}

void wv__device_unhold(struct wv_device *dev)
{
	if (dev->held && !dev->rdev)
		lock_file(dev, F_UNLCK);
	wv__closep(&dev->hold_fd);
	dev->hold_fd = -1;
	dev->held = false;
}

int wv__device_hold_fd(const struct wv_device *dev)
{
	return !dev->held ? -1 : dev->rdev ? dev->hold_fd : dev->fd;
}

int wv__device_flush(struct wv_ctx *ctx, const struct wv_device *dev)
{
	if (fdatasync(dev->fd) < 0)
		return wv__fail_sys(ctx, -errno, "cannot flush %s", dev->path);
	if (dev->rdev && ioctl(dev->fd, BLKFLSBUF, 0) < 0)
		return wv__fail_sys(ctx, -errno, "cannot flush %s", dev->path);
	if (!dev->rdev)
		posix_fadvise(dev->fd, 0, 0, POSIX_FADV_DONTNEED); /* a wish: the caller reads O_DIRECT */
	return 0;
}
