/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.c - may a directory of this machine be the designated server?
 */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "place.h"

int wv__sync_path_allowed(struct wv_ctx *ctx, const char *dir, bool lab)
{
	struct statfs fs;

	if (statfs(dir, &fs) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at the server's directory %s", dir);
	if (lab)
		return 0;
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC || fs.f_type == HUGETLBFS_MAGIC)
		return wv__fail(ctx, -EPERM, "the server's directory %s lies in memory only", dir);
	return 0;
}
