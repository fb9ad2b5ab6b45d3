/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.c - may a directory of this machine be the designated server?
 */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "place.h"

/* ProtectSystem=strict of a unit: what the machine lets everybody write is read-only for it. */
static int fail_read_only(struct wv_ctx *ctx, const char *dir)
{
	if (getenv("INVOCATION_ID")) /* systemd.exec(5) */
		return wv__fail(ctx, -EROFS, "the server's directory %s is read-only for this service: a drop-in of it with ReadWritePaths=\"%s\" lets it write there (systemctl edit workvol-return@.service)",
				dir, dir);
	return wv__fail(ctx, -EROFS, "the server's directory %s is read-only", dir);
}

int wv__sync_path_allowed(struct wv_ctx *ctx, const char *dir, bool lab)
{
	struct statfs fs;

	if (statfs(dir, &fs) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at the server's directory %s", dir);
	if (access(dir, W_OK) < 0 && errno == EROFS)
		return fail_read_only(ctx, dir);
	if (lab)
		return 0;
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC || fs.f_type == HUGETLBFS_MAGIC)
		return wv__fail(ctx, -EPERM, "the server's directory %s lies in memory only", dir);
	return 0;
}
