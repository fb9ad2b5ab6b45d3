/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * volumes.h - every LUKS2 volume on a medium: on it, in a partition of it, in
 * a file on a file system on it
 */
#ifndef WV_VOLUMES_H
#define WV_VOLUMES_H

#include "sig.h"

/*
 * Called for each, whether it says that it is a work volume or not
 * (wv__volume_sig_is_work()): its header may have been altered. Anything but 0 ends the search and is returned. where:
 * "/dev/sdb", "partition 1 of /dev/sdb", "a file on partition 1 of /dev/sdb".
 */
typedef int (*wv__volume_fn)(void *data, const struct wv__volume_sig *sig, const char *where);

/* Nothing is written. A file system that cannot be looked through is a warning in the log. */
int wv__volumes_each(struct wv_ctx *ctx, const struct wv_device *dev, wv__volume_fn fn, void *data);

#endif
