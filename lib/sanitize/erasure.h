/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * erasure.h - one device erasing itself: what its thread and the verdict share
 */
#ifndef WV_ERASURE_H
#define WV_ERASURE_H

#include <stdatomic.h>

#include "bus.h"
#include "marks.h"
#include "sanitize.h"

enum wv__erasure_step { WV__ERASURE_MARKS, WV__ERASURE_ERASES, WV__ERASURE_READS };
enum wv__read_back { WV__READ_ALL, WV__READ_NONE, WV__READ_SAMPLE };

struct wv__erasure {
	struct wv_ctx *ctx;	     /* its own: it runs on a thread of its own */
	const struct wv_ctx *parent; /* whose wish to stop counts */
	const struct wv__sanitize_opts *opts;
	struct wv__transport *t;
	const struct wv_device *dev; /* NULL in tests */

	struct wv__offer offer;
	struct wv__order order;
	struct wv__marks marks;
	enum wv__read_back read_back;
	unsigned int percent; /* of a sample */

	_Atomic int step;	      /* enum wv__erasure_step; for progress, what follows too */
	_Atomic uint64_t done, total; /* bytes; total 0: not known */

	bool chosen;	/* the order's kind is known */
	bool begun;	/* the device took the command */
	bool completed; /* it said so when it was asked */
	bool cancelled;
	uint64_t verified, mismatched; /* bytes that were read; of them, what may not be there */
	uint64_t laid, survived;       /* marks */
	uint64_t unreadable;	       /* bytes */
	uint64_t first_bad;	       /* where the first of these is */
	bool uniform;		       /* all that was read is one byte: */
	uint8_t found;
	double erase_seconds, read_seconds;
	uint64_t began_at, ended_at; /* by the clock; 0: nothing was to be erased */
	int error; /* 0, or why; the sentence is the context's */
};

/* sanitize.c: all of it. e->error is set. */
void wv__erasure_run(struct wv__erasure *e);

/* readback.c: read what was asked for, and hold it against the marks and the kind's promise. */
int wv__erasure_read_back(struct wv__erasure *e);
/* What may be read after the kind: n bytes, any of them everywhere; 0: nothing was promised. */
unsigned int wv__erasure_promise(const struct wv__order *order, uint8_t ret[2]);

/* outcome.c: the verdict, from what was measured alone; and the object of `wipe --json`. */
const char *wv__erasure_verdict(const struct wv__erasure *e);
int wv__erasure_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret);

static inline bool wv__erasure_stop(const struct wv__erasure *e)
{
	return wv__cancelled(e->parent);
}

#endif
