/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restraint.c - what on-insert asks for against a USB medium of nobody's
 */
#include <string.h>

#include "restraint.h"
#include "../../media/guard.h"
#include "../../media/restrain.h"
#include "../../media/sysfs.h"

void wv__restraint_clear(struct wv__restraint *restraint)
{
	free(restraint->message);
	*restraint = (struct wv__restraint){ 0 };
}

/* 1 when the partition carries a volume of this station's, or did. */
static int is_ours(void *data, const char *dir)
{
	struct wv_station *st = data;
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_free char *path = wv__path_join("/dev", wv__sysfs_name(dir));
	int r;

	if (!path)
		return wv__fail_memory(st->ctx);
	r = wv__subject_find(st, path, &s);
	return r < 0 ? r : s.t != NULL;
}

static int carries_ours(struct wv_station *st, const struct wv__subject *s, const char *block_dir)
{
	int r = s->t ? 1 : wv__sysfs_partitions(block_dir, is_ours, st);

	if (r < 0 && r != -ECANCELED)
		return wv__fail_sys(st->ctx, r, "cannot look at the partitions of %s", s->dev->path);
	return r;
}

struct behind {
	struct wv_station *st;
	const char *usb;
	const char *but; /* the disk that is refused itself */
	char *names;     /* the others, a comma before each; NULL: none */
	char *obstacle;  /* why they may not be cut off; NULL: they may */
	bool said;       /* look_behind()'s answer has its sentence */
};

static void behind_clear(struct behind *b)
{
	free(b->names);
	free(b->obstacle);
}

/* Mounted, or held by somebody, as a wipe holds it: that would fail if it were held off. */
static int look_for_user(struct wv_ctx *ctx, const struct wv_device *dev)
{
	const int r = wv__guard_in_use(ctx, dev);

	return r == 0 ? wv__guard_claim(ctx, dev) : r;
}

static int look_into(struct wv_station *st, const char *path, const char *dir)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r = wv__subject_find(st, path, &s);

	if (r == 0)
		r = carries_ours(st, &s, dir);
	if (r > 0)
		return wv__fail(st->ctx, -EPERM, "%s carries a volume of this station", path);
	return r < 0 ? r : look_for_user(st->ctx, s.dev);
}

/* Another disk of the same USB device: another slot of a reader, say. An empty one is no obstacle. */
static int look_behind(void *data, const char *dir)
{
	struct behind *b = data;
	cleanup_free char *usb = NULL, *path = wv__path_join("/dev", wv__sysfs_name(dir)), *names = NULL;
	uint64_t size = 0;
	int r = wv__sysfs_usb(dir, &usb);

	if (r <= 0)
		return r;
	if (strcmp(usb, b->usb) != 0 || strcmp(wv__sysfs_name(dir), b->but) == 0)
		return 0;
	names = wv__printf("%s, %s", b->names ? b->names : "", path);
	if (!path || !names)
		return -ENOMEM;
	r = wv__sysfs_u64(dir, "size", &size);
	if (r > 0 && size) {
		r = look_into(b->st, path, dir);
		b->said = r < 0;
	}
	if (r < 0)
		return r;
	free(b->names);
	b->names = take_ptr(names);
	return 0;
}

/* Whatever hangs on the USB device goes with it: is there something that has to stay? */
static int look_at_all_behind(struct behind *b)
{
	int r = wv__sysfs_disks(look_behind, b);

	if (r == 0 || r == -ECANCELED)
		return r;
	if (r == -ENOMEM)
		return wv__fail_memory(b->st->ctx);
	if (!b->said)
		wv__fail_sys(b->st->ctx, r, "another disk cannot be looked at");
	b->obstacle = strdup(wv_ctx_error(b->st->ctx));
	return b->obstacle ? 0 : wv__fail_memory(b->st->ctx);
}

static char *say_refused(struct wv_ctx *ctx, const struct wv_device *dev, const struct behind *b)
{
	return wv__say(ctx, "%s%s: refused, the USB device %s is no longer authorized; set on-insert to another value and plug it in again to undo that",
		       dev->path, b->names ? b->names : "", wv__sysfs_name(b->usb));
}

static char *say_read_only(struct wv_ctx *ctx, const struct wv_device *dev, const struct behind *b)
{
	if (b->obstacle)
		return wv__say(ctx, "%s was made read-only, and not refused with all of its USB device: %s; blockdev --setrw %s undoes that",
			       dev->path, b->obstacle, dev->real_path);
	return wv__say(ctx, "%s was made read-only: blockdev --setrw %s undoes that", dev->path, dev->real_path);
}

static int apply(struct wv_station *st, const struct wv_device *dev, const char *usb, bool refuse,
		 struct wv__restraint *ret)
{
	cleanup(behind_clear) struct behind behind = { .st = st, .usb = usb, .but = dev->kname };
	int r = look_for_user(st->ctx, dev);

	if (r == 0 && refuse)
		r = look_at_all_behind(&behind);
	if (r == 0) /* what is done next is done to what was looked at */
		r = wv__device_recheck(st->ctx, dev);
	refuse = refuse && !behind.obstacle;
	if (r == 0)
		r = refuse ? wv__restrain_refuse(st->ctx, usb) : wv__restrain_read_only(st->ctx, dev);
	if (r < 0)
		return r;
	ret->done = refuse ? "refused" : "read-only";
	ret->message = refuse ? say_refused(st->ctx, dev, &behind) : say_read_only(st->ctx, dev, &behind);
	return ret->message ? 0 : wv__fail_memory(st->ctx);
}

/* What failed is told beside the verdict, and is no reason to say less of the medium. */
static int settle(struct wv_ctx *ctx, const struct wv_device *dev, bool refuse, int r,
		  struct wv__restraint *ret)
{
	if (r >= 0 || r == -ENOMEM || r == -ECANCELED)
		return r < 0 ? r : 0;
	ret->done = NULL;
	ret->failed = true;
	if (refuse)
		ret->message = wv__say(ctx, "%s was not refused: %s", dev->path, wv_ctx_error(ctx));
	else
		ret->message = wv__say(ctx, "%s was not made read-only: %s", dev->path, wv_ctx_error(ctx));
	return ret->message ? 0 : wv__fail_memory(ctx);
}

int wv__restrain(struct wv_station *st, const struct wv__subject *s, const char *block_dir,
		 struct wv__restraint *ret)
{
	const bool refuse = st->policy->on_insert == WV__INSERT_REFUSE;
	cleanup_free char *usb = NULL;
	int r;

	if ((!refuse && st->policy->on_insert != WV__INSERT_READ_ONLY) || !block_dir ||
	    s->dev->kind == WV__PARTITION)
		return 0;
	r = wv__sysfs_usb(block_dir, &usb);
	if (r == 0)
		return 0;
	if (r < 0)
		r = wv__fail_sys(st->ctx, r, "cannot find its USB device");
	else
		r = carries_ours(st, s, block_dir);
	if (r == 0)
		r = apply(st, s->dev, usb, refuse, ret);
	return settle(st->ctx, s->dev, refuse, r, ret);
}
