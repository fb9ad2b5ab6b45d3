/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sending.h - the work to the designated server, and the receipt for it
 */
#ifndef WV_SENDING_H
#define WV_SENDING_H

#include "../../sync/receipt.h"
#include "../medium/session.h"

/**
 * wv__send() - send what is declared, and have it signed for
 * @record: the take-out record: server, host key, receipt key
 * @ret_body: {receipt (digest), paper, nonce, time}, for the step SYNCED; the paper is kept
 *
 * The nonce is in the ledger before it is used.
 */
int wv__send(struct wv__session *session, struct wv_doc *record,
	     const struct wv__declaration *decl, struct wv_doc **ret_body);

/**
 * wv__receipt_again() - prove the newest receipt (SYNCED or RENEWED) once more
 * @max_age: seconds; 0: any
 *
 * Digest, signature, nonce, volume and every declared file. Return: 0,
 * -EKEYEXPIRED when it is older than max_age, or as wv__receipt_check().
 */
int wv__receipt_again(struct wv__takeout *t, struct wv_doc *record,
		      const struct wv__declaration *decl, uint64_t max_age);
/* The same of the receipt that @body names, as the step SYNCED does; and the receipt itself. */
int wv__receipt_proven(struct wv__takeout *t, struct wv_doc *body, struct wv_doc *record,
		       const struct wv__declaration *decl, uint64_t max_age, struct wv_doc **ret);

#endif
