/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restrain.h - keep a medium from being written, or from being used at all
 */
#ifndef WV_RESTRAIN_H
#define WV_RESTRAIN_H

#include "device.h"

/* The block device's read-only flag: set, and read back. Whoever opens it or its partitions cannot write. */
int wv__restrain_read_only(struct wv_ctx *ctx, const struct wv_device *dev);

/**
 * wv__restrain_refuse() - withdraw the authorization of a USB device
 * @usb_dir: its directory, by wv__sysfs_usb()
 *
 * All disks behind that USB device are gone from then on.
 *
 * Return: 0, -EPERM when it is a hub, or another negative errno with its sentence.
 */
int wv__restrain_refuse(struct wv_ctx *ctx, const char *usb_dir);

#endif
