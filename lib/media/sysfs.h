/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs.h - what /sys says of block devices: attributes, the whole disk, and
 * the stack of devices above and below
 */
#ifndef WV_SYSFS_H
#define WV_SYSFS_H

#include <sys/types.h>

#include "../base/ctx.h"

#define WV__KNAME_MAX 64

/* The directory of a block device, without links: "/sys/devices/.../block/sdb/sdb1". NULL: none, or no memory. */
char *wv__sysfs_dir(dev_t rdev);
/* An attribute below dir, blanks at both ends dropped. NULL: absent, empty, or no memory. */
char *wv__sysfs_attr(const char *dir, const char *name);
uint64_t wv__sysfs_u64(const char *dir, const char *name); /* 0: absent */
dev_t wv__sysfs_dev(const char *dir);                      /* its "dev"; 0: absent */

/* Called with each device's directory; anything but 0 ends the walk and is returned. */
typedef int (*wv__sysfs_fn)(void *data, const char *dir);

/* The partitions of the disk at dir. */
int wv__sysfs_partitions(const char *dir, wv__sysfs_fn fn, void *data);
/* Those that stand on the device at dir ("holders") or that it stands on ("slaves"); not recursive. */
int wv__sysfs_stack(const char *dir, const char *link, wv__sysfs_fn fn, void *data);

#endif
