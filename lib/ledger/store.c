/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.c - a ledger is the chain of one station in one store
 */
#include "store.h"

#include <string.h>

#include "module.h"

#define POSTGRESQL "workvol-postgresql.so"

struct wv__ledger {
	const struct wv__store_ops *ops;
	struct wv__store *store;
	char *place;
};

static const struct wv__store_host host = {
	.fail = wv__fail,
};

bool wv__ledger_is_uri(const char *place)
{
	return !strncmp(place, "postgresql://", 13) || !strncmp(place, "postgres://", 11);
}

int wv__ledger_open(struct wv_ctx *ctx, const char *place, const char *station, bool create,
		    struct wv__ledger **ret)
{
	cleanup(wv__ledger_closep) struct wv__ledger *ledger = calloc(1, sizeof(*ledger));
	int r;

	if (!ledger)
		return wv__fail_memory(ctx);
	ledger->place = strdup(place);
	if (!ledger->place)
		return wv__fail_memory(ctx);
	ledger->ops = &wv__store_sqlite;
	r = wv__ledger_is_uri(place) ? wv__module_load(ctx, POSTGRESQL, &ledger->ops) : 0;
	if (r < 0)
		return r;
	r = ledger->ops->open(ctx, &host, place, station, create, &ledger->store);
	if (r < 0)
		return r;
	*ret = take_ptr(ledger);
	return 0;
}

void wv__ledger_close(struct wv__ledger *ledger)
{
	if (!ledger)
		return;
	if (ledger->store)
		ledger->ops->close(ledger->store);
	free(ledger->place);
	free(ledger);
}

void wv__ledger_closep(struct wv__ledger **ledger)
{
	wv__ledger_close(*ledger);
}

int wv__store_lock(struct wv_ctx *ctx, struct wv__ledger *ledger)
{
	return ledger->ops->lock(ctx, ledger->store);
}

int wv__store_insert(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__row *row)
{
	return ledger->ops->insert(ctx, ledger->store, row);
}

int wv__store_commit(struct wv_ctx *ctx, struct wv__ledger *ledger)
{
	return ledger->ops->commit(ctx, ledger->store);
}

void wv__store_rollback(struct wv__ledger *ledger)
{
	ledger->ops->rollback(ledger->store);
}

int wv__store_each(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__query *query,
		   wv__row_fn fn, void *data)
{
	return ledger->ops->each(ctx, ledger->store, query, fn, data);
}

/* ---- a store that is shared ---------------------------------------------- */

bool wv__store_is_shared(const struct wv__ledger *ledger)
{
	return ledger->ops->head;
}

int wv__store_head(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t *ret_seq,
		   char ret_hash[65])
{
	return ledger->ops->head(ctx, ledger->store, ret_seq, ret_hash);
}

int wv__ledger_claim(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout)
{
	return ledger->ops->claim ? ledger->ops->claim(ctx, ledger->store, takeout) : 0;
}

void wv__ledger_release(struct wv__ledger *ledger, const char *takeout)
{
	if (ledger->ops->release)
		ledger->ops->release(ledger->store, takeout);
}

struct names {
	struct wv_ctx *ctx;
	struct wv_doc *array;
};

static int add_name(void *data, const char *name)
{
	struct names *names = data;

	return wv__doc_append_str(names->ctx, names->array, name);
}

int wv__ledger_stations(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv_doc **ret_names)
{
	cleanup_doc struct wv_doc *array = NULL;
	struct names names = { .ctx = ctx };
	int r;

	if (!ledger->ops->stations)
		return wv__fail(ctx, -EINVAL,
				"the ledger %s is one station's: no other has records in it",
				ledger->place);
	r = wv__doc_array(ctx, &array);
	if (r < 0)
		return r;
	names.array = array;
	r = ledger->ops->stations(ctx, ledger->store, add_name, &names);
	if (r < 0)
		return r;
	*ret_names = take_ptr(array);
	return 0;
}

int wv__ledger_of(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *station,
		  struct wv__ledger **ret)
{
	if (!ledger->ops->stations)
		return wv__fail(ctx, -EINVAL,
				"the ledger %s is one station's: no other has records in it",
				ledger->place);
	return wv__ledger_open(ctx, ledger->place, station, false, ret);
}
