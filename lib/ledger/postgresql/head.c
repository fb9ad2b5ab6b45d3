/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * head.c - the head of a chain: its last record, and its lock
 */
#include <stdio.h>
#include <string.h>

#include "postgresql.h"

static int keep_head(void *data, const struct pg_value *values)
{
	struct pg_head *head = data;

	head->found = true;
	head->seq = (uint64_t)pg_i64(&values[0]);
	pg_keep_text(head->hash, &values[1]);
	return 0;
}

#define SELECT_HEAD "SELECT seq, hash FROM workvol.heads WHERE station = $1"

int pg_head_read(struct wv_ctx *ctx, struct wv__store *store, bool lock, struct pg_head *ret)
{
	int r;

	*ret = (struct pg_head){ 0 };
	r = pg_run(ctx, store->pg,
		   &(struct pg_statement){ .sql = lock ? SELECT_HEAD " FOR UPDATE" : SELECT_HEAD,
					   .params = { PG_TEXT(store->station) },
					   .count = 1,
					   .few = true,
					   .fn = keep_head,
					   .data = ret },
		   NULL);
	if (r == 0 && !ret->found)
		return pg_fail(ctx, store->pg, -ENOENT, "ledger %s has no station %s",
			       pg_name(store->pg), store->station);
	return r;
}

int pg_head_make(struct wv_ctx *ctx, struct wv__store *store)
{
	char zeros[HASH_HEX + 1];

	snprintf(zeros, sizeof(zeros), "%0*d", HASH_HEX, 0);
	return pg_run(
		ctx, store->pg,
		&(struct pg_statement){ .sql = "INSERT INTO workvol.heads (station, seq, hash) "
					       "VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
					.params = { PG_TEXT(store->station), PG_TEXT(zeros) },
					.count = 2 },
		NULL);
}

int pg_head_move(struct wv_ctx *ctx, struct wv__store *store, const char *seq, const char *hash,
		 uint64_t *ret_moved)
{
	return pg_run(ctx, store->pg,
		      &(struct pg_statement){
			      .sql = "UPDATE workvol.heads SET seq = $2, hash = $3 "
				     "WHERE station = $1 AND hash = $4",
			      .params = { PG_TEXT(store->station), PG_TEXT(seq), PG_TEXT(hash),
					  PG_TEXT(store->head_hash) },
			      .count = 4,
		      },
		      ret_moved);
}
