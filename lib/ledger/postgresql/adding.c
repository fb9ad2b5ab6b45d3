/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * adding.c - a record is added under the lock of its chain's head
 *
 * The head says what the last record is. A commit whose answer did not come is
 * looked for, under the same lock: whatever wrote it has ended by then, one way or
 * the other.
 */
#include <stdio.h>
#include <string.h>

#include "postgresql.h"

static int begin(struct wv_ctx *ctx, struct wv__store *store)
{
	struct pg_head head;
	int r;

	r = pg_connected(ctx, store);
	if (r == 0)
		r = pg_do(ctx, store->pg, "BEGIN");
	if (r < 0)
		return r;
	store->locked = true;
	store->added = 0;
	r = pg_head_read(ctx, store, true, &head);
	if (r < 0)
		return r;
	store->head = head.seq;
	memcpy(store->head_hash, head.hash, sizeof(store->head_hash));
	return 0;
}

void pg_rollback(struct wv__store *store)
{
	if (store->locked && !pg_is_lost(store->pg) && pg_do(NULL, store->pg, "ROLLBACK") < 0)
		pg_drop(store->pg);
	store->locked = false;
}

int pg_lock(struct wv_ctx *ctx, struct wv__store *store)
{
	return pg_again(ctx, store, begin(ctx, store));
}

static int hold_claim(struct wv_ctx *ctx, struct wv__store *store, const char *takeout)
{
	for (struct claims *c = store->claims; c; c = c->next)
		if (pg_claim_is_of(c->claim, takeout))
			return pg_claim_hold(ctx, c->claim);
	return 0;
}

static int add_row(struct wv_ctx *ctx, struct wv__store *store, const struct wv__row *row,
		   const char *seq, uint64_t *ret_changed)
{
	return pg_run(ctx, store->pg,
		      &(struct pg_statement){
			      .sql = "INSERT INTO workvol.records "
				     "(station, seq, kind, takeout, hash, record) "
				     "VALUES ($1, $2, $3, $4, $5, $6)",
			      .params = { PG_TEXT(store->station), PG_TEXT(seq), PG_TEXT(row->kind),
					  PG_TEXT(row->takeout), PG_TEXT(row->hash),
					  PG_BYTES(row->record, row->len) },
			      .count = 6,
		      },
		      ret_changed);
}

int pg_insert(struct wv_ctx *ctx, struct wv__store *store, const struct wv__row *row)
{
	uint64_t added = 0, moved = 0;
	char seq[24];
	int r;

	snprintf(seq, sizeof(seq), "%" PRIu64, row->seq);
	r = hold_claim(ctx, store, row->takeout);
	if (r == 0)
		r = add_row(ctx, store, row, seq, &added);
	if (r == 0)
		r = pg_head_move(ctx, store, seq, row->hash, &moved);
	if (r == -EEXIST)
		return pg_fail(ctx, store->pg, -EBADMSG,
			       "ledger %s: the chain of %s has a record %s already, and its head "
			       "says %" PRIu64,
			       pg_name(store->pg), store->station, seq, store->head);
	if (r < 0)
		return pg_again(ctx, store, r);
	if (added != 1 || moved != 1) /* a trigger or a rule of somebody's */
		return pg_fail(ctx, store->pg, -EIO, "ledger %s did not take a record",
			       pg_name(store->pg));
	store->added = row->seq;
	snprintf(store->added_hash, sizeof(store->added_hash), "%s", row->hash);
	return 0;
}

static int say_found(void *data, const struct pg_value *values)
{
	(void)values;
	*(bool *)data = true;
	return 0;
}

/* Under the head's lock: whatever wrote it has ended. */
static int look_for_added(struct wv_ctx *ctx, struct wv__store *store, bool *ret_found)
{
	const uint64_t added = store->added;
	char seq[24];
	int r;

	snprintf(seq, sizeof(seq), "%" PRIu64, added);
	*ret_found = false;
	r = begin(ctx, store);
	if (r == 0)
		r = pg_run(ctx, store->pg,
			   &(struct pg_statement){
				   .sql = "SELECT seq FROM workvol.records "
					  "WHERE station = $1 AND seq = $2 AND hash = $3",
				   .params = { PG_TEXT(store->station), PG_TEXT(seq),
					       PG_TEXT(store->added_hash) },
				   .count = 3,
				   .few = true,
				   .fn = say_found,
				   .data = ret_found },
			   NULL);
	pg_rollback(store);
	store->added = added;
	return r;
}

/* The commit was sent, and no answer came. */
static int settle(struct wv_ctx *ctx, struct wv__store *store)
{
	const int64_t end = pg_now_ms() + 2 * PG_PATIENCE_MS;
	bool found;
	int r;

	pg_drop(store->pg);
	store->locked = false;
	for (;;) {
		r = look_for_added(ctx, store, &found);
		if (r == 0 && found)
			return 0;
		if (r == 0)
			return pg_again(ctx, store, -ECONNRESET);
		if (pg_now_ms() > end)
			return pg_fail(ctx, store->pg, -EIO,
				       "ledger %s: whether it kept record %" PRIu64
				       " of %s is not known: it could not be asked again",
				       pg_name(store->pg), store->added, store->station);
		pg_sleep_ms(100);
	}
}

int pg_commit(struct wv_ctx *ctx, struct wv__store *store)
{
	int r = pg_do(ctx, store->pg, "COMMIT");

	if (r == -ECONNRESET)
		r = settle(ctx, store);
	else if (r < 0)
		return pg_again(ctx, store, r);
	if (r < 0)
		return r;
	store->locked = false;
	store->failing_since = 0;
	return 0;
}
