/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * slot.c - a take-out's directory on the server
 *
 * What was signed for stays: a key may be destroyed on the word of a receipt,
 * so data/ is moved aside, never opened again, when more is sent. rsync hard
 * links what is the same from there. That is safe, since it replaces files and
 * never writes into one (--inplace is nowhere), and it links only where every
 * attribute that it sets is equal.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "../base/fs.h"
#include "slot.h"

#define SEALED_MAX 100000 /* generations of one take-out; a bound, not a quota */

void wv__slot_close(struct wv__slot *slot)
{
	wv__closep(&slot->lock);
	wv__closep(&slot->dir);
	*slot = (struct wv__slot)WV_SLOT_INIT;
}

bool wv__is_takeout(const char *id)
{
	if (strlen(id) != 36)
		return false;
	for (int i = 0; i < 36; i++) {
		const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? id[i] != '-' : !strchr("0123456789abcdef", id[i]))
			return false;
	}
	return true;
}

static int open_dir(struct wv_ctx *ctx, const char *root, const char *takeout, bool create)
{
	cleanup_close int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int dir;

	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open the server's directory %s", root);
	if (create && mkdirat(fd, takeout, 0700) < 0 && errno != EEXIST)
		return wv__fail_sys(ctx, -errno, "cannot make %s/%s", root, takeout);
	if (create && fsync(fd) < 0)
		return wv__fail_sys(ctx, -errno, "cannot write %s", root);
	dir = wv__open_beneath(fd, takeout, O_RDONLY | O_DIRECTORY, 0);
	if (dir == -ENOENT)
		return wv__fail(ctx, dir, "nothing was ever sent for take-out %s", takeout);
	if (dir < 0)
		return wv__fail_sys(ctx, dir, "cannot open %s/%s", root, takeout);
	return dir;
}

/* 1, 0, or a negative errno: a mark that cannot be seen is not a mark that is absent. */
static int exists(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

static void name_sealed(unsigned int n, char ret[WV_SLOT_SEALED])
{
	ret[0] = '\0';
	if (n > 0)
		snprintf(ret, WV_SLOT_SEALED, "sealed-%u", n);
}

/* Names are given in order and never taken away by us: the first gap is the end. */
static int count_sealed(struct wv_ctx *ctx, int dir)
{
	char name[WV_SLOT_SEALED];
	unsigned int n = 0;
	int r;

	do {
		name_sealed(++n, name);
		r = exists(dir, name);
	} while (r == 1 && n <= SEALED_MAX);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot look at the take-out's directory");
	return n - 1;
}

int wv__slot_open(struct wv_ctx *ctx, const char *root, const char *takeout, bool create,
		  struct wv__slot *ret)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	int n;

	slot.dir = open_dir(ctx, root, takeout, create);
	if (slot.dir < 0)
		return slot.dir;
	slot.lock = wv__open_beneath(slot.dir, "lock", O_RDWR | O_CREAT, 0600);
	if (slot.lock < 0)
		return wv__fail_sys(ctx, slot.lock, "cannot lock %s/%s", root, takeout);
	if (flock(slot.lock, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ?
			       wv__fail(ctx, -EBUSY, "%s to take-out %s on the server", WV_SLOT_BUSY, takeout) :
			       wv__fail_sys(ctx, -errno, "cannot lock %s/%s", root, takeout);
	n = count_sealed(ctx, slot.dir);
	if (n < 0)
		return n;
	name_sealed(n, slot.sealed);

	*ret = slot;
	slot = (struct wv__slot)WV_SLOT_INIT;
	return 0;
}

static int move_aside(struct wv_ctx *ctx, struct wv__slot *slot)
{
	const int n = count_sealed(ctx, slot->dir);
	char name[WV_SLOT_SEALED];

	if (n < 0)
		return n;
	if (n >= SEALED_MAX)
		return wv__fail(ctx, -EFBIG, "%d signed copies lie on the server: no more are kept", n);
	name_sealed(n + 1, name);
	if (renameat2(slot->dir, "data", slot->dir, name, RENAME_NOREPLACE) < 0)
		return wv__fail_sys(ctx, -errno, "cannot move aside what was signed for");
	strcpy(slot->sealed, name);
	return 0;
}

int wv__slot_begin_write(struct wv_ctx *ctx, struct wv__slot *slot)
{
	const int closed = exists(slot->dir, "closed");
	const int data = exists(slot->dir, "data");
	int r = 0;

	if (closed < 0 || data < 0)
		return wv__fail_sys(ctx, MIN(closed, data), "cannot look at the take-out's directory");
	if (closed && data)
		r = move_aside(ctx, slot);
	if (r < 0)
		return r;
	/* In this order: a data/ without the mark is never one that was signed for. */
	if (fsync(slot->dir) < 0)
		return wv__fail_sys(ctx, -errno, "cannot write the take-out's directory");
	if (closed && unlinkat(slot->dir, "closed", 0) < 0)
		return wv__fail_sys(ctx, -errno, "cannot begin to write the take-out's data");
	if ((closed || !data) && mkdirat(slot->dir, "data", 0700) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make the take-out's data directory");
	return 0;
}

int wv__slot_seal(struct wv_ctx *ctx, struct wv__slot *slot, bool *ret_was)
{
	cleanup_close int fd = -1;
	const int was = exists(slot->dir, "closed");

	if (was < 0)
		return wv__fail_sys(ctx, was, "cannot look at the take-out's directory");
	fd = wv__open_beneath(slot->dir, "closed", O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		return wv__fail_sys(ctx, fd, "cannot close the take-out's data to writing");
	if (fsync(fd) < 0 || fsync(slot->dir) < 0)
		return wv__fail_sys(ctx, -errno, "cannot close the take-out's data to writing");
	*ret_was = was;
	return 0;
}

void wv__slot_unseal(struct wv__slot *slot)
{
	unlinkat(slot->dir, "closed", 0);
}
