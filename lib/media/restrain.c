/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restrain.c - keep a medium from being written, or from being used at all
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

#include "restrain.h"
#include "sysfs.h"
#include "../base/fs.h"

#define CLASS_HUB 0x09 /* bDeviceClass */

int wv__restrain_read_only(struct wv_ctx *ctx, const struct wv_device *dev)
{
	int flag = 1;

	if (ioctl(wv__device_fd(dev), BLKROSET, &flag) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make %s read-only", dev->path);
	flag = 0;
	if (ioctl(wv__device_fd(dev), BLKROGET, &flag) < 0)
		return wv__fail_sys(ctx, -errno, "cannot ask whether %s is read-only", dev->path);
	return flag ? 0 : wv__fail(ctx, -EIO, "%s was made read-only and is not", dev->path);
}

/* The kernel gives its interfaces back, and the disks with them, before the write returns. */
static int withdraw(const char *usb_dir)
{
	cleanup_free char *path = wv__path_join(usb_dir, "authorized");
	cleanup_close int fd = -1;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : wv__write_all(fd, "0", 1);
}

static int is_hub(const char *usb_dir)
{
	char text[16];
	const int r = wv__sysfs_attr(usb_dir, "bDeviceClass", text, sizeof(text));

	return r <= 0 ? r : strtoul(text, NULL, 16) == CLASS_HUB;
}

int wv__restrain_refuse(struct wv_ctx *ctx, const char *usb_dir)
{
	const char *name = wv__sysfs_name(usb_dir);
	uint64_t authorized = 1;
	int r = is_hub(usb_dir);

	if (r > 0)
		return wv__fail(ctx, -EPERM, "the USB device %s is a hub", name);
	if (r == 0)
		r = withdraw(usb_dir);
	if (r == 0)
		r = wv__sysfs_u64(usb_dir, "authorized", &authorized);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot withdraw the authorization of the USB device %s", name);
	if (r == 0 || authorized)
		return wv__fail(ctx, -EIO, "the USB device %s stays authorized", name);
	return 0;
}
