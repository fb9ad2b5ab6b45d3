/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mounts.h - the mount table, mounting and unmounting. The only file that
 * knows libmount.
 */
#ifndef WV_MOUNTS_H
#define WV_MOUNTS_H

#include <sys/types.h>

#include "../base/ctx.h"

#define WV__MOUNT_RO    (1u << 0)
#define WV__UMOUNT_LAZY (1u << 0) /* MNT_DETACH */

struct wv__mount_info {
	char *dir;
	char *source;
	char *fstype;
	char *options; /* of the file system */
	dev_t dev;
};

#define cleanup_mount_info cleanup(wv__mount_info_clear)
void wv__mount_info_clear(struct wv__mount_info *info);

/**
 * wv__mount_by_dev() - where a block device is mounted
 * @everywhere: in the mount namespaces of other processes too
 * @ret: zeroed by the caller, cleared with wv__mount_info_clear(); may be NULL
 *
 * Return: 1 mounted, 0 not, or a negative errno.
 */
int wv__mount_by_dev(struct wv_ctx *ctx, dev_t rdev, bool everywhere, struct wv__mount_info *ret);
/* What is mounted at exactly this directory (the topmost): 1, 0 nothing, or a negative errno. */
int wv__mount_by_dir(struct wv_ctx *ctx, const char *dir, struct wv__mount_info *ret);

/**
 * wv__mount() - mount nosuid, nodev, noexec, nosymfollow
 * @flags: WV__MOUNT_RO
 * @options: more of the file system's own ("noload"); may be NULL
 */
int wv__mount(struct wv_ctx *ctx, const char *source, const char *dir, const char *fstype,
	      uint32_t flags, const char *options);
/* -EBUSY while files are open below it, unless WV__UMOUNT_LAZY. Not mounted is fine. */
int wv__umount(struct wv_ctx *ctx, const char *dir, uint32_t flags);

#endif
