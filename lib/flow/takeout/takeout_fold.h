/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout_fold.h - from the ledger's records to a take-out: what the readings of one and of all share
 */
#ifndef WV_TAKEOUT_FOLD_H
#define WV_TAKEOUT_FOLD_H

#include "takeout.h"

/* Nowhere yet. */
int wv__takeout_alloc(struct wv_station *st, const char *id, struct wv__takeout **ret);
/* A wv__record_fn whose data is the take-out: fold one record of it. */
int wv__takeout_fold(void *data, struct wv_doc *record);
const char *wv__step_kind(enum wv__step step); /* of its record */

#endif
