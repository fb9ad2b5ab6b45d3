/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reading.c - rows one by one, however many there are, also when the server restarts meanwhile
 */
#include <stdio.h>
#include <string.h>

#include "postgresql.h"

struct reading {
	const struct wv__query *query;
	wv__row_fn fn;
	void *data;
	struct wv__row last; /* of it the number and the hash; hash NULL: none was read */
	char last_hash[HASH_HEX + 1];
};

/* Whatever a tampered table holds comes out as some row, for the chain's check to judge. */
static int read_row(void *data, const struct pg_value *values)
{
	struct reading *reading = data;
	const struct wv__row row = {
		.seq = (uint64_t)pg_i64(&values[0]),
		.kind = pg_text(&values[1]),
		.takeout = values[2].data,
		.hash = pg_text(&values[3]),
		.record = pg_text(&values[4]),
		.len = values[4].len,
	};

	pg_keep_text(reading->last_hash, &values[3]);
	reading->last.seq = row.seq;
	reading->last.hash = reading->last_hash;
	return reading->fn(reading->data, &row);
}

#define SELECT_ROWS                                                                                \
	"SELECT seq, kind, takeout, hash, record FROM workvol.records "                            \
	"WHERE station = $1 AND seq >= $2 AND ($3::TEXT IS NULL OR takeout = $3::TEXT) "           \
	"AND ($4::TEXT IS NULL OR kind LIKE $4::TEXT ESCAPE '!') ORDER BY seq "

/* "incident.*" -> "incident.%"; a kind may have the other letter that LIKE knows. */
static char *pattern(const char *kind)
{
	char *like = calloc(2, strlen(kind) + 1), *to = like;

	for (; like && *kind; kind++) {
		if (*kind == '_')
			*to++ = '!';
		*to++ = *kind == '*' ? '%' : *kind;
	}
	return like;
}

static int read_from(struct wv_ctx *ctx, struct pg *pg, const char *station, int64_t from,
		     const char *like, struct reading *reading)
{
	static const char *const sql[2][2] = { { SELECT_ROWS, SELECT_ROWS "LIMIT 1" },
					       { SELECT_ROWS "DESC", SELECT_ROWS "DESC LIMIT 1" } };
	const struct wv__query *query = reading->query;
	char seq[24];

	snprintf(seq, sizeof(seq), "%" PRId64, from);
	return pg_run(ctx, pg,
		      &(struct pg_statement){ .sql = sql[query->backwards][query->one],
					      .params = { PG_TEXT(station), PG_TEXT(seq),
							  PG_TEXT(query->takeout), PG_TEXT(like) },
					      .count = 4,
					      .few = query->one,
					      .fn = read_row,
					      .data = reading },
		      NULL);
}

/*
 * Where the connection is lost in the midst, it goes on behind the last row. A row that the
 * server cannot give, or that ends it, is not asked for for ever.
 */
static int read_all(struct wv_ctx *ctx, struct wv__store *store, struct pg *pg, const char *like,
		    struct reading *reading)
{
	const uint64_t first = reading->query->from;
	int64_t from = first ? (int64_t)MIN(first, (uint64_t)INT64_MAX) : INT64_MIN;
	int64_t end = pg_now_ms() + PG_PATIENCE_MS;
	int r;

	for (;;) {
		r = read_from(ctx, pg, store->station, from, like, reading);
		if ((r != -ECONNRESET && r != -ERESTART) || store->locked ||
		    (reading->query->backwards && reading->last.hash))
			return r;
		if (reading->last.hash) {
			from = (int64_t)reading->last.seq + 1;
			reading->last.hash = NULL;
			end = pg_now_ms() + PG_PATIENCE_MS;
		}
		if (pg_now_ms() > end)
			return -EIO;
		pg_sleep_ms(10);
		r = pg_is_lost(pg) ? pg_reopen(ctx, pg) : 0;
		if (r < 0)
			return r;
	}
}

/* The last record, read under the lock: it must be the head's. */
static int compare_head(struct wv_ctx *ctx, struct wv__store *store, const struct reading *reading)
{
	const uint64_t seq = reading->last.hash ? reading->last.seq : 0;

	if (seq == store->head && (!seq || !strcmp(reading->last_hash, store->head_hash)))
		return 0;
	return pg_fail(ctx, store->pg, -EBADMSG,
		       "ledger %s is broken: the last record of %s is %" PRIu64
		       ", and the head names another %" PRIu64,
		       pg_name(store->pg), store->station, seq, store->head);
}

/* A reader may read something else meanwhile: that needs a connection of its own. */
static int read_beside(struct wv_ctx *ctx, struct wv__store *store, const char *like,
		       struct reading *reading)
{
	struct pg *pg = NULL;
	int r;

	r = pg_open(ctx, store->host, store->uri, false, &pg);
	if (r == 0)
		r = read_all(ctx, store, pg, like, reading);
	pg_close(pg);
	return r;
}

int pg_each(struct wv_ctx *ctx, struct wv__store *store, const struct wv__query *query,
	    wv__row_fn fn, void *data)
{
	struct reading reading = { .query = query, .fn = fn, .data = data };
	char *like = query->kind ? pattern(query->kind) : NULL;
	int r;

	if (query->kind && !like)
		return pg_fail_memory(ctx, store->pg);
	if (store->reading) {
		r = read_beside(ctx, store, like, &reading);
	} else {
		store->reading = true;
		r = store->locked ? 0 : pg_connected(ctx, store);
		if (r == 0)
			r = read_all(ctx, store, store->pg, like, &reading);
		store->reading = false;
	}
	free(like);
	if (r < 0 && store->locked)
		return pg_again(ctx, store, r);
	if (r == -ECONNRESET || r == -ERESTART)
		return -EIO;
	if (r >= 0 && store->locked && query->backwards) {
		const int bad = compare_head(ctx, store, &reading);

		return bad < 0 ? bad : r;
	}
	return r;
}
