/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs.h - what /sys says of block devices: attributes, the whole disk, and
 * the stack of devices above and below
 */
#ifndef WV_SYSFS_H
#define WV_SYSFS_H

#include <sys/types.h>

#include "../base/ctx.h"

/*
 * 1 found, 0 there is none, or a negative errno; no sentence. "None" and "could
 * not be read" are told apart, since a serial that is missed is another identity.
 */

/* The directory of a block device, without links: "/sys/devices/.../block/sdb/sdb1"; free() it. */
int wv__sysfs_dir(dev_t rdev, char **ret_dir);
/* An attribute below dir as text, blanks at both ends dropped; empty is none. */
int wv__sysfs_attr(const char *dir, const char *name, char *buf, size_t size);
int wv__sysfs_u64(const char *dir, const char *name, uint64_t *ret);
int wv__sysfs_dev(const char *dir, dev_t *ret); /* its device number */
const char *wv__sysfs_name(const char *dir);    /* its last component: the kernel name */

/* The USB device (not its interface) that the block device at dir is behind: the nearest one; free() it. */
int wv__sysfs_usb(const char *dir, char **ret_dir);

/* Called with each device's directory; anything but 0 ends the walk and is returned. */
typedef int (*wv__sysfs_fn)(void *data, const char *dir);

/* The partitions of the disk at dir. */
int wv__sysfs_partitions(const char *dir, wv__sysfs_fn fn, void *data);
/* The same for the whole disks of the machine. */
int wv__sysfs_disks(wv__sysfs_fn fn, void *data);
/* Those that stand on the device at dir ("holders") or that it stands on ("slaves"); not recursive. */
int wv__sysfs_stack(const char *dir, const char *link, wv__sysfs_fn fn, void *data);

#endif
