/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restraint.c - what on-insert asks for against a USB medium of nobody's
 */
#include "restraint.h"
#include "../../media/guard.h"
#include "../../media/restrain.h"
#include "../../media/sysfs.h"

void wv__restraint_clear(struct wv__restraint *restraint)
{
	free(take_ptr(restraint->message));
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

static int apply(struct wv_station *st, const struct wv_device *dev, const char *usb, bool refuse,
		 struct wv__restraint *ret)
{
	int r = wv__guard_in_use(st->ctx, dev);

	if (r == 0) /* what is done next is done to what was looked at */
		r = wv__device_recheck(st->ctx, dev);
	if (r == 0)
		r = refuse ? wv__restrain_refuse(st->ctx, usb) : wv__restrain_read_only(st->ctx, dev);
	if (r < 0)
		return r;
	ret->done = refuse ? "refused" : "read-only";
	if (refuse)
		ret->message = wv__say(st->ctx, "%s was refused: its USB device %s is no longer authorized; set on-insert to another value and plug it in again to undo that",
					  dev->path, wv__sysfs_name(usb));
	else
		ret->message = wv__say(st->ctx, "%s was made read-only: blockdev --setrw %s undoes that",
					  dev->path, dev->real_path);
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
