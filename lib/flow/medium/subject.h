/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subject.h - what a TARGET on the command line is: a medium, the volume on it,
 * and the take-out that it belongs to
 */
#ifndef WV_SUBJECT_H
#define WV_SUBJECT_H

#include "../../media/device.h"
#include "../takeout/takeout.h"

struct wv__subject {
	struct wv_device *dev;   /* open read-only, not held */
	char volume[37];         /* UUID of the work volume on it; "" none */
	struct wv__takeout *t;   /* NULL: the ledger knows none for it */
};

#define cleanup_subject cleanup(wv__subject_clear)
void wv__subject_clear(struct wv__subject *s);

/**
 * wv__subject_find() - from a path, or the UUID of a volume that the ledger knows
 * @ret: zeroed by the caller, cleared by wv__subject_clear()
 *
 * A medium without a volume's header belongs to a take-out whose keys are (being)
 * destroyed when its identity is the recorded one; the proof by what lies on it
 * is the caller's (protocol, rule 6).
 */
int wv__subject_find(struct wv_station *st, const char *target, struct wv__subject *ret);
/*
 * The same, and -ENOENT/-EPERM with a sentence when no take-out is known for
 * it, -EBADMSG when it is the medium of one that is out and its header is gone.
 */
int wv__subject_need(struct wv_station *st, const char *target, struct wv__subject *ret);
/* The take-out of a volume by its UUID, by the take-out's id, or by a target. -ENOENT and its kin */
int wv__subject_takeout(struct wv_station *st, const char *target, struct wv__takeout **ret);
/*
 * Of a medium without a volume's header: is it by its identity that of one which is out or
 * lost? 1, and @s is of that take-out; 0; or a negative errno. @but: the id of one that is not
 * asked about; or NULL.
 */
int wv__subject_bare(struct wv_station *st, struct wv__subject *s, const char *but);
/*
 * A volume's header on a medium whose keys the ledger calls destroyed: a copy of it, made before,
 * or a medium that did not keep what was written. Either may still open.
 */
bool wv__subject_is_revived(const struct wv__subject *s);
/* Is it the medium that was recorded for its take-out: as wv__identity_same(). */
int wv__subject_same_medium(const struct wv__subject *s);

/**
 * wv__subject_pulled() - of a medium that is not there: by the volume's UUID, or its recorded path
 * @ret: its dev is NULL
 *
 * Return: 0, -ENOENT (no sentence) when the target exists or names no volume
 * that is mapped now, or another negative errno.
 */
int wv__subject_pulled(struct wv_station *st, const char *target, struct wv__subject *ret);

/* {"kind","serial","serial_origin","size","model","path"} as documents carry it. */
int wv__identity(struct wv_ctx *ctx, const struct wv_device *dev, struct wv_doc **ret);
/*
 * Is it the medium of that identity: 0, or -EPERM with what differs. Where
 * neither has a serial of its own (a loop, some sticks) the size only is told.
 */
int wv__identity_same(struct wv_ctx *ctx, struct wv_doc *identity, const struct wv_device *dev);
/* Does its serial tell it from others (device's or bridge's own)? */
bool wv__identity_is_own(const struct wv_device *dev);
/*
 * Does its serial alone tell this disk from all others? A dock or a reader gives
 * its own to each disk in it, and a partition has its disk's, as its neighbours have.
 */
bool wv__identity_tells_disk(const struct wv_device *dev);

#endif
