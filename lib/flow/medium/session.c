/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.c - from a medium and two factors to the files on it, and back
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../takeout/takeout_record.h"
#include "session.h"
#include "../../media/mounts.h"
#include "../../volume/ext4.h"
#include "../../volume/gate.h"

#define EXT4_ROOT_INO 2 /* Linux, Documentation/filesystems/ext4: special inodes */

int wv__volume_header(struct wv_ctx *ctx, const struct wv_device *dev, struct wv_doc *record,
		      struct wv__luks **ret_luks)
{
	const char *expected = wv_doc_str(record, "header");
	cleanup_luks struct wv__luks *luks = NULL;
	char digest[65];
	int r;

	r = wv__luks_open(ctx, wv__device_proc_path(dev), &luks);
	if (r == -ENODATA)
		return wv__fail(ctx, -EBADMSG, "the header of %s is damaged: it is not the one that the take-out record signs",
				dev->path);
	if (r < 0)
		return r;
	r = wv__luks_digest(ctx, luks, digest);
	if (r < 0)
		return r;
	if (!expected || strcmp(digest, expected) != 0)
		return wv__fail(ctx, -EBADMSG, "the header of %s is not the one that the take-out record signs",
				dev->path);
	*ret_luks = take_ptr(luks);
	return 0;
}

struct wv__factors wv__factors_of(const struct wv_open_opts *opts)
{
	return opts ? (struct wv__factors){ opts->key_file, opts->passphrase } :
		      (struct wv__factors){ 0 };
}

int wv__volume_unlock(struct wv__subject *s, const struct wv__factors *factors,
		      struct wv__luks **ret_luks, struct wv_secret **ret_key)
{
	struct wv_ctx *ctx = s->t->st->ctx;
	cleanup_luks struct wv__luks *luks = NULL;
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_doc struct wv_doc *record = NULL;
	int r;

	if (!factors || !factors->key_file || !factors->passphrase)
		return wv__fail(ctx, -EINVAL, "%s opens with two factors: give the key file and the passphrase",
				s->dev->path);
	r = wv__factor_read(ctx, factors->key_file, &key);
	if (r < 0)
		return r;
	r = wv__device_recheck(ctx, s->dev);
	if (r < 0)
		return r;
	r = wv__record_of(s->t, &record);
	if (r < 0)
		return r;
	r = wv__volume_header(ctx, s->dev, record, &luks);
	if (r < 0)
		return r;
	r = wv__gate(ctx, luks, key, factors->passphrase, -1, ret_key);
	if (r < 0)
		return r;
	*ret_luks = take_ptr(luks);
	return 0;
}

int wv__volume_map(struct wv__subject *s, struct wv__luks *luks, const struct wv_secret *key,
		   bool persistent, struct wv__mapping **ret)
{
	struct wv_station *st = s->t->st;
	const struct wv__map_opts opts = {
		.kind = (enum wv__mapper_kind)st->policy->mapper, .persistent = persistent,
	};
	cleanup_mapping struct wv__mapping *map = NULL;
	int r;

	r = wv__map(st->ctx, wv__device_proc_path(s->dev), luks, key, &opts, &map);
	if (r < 0)
		return r;
	r = wv__device_recheck(st->ctx, s->dev); /* a number may have gone to another disk meanwhile */
	if (r < 0)
		return r;
	*ret = take_ptr(map);
	return 0;
}

int wv__volume_found(struct wv__takeout *t)
{
	if (t->state == WV__LOST)
		return wv__fail(t->st->ctx, -EPERM, "volume %s is recorded as lost: close the incident first",
				wv__takeout_volume(t));
	return 0;
}

static int use_open_one(struct wv__session *session, const struct wv__mapped *mapped)
{
	struct wv_ctx *ctx = session->st->ctx;
	int r;

	if (!mapped->dir)
		return wv__fail(ctx, -EBUSY, "%s is mapped but not mounted: close it, then open it again",
				session->dev->path);
	r = wv__mapped_on(ctx, mapped, session->dev);
	if (r < 0)
		return r;
	if (r == 0)
		return wv__fail(ctx, -EBUSY, "what is open as volume %s lies on another medium than %s: close it first",
				wv__takeout_volume(session->t), session->dev->path);
	session->device = strdup(mapped->device);
	session->dir = strdup(mapped->dir);
	session->read_only = mapped->read_only;
	if (!session->device || !session->dir)
		return wv__fail_memory(ctx);
	return 0;
}

