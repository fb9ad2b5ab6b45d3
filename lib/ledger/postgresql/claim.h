/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim.h - one process works on a take-out, whichever machine it runs on
 */
#ifndef WV_CLAIM_H
#define WV_CLAIM_H

#include "connection.h"

struct pg_claim; /* held as long as it lives; it ends with the process, as a lock does */

/* Return: -EBUSY when another process has it. */
int pg_claim_new(struct wv_ctx *ctx, const struct wv__store_host *host, const char *uri,
		 const char *station, const char *takeout, struct pg_claim **ret);
void pg_claim_free(struct pg_claim *claim);
bool pg_claim_is_of(const struct pg_claim *claim, const char *takeout);

/*
 * Is it ours still? Where its connection was lost, it is taken again: 0 when nobody
 * else had it meanwhile, else -EBUSY.
 */
int pg_claim_hold(struct wv_ctx *ctx, struct pg_claim *claim);

#endif
