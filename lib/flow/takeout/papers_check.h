/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * papers_check.h - the papers of a take-out are those that were signed
 */
#ifndef WV_PAPERS_CHECK_H
#define WV_PAPERS_CHECK_H

#include "takeout_record.h"

#define WV__HANDOVER "handover.json"

/* The hand-over is of this record, and signed in the holder's name. -EBADMSG or -EKEYREJECTED. */
int wv__handover_check(struct wv__takeout *t, struct wv_doc *record);

/**
 * wv__papers_check() - the papers on which the keys are going to be destroyed
 * @record: of wv__record_of()
 *
 * The request and its approval's signature, the hand-over, the amendments, and
 * the approval of the return, or of the giving up, where it was given: each by the digest that ledger or
 * record binds, and by its signature. The declaration and the receipt are
 * proven where they are used. Return: 0; -EBADMSG, -EKEYREJECTED.
 */
int wv__papers_check(struct wv__takeout *t, struct wv_doc *record);

#endif
