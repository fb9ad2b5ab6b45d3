/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout_record.h - the take-out record: what was taken out, to which server it comes
 * back, and under which roster; signed by the station
 */
#ifndef WV_TAKEOUT_RECORD_H
#define WV_TAKEOUT_RECORD_H

#include "takeout.h"

#define WV__RECORD "takeout-record.json"

/* The volume as it was made. */
struct wv__provision {
	struct wv_doc *target;       /* identity of the medium as provisioned */
	struct wv_doc *extents;      /* array, or NULL: cannot be compared */
	char volume[37];             /* UUID */
	char header[65];             /* header digest */
	char key_id[33];
	char fs[32];                 /* that a container lies on; "" a device */
	uint64_t data_offset;
	bool erased;                 /* the previous contents were overwritten and verified */
};

/* @host: the machine, of a medium that does not leave it; else NULL. Write and sign it, keep the roster and the approval's signature with it, and take the step PREPARED. */
int wv__record_make(struct wv__takeout *t, const struct wv__provision *p, struct wv_doc *host);

/* The record of a take-out: digest and the station's signature proven. */
int wv__record_of(struct wv__takeout *t, struct wv_doc **ret);

/* The roster that the record binds, as kept with it. -EBADMSG when it is another. */
int wv__record_roster(struct wv__takeout *t, struct wv_doc *record, struct wv__roster **ret);

/*
 * Protocol, rule 2: today's policy names the same server, the roster is the
 * same, and no rule is looser. -EPERM with what differs.
 */
int wv__record_binds(struct wv__takeout *t, struct wv_doc *record);

#endif
