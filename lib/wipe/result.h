/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * result.h - the verdict, and the result as a document
 */
#ifndef WV_RESULT_H
#define WV_RESULT_H

#include "run.h"

enum wv__verdict {
	WV__WIPED,
	WV__SAMPLED,
	WV__RANGE_WIPED,
	WV__UNVERIFIED,
	WV__FAILED,
	WV__CANCELLED,
	WV__REFUSED,
	WV__PLANNED, /* a dry run */
};

/**
 * wv__verdict() - the one place where it is decided
 *
 * From what was measured alone: `wiped` only if every claimed byte was written
 * and read back as the last pass's.
 */
enum wv__verdict wv__verdict(const struct wv__run *run);

/* The errno that goes with it: 0, -EBADMSG, -EIO, -ECANCELED, or why it was refused. */
int wv__verdict_error(const struct wv__run *run);

int wv__result_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret);
/* Of a read-back alone. */
int wv__result_verify_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret);

#endif
