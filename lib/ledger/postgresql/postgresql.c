/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * postgresql.c - the chain of one station on a PostgreSQL server that others
 * share, as a module. Plain SQL: any engine that speaks the protocol will do.
 */
#include "postgresql.h"

#include <stdio.h>
#include <string.h>

#include "schema.h"

/* ---- what goes wrong ---------------------------------------------------------- */

/* What can be done again is done again for a while, and then it is a failure. */
int pg_again(struct wv_ctx *ctx, struct wv__store *store, int r)
{
	const int64_t now = pg_now_ms();

	if (r != -ECONNRESET && r != -ERESTART)
		return r;
	if (!store->failing_since)
		store->failing_since = now;
	if (now - store->failing_since > PG_PATIENCE_MS) {
		store->failing_since = 0;
		if (r == -ERESTART)
			return pg_fail(ctx, store->pg, -EBUSY,
				       "ledger %s is written by too many at once",
				       pg_name(store->pg));
		return -EIO; /* why was said */
	}
	pg_sleep_ms(5 + (int)(now % 20));
	return -ERESTART;
}

int pg_connected(struct wv_ctx *ctx, struct wv__store *store)
{
	return pg_is_lost(store->pg) ? pg_reopen(ctx, store->pg) : 0;
}

void pg_keep_text(char to[HASH_HEX + 1], const struct pg_value *value)
{
	snprintf(to, HASH_HEX + 1, "%s", value->data ? (const char *)value->data : "");
}

const char *pg_text(const struct pg_value *value)
{
	return value->data ?: "";
}

/* What stands for itself, outside of a transaction of ours, is done until it is done. */
static int until_done(struct wv_ctx *ctx, struct wv__store *store,
		      int (*what)(struct wv_ctx *, struct wv__store *, void *), void *data)
{
	int r;

	do {
		r = pg_connected(ctx, store);
		if (r == 0)
			r = what(ctx, store, data);
		r = pg_again(ctx, store, r);
	} while (r == -ERESTART);
	store->failing_since = 0;
	return r;
}

/* ---- of a store that is shared ------------------------------------------------- */

static int look_at_head(struct wv_ctx *ctx, struct wv__store *store, void *data)
{
	return pg_head_read(ctx, store, false, data);
}

static int head(struct wv_ctx *ctx, struct wv__store *store, uint64_t *ret_seq, char ret_hash[65])
{
	struct pg_head found;
	int r;

	r = until_done(ctx, store, look_at_head, &found);
	if (r < 0)
		return r;
	*ret_seq = found.seq;
	memcpy(ret_hash, found.hash, sizeof(found.hash));
	return 0;
}

struct naming {
	wv__name_fn fn;
	void *data;
	bool began; /* a name that was given cannot be taken back */
};

static int give_name(void *data, const struct pg_value *values)
{
	struct naming *naming = data;

	naming->began = true;
	return naming->fn(naming->data, pg_text(&values[0]));
}

static int name_stations(struct wv_ctx *ctx, struct wv__store *store, void *data)
{
	struct naming *naming = data;
	const int r = pg_run(ctx, store->pg,
			     &(struct pg_statement){
				     .sql = "SELECT station FROM workvol.heads "
					    "UNION SELECT station FROM workvol.records ORDER BY 1",
				     .few = true,
				     .fn = give_name,
				     .data = naming },
			     NULL);

	return naming->began && (r == -ECONNRESET || r == -ERESTART) ? -EIO : r;
}

static int stations(struct wv_ctx *ctx, struct wv__store *store, wv__name_fn fn, void *data)
{
	return until_done(ctx, store, name_stations, &(struct naming){ fn, data, false });
}

static void release(struct wv__store *store, const char *takeout)
{
	for (struct claims **at = &store->claims; *at; at = &(*at)->next) {
		struct claims *c = *at;

		if (!pg_claim_is_of(c->claim, takeout))
			continue;
		*at = c->next;
		pg_claim_free(c->claim);
		free(c);
		return;
	}
}