static int open_here(struct wv__session *session, struct wv__subject *s,
		     const struct wv__factors *factors)
{
	struct wv_ctx *ctx = session->st->ctx;
	cleanup_luks struct wv__luks *luks = NULL;
	cleanup_secret struct wv_secret *key = NULL;
	int r;

	r = wv__volume_unlock(s, factors, &luks, &key);
	if (r < 0)
		return r;
	r = wv__private_mounts(ctx);
	if (r < 0)
		return r;
	session->ours = true;
	/* writable also for a read-only look: the journal is replayed first, never skipped */
	r = wv__volume_map(s, luks, key, false, &session->map);
	if (r < 0)
		return r;
	session->device = strdup(wv__mapping_device(session->map));
	if (!session->device)
		return wv__fail_memory(ctx);
	r = wv__ext4_check(ctx, session->device);
	if (r < 0)
		return r;
	r = wv__make_temp_dir(ctx, "volume", &session->dir);
	if (r < 0)
		return r;
	return wv__ext4_mount(ctx, session->device, session->dir, session->read_only);
}

/* A part of it bound elsewhere, or what was mounted over it, is not the volume. */
static int check_root(const struct wv__session *session)
{
	struct wv_ctx *ctx = session->st->ctx;
	struct stat device, root;

	if (stat(session->device, &device) < 0 || fstat(session->root, &root) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", session->dir);
	if (root.st_dev != device.st_rdev || root.st_ino != EXT4_ROOT_INO)
		return wv__fail(ctx, -EBUSY, "%s is not the root of volume %s: unmount what was mounted besides, then run this again",
				session->dir, wv__takeout_volume(session->t));
	return 0;
}

int wv__session_begin(struct wv_station *st, struct wv__subject *s,
		      const struct wv__factors *factors, bool read_only, struct wv__session *ret)
{
	cleanup_session struct wv__session session = {
		.st = st, .t = s->t, .dev = s->dev, .root = -1, .read_only = read_only,
	};
	cleanup_mapped struct wv__mapped mapped = { 0 };
	int r;

	r = wv__volume_found(s->t);
	if (r < 0)
		return r;
	r = wv__map_reap(st->ctx, wv__takeout_volume(s->t));
	if (r == 0)
		r = wv__map_find(st->ctx, wv__device_proc_path(s->dev), wv__takeout_volume(s->t), &mapped);
	if (r < 0)
		return r;
	r = r ? use_open_one(&session, &mapped) : open_here(&session, s, factors);
	if (r < 0)
		return r;
	session.root = open(session.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (session.root < 0)
		return wv__fail_sys(st->ctx, -errno, "cannot open %s", session.dir);
	r = check_root(&session);
	if (r < 0)
		return r;
	*ret = session;
	session = (struct wv__session)WV_SESSION_INIT;
	return 0;
}

static int end(struct wv__session *session, struct wv_ctx *ctx)
{
	int r = 0;
	int end;

	wv__closep(&session->root);
	session->root = -1;
	if (session->ours && session->dir) {
		r = wv__umount(ctx, session->dir, 0);
		if (r < 0)
			wv__umount(NULL, session->dir, WV__UMOUNT_LAZY);
		rmdir(session->dir);
	}
	if (session->map) {
		end = wv__unmap(r < 0 ? NULL : ctx, take_ptr(session->map));
		if (r == 0)
			r = end;
	}
	free(take_ptr(session->dir));
	free(take_ptr(session->device));
	return r;
}

int wv__session_end(struct wv__session *session)
{
	return end(session, session->st->ctx);
}

void wv__session_drop(struct wv__session *session)
{
	end(session, NULL);
}
