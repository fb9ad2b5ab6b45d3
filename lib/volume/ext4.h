/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ext4.h - the file system on a mapped volume
 */
#ifndef WV_EXT4_H
#define WV_EXT4_H

#include "../base/ctx.h"

/* Make an empty one, its lost+found removed: nothing undeclared is on it. label: at most 16 bytes of it; may be NULL */
int wv__ext4_make(struct wv_ctx *ctx, const char *device, const char *label, const char *uuid);

/**
 * wv__ext4_check() - replay the journal if it was not unmounted cleanly, then examine all of it
 *
 * The device is writable and not mounted. Return: 0, -EBADMSG with what e2fsck
 * said when it is not clean, or another negative errno.
 */
int wv__ext4_check(struct wv_ctx *ctx, const char *device);

/* Mount nosuid, nodev, noexec, nosymfollow. Unmount with wv__umount() (media/mounts.h). */
int wv__ext4_mount(struct wv_ctx *ctx, const char *device, const char *dir, bool read_only);

/**
 * wv__private_mounts() - what this thread mounts from now on ends with the process
 *
 * A mount namespace of its own; what others unmount still goes away in it.
 * Threads started later are in it too, those that run already are not. For
 * prepare and return, once, before their first mount; open does without.
 */
int wv__private_mounts(struct wv_ctx *ctx);

#endif
