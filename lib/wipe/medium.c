/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * medium.c - a device or container file, read and written past every cache
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "../base/fs.h"
#include "../media/device.h"
#include "../media/facts.h"
#include "../media/sysfs.h"
#include "../media/temperature.h"
#include "medium.h"

/* What direct I/O on this file is aligned to: the file system says, or 512 where the size asks for it. */
static uint32_t file_block(int fd, uint64_t size)
{
#ifdef STATX_DIOALIGN
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) == 0 &&
	    (stx.stx_mask & STATX_DIOALIGN) && stx.stx_dio_offset_align)
		return stx.stx_dio_offset_align;
#else
	(void)fd;
#endif
	return size % 4096 ? 512 : 4096;
}

int wv__medium_open(struct wv_ctx *ctx, const struct wv_device *dev, bool write,
		    struct wv__medium *ret)
{
	struct wv__medium m = {
		.path = dev->path,
		.model = dev->model,
		.serial = dev->serial,
		.serial_origin = dev->serial_origin,
		.media = dev->media,
		.rotational = dev->rotational,
		.is_file = dev->kind == WV__FILE,
		.rdev = dev->rdev,
		.diskseq = dev->diskseq,
		.dev = dev,
		.fd = -1,
	};
	const int mode = (write ? O_RDWR : O_RDONLY) | O_CLOEXEC;
	cleanup_close int fd = -1;

	fd = open(wv__device_proc_path(dev), mode | O_DIRECT);
	/* what device.c had to do without, a tmpfs of an older kernel, is done without here too */
	if (fd < 0 && errno == EINVAL && (dev->flags & WV__DEV_DIRECT) &&
	    !(fcntl(wv__device_fd(dev), F_GETFL) & O_DIRECT))
		fd = open(wv__device_proc_path(dev), mode);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s for direct I/O", dev->path);
	m.fd = fd;
	m.size = wv__medium_size_now(&m);
	if (m.size != dev->size)
		return wv__fail(ctx, -EBUSY, "%s now has %" PRIu64 " bytes, not %" PRIu64,
				dev->path, m.size, dev->size);
	m.block = m.is_file ? file_block(fd, m.size) : dev->logical_block;
	if (!m.block || m.size % m.block)
		return wv__fail(ctx, -EINVAL, "the size of %s is not a multiple of its block, %u",
				dev->path, m.block);
	m.unit = MAX(m.block, MIN(dev->physical_block, 4096u));
	*ret = m;
	take_fd(&fd);
	return 0;
}

void wv__medium_close(struct wv__medium *medium)
{
	wv__closep(&medium->fd);
	medium->fd = -1;
}

int wv__medium_hold_fd(const struct wv__medium *medium)
{
	return medium->dev ? wv__device_hold_fd(medium->dev) : -1;
}

int wv__medium_do(const struct wv__medium *medium, enum wv__op op, void *buf, size_t len,
		  uint64_t offset)
{
	const struct wv__medium_ops *ops = medium->ops;

	switch (op) {
	case WV__READ:
		return ops ? ops->read(medium->data, buf, len, offset) :
			     wv__pread_all(medium->fd, buf, len, offset);
	case WV__WRITE:
		return ops ? ops->write(medium->data, buf, len, offset) :
			     wv__pwrite_all(medium->fd, buf, len, offset);
	default:
		if (ops)
			return ops->flush(medium->data);
		return fdatasync(medium->fd) < 0 ? -errno : 0;
	}
}

int wv__medium_temperature(const struct wv__medium *medium, int *ret_millidegrees, int *ret_limit)
{
	cleanup_free char *dir = NULL;

	if (medium->ops && medium->ops->temperature)
		return medium->ops->temperature(medium->data, ret_millidegrees, ret_limit);
	if (medium->ops || !medium->rdev || wv__sysfs_dir(medium->rdev, &dir) <= 0)
		return -ENODATA;
	return wv__temperature(dir, ret_millidegrees, ret_limit);
}

uint64_t wv__medium_size_now(const struct wv__medium *medium)
{
	uint64_t size = 0;
	struct stat st;

	if (medium->ops)
		return medium->ops->size(medium->data);
	return fstat(medium->fd, &st) == 0 && wv__facts_size(medium->fd, &st, &size) == 0 ? size : 0;
}

uint64_t wv__medium_diskseq_now(const struct wv__medium *medium)
{
	uint64_t seq = 0;

	if (medium->ops)
		return medium->ops->diskseq ? medium->ops->diskseq(medium->data) : 0;
	return ioctl(medium->fd, BLKGETDISKSEQ, &seq) == 0 ? seq : 0;
}

bool wv__medium_is_other(const struct wv__medium *medium)
{
	const uint64_t seq = medium->diskseq ? wv__medium_diskseq_now(medium) : 0;

	return seq && seq != medium->diskseq;
}

bool wv__medium_is_renamed(const struct wv__medium *medium)
{
	return medium->dev && wv__device_recheck_real(NULL, medium->dev) < 0;
}