/* What the one before was just adding is there when this returns: the head was ours once. */
static int pass_head(struct wv_ctx *ctx, struct wv__store *store)
{
	int r;

	do {
		r = pg_lock(ctx, store);
		pg_rollback(store);
	} while (r == -ERESTART);
	if (r == 0)
		store->failing_since = 0;
	return r;
}

static int claim(struct wv_ctx *ctx, struct wv__store *store, const char *takeout)
{
	struct claims *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return pg_fail_memory(ctx, store->pg);
	r = pg_claim_new(ctx, store->host, store->uri, store->station, takeout, &c->claim);
	if (r < 0) {
		free(c);
		return r;
	}
	c->next = store->claims;
	store->claims = c;
	r = pass_head(ctx, store);
	if (r < 0)
		release(store, takeout);
	return r;
}

/* ---- opening ------------------------------------------------------------------- */

static void close_store(struct wv__store *store)
{
	while (store->claims) {
		struct claims *c = store->claims;

		store->claims = c->next;
		pg_claim_free(c->claim);
		free(c);
	}
	pg_close(store->pg);
	free(store->uri);
	free(store->station);
	free(store);
}

static int say_records(void *data, const struct pg_value *values)
{
	(void)values;
	*(bool *)data = true;
	return 0;
}

/* No head: it is no station of this ledger, or somebody took the head away. */
static int no_head(struct wv_ctx *ctx, struct wv__store *store)
{
	bool records = false;
	int r;

	r = pg_run(ctx, store->pg,
		   &(struct pg_statement){
			   .sql = "SELECT seq FROM workvol.records WHERE station = $1 LIMIT 1",
			   .params = { PG_TEXT(store->station) },
			   .count = 1,
			   .few = true,
			   .fn = say_records,
			   .data = &records },
		   NULL);
	if (r < 0)
		return r;
	if (records)
		return pg_fail(ctx, store->pg, -EBADMSG,
			       "ledger %s is broken: the head of station %s is gone, and its "
			       "records are there",
			       pg_name(store->pg), store->station);
	return pg_fail(ctx, store->pg, -ENOENT, "ledger %s has no station %s", pg_name(store->pg),
		       store->station);
}

static int make_chain(struct wv_ctx *ctx, struct wv__store *store, void *data)
{
	const int r = pg_schema_make(ctx, store->pg);

	(void)data;
	return r < 0 ? r : pg_head_make(ctx, store);
}

static int find_chain(struct wv_ctx *ctx, struct wv__store *store, void *data)
{
	struct pg_head found;
	int r;

	(void)data;
	r = pg_schema_find(ctx, store->pg);
	if (r < 0)
		return r;
	r = pg_head_read(ctx, store, false, &found);
	return r == -ENOENT ? no_head(ctx, store) : r;
}

static int open_store(struct wv_ctx *ctx, const struct wv__store_host *host, const char *place,
		      const char *station, bool create, struct wv__store **ret)
{
	struct wv__store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return host->fail(ctx, -ENOMEM, "out of memory");
	store->host = host;
	store->uri = strdup(place);
	store->station = strdup(station);
	if (!store->uri || !store->station)
		r = host->fail(ctx, -ENOMEM, "out of memory");
	else
		r = pg_open(ctx, host, place, false, &store->pg);
	if (r == 0 && create)
		r = until_done(ctx, store, make_chain, NULL);
	if (r == 0)
		r = until_done(ctx, store, find_chain, NULL);
	if (r < 0) {
		close_store(store);
		return r;
	}
	*ret = store;
	return 0;
}

WV_API const struct wv__store_module wv_store_module = {
	.abi = WV_STORE_ABI,
	.version = WV_VERSION,
	.ops = {
		.open = open_store,
		.close = close_store,
		.lock = pg_lock,
		.insert = pg_insert,
		.commit = pg_commit,
		.rollback = pg_rollback,
		.each = pg_each,
		.head = head,
		.stations = stations,
		.claim = claim,
		.release = release,
	},
};
