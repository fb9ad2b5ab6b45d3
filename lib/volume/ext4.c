/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ext4.c - the file system on a mapped volume
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "../base/exec.h"
#include "../media/mounts.h"
#include "ext4.h"

#define FS_LABEL_MAX 16
#define E2FSCK_UNCORRECTED 4 /* e2fsck(8), "EXIT CODE" */

static int run(struct wv_ctx *ctx, const char *const *argv)
{
	const struct wv__exec exec = { .argv = argv };

	return wv__exec_ok(ctx, &exec);
}

/*
 * Everything is written now (no lazy_*_init), so that nothing is left for the
 * kernel to do while files are verified; no discard reaches the container.
 */
static int format(struct wv_ctx *ctx, const char *device, const char *label, const char *uuid)
{
	char short_label[FS_LABEL_MAX + 1];
	const char *const argv[] = { "mkfs.ext4", "-q", "-F", "-m", "0", "-L", short_label, "-U", uuid,
				     "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
				     device, NULL };

	snprintf(short_label, sizeof(short_label), "%s", label ? label : "");
	return run(ctx, argv);
}

/* debugfs ends with 0 whatever its command did: it is asked whether anything is left. */
static int remove_lost_found(struct wv_ctx *ctx, const char *device)
{
	const char *const remove[] = { "debugfs", "-w", "-R", "rmdir lost+found", device, NULL };
	const char *const look[] = { "debugfs", "-R", "stat lost+found", device, NULL };
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	const struct wv__exec exec = { .argv = look, .out = &out };
	int r;

	r = run(ctx, remove);
	if (r == 0)
		r = wv__exec_ok(ctx, &exec);
	if (r < 0)
		return r;
	if (strstr(wv__buf_str(&out), "Inode:"))
		return wv__fail(ctx, -EIO, "lost+found on %s cannot be removed", device);
	return 0;
}

int wv__ext4_make(struct wv_ctx *ctx, const char *device, const char *label, const char *uuid)
{
	int r;

	r = format(ctx, device, label, uuid);
	if (r == 0)
		r = remove_lost_found(ctx, device);
	return r < 0 ? r : wv__ext4_check(ctx, device);
}

/* The last line but the empty ones: what e2fsck ends with. */
static const char *last_line(struct wv_buf *out)
{
	char *line;

	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	line = out->len ? strrchr(out->data, '\n') : NULL;
	return line ? line + 1 : wv__buf_str(out);
}

/*
 * Only the journal: a repair could invent what nobody declared (lost+found),
 * and would hide that the volume was not whole.
 */
int wv__ext4_check(struct wv_ctx *ctx, const char *device)
{
	const char *const replay[] = { "e2fsck", "-p", "-E", "journal_only", device, NULL };
	const char *const check[] = { "e2fsck", "-f", "-n", device, NULL };
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	const struct wv__exec exec = { .argv = check, .out = &out };
	int r, status;

	r = run(ctx, replay);
	if (r < 0)
		return r;
	r = wv__exec(ctx, &exec, &status);
	if (r < 0)
		return r;
	if (status & E2FSCK_UNCORRECTED)
		return wv__fail(ctx, -EBADMSG, "the file system on %s is not clean: %s", device,
				last_line(&out));
	if (status != 0)
		return wv__fail(ctx, -EIO, "e2fsck cannot examine %s: %s", device, last_line(&out));
	return 0;
}

/* The first error stops writing: going on could only lose more. */
int wv__ext4_mount(struct wv_ctx *ctx, const char *device, const char *dir, bool read_only)
{
	return wv__mount(ctx, device, dir, "ext4", read_only ? WV__MOUNT_RO : 0,
			 "errors=remount-ro,nodiscard");
}

int wv__private_mounts(struct wv_ctx *ctx)
{
	if (unshare(CLONE_NEWNS) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a mount namespace");
	/* Slave, not private: a stick that somebody unmounts must not stay busy in here. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return wv__fail_sys(ctx, -errno, "cannot keep mounts to this process");
	return 0;
}
