/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.c - a ledger is the chain of one station in one store
 */
#include "store.h"

struct wv__ledger {
	const struct wv__store_ops *ops;
	struct wv__store *store;
};

static const struct wv__store_host host = {
	.fail = wv__fail,
	.check_cancel = wv__check_cancel,
};

int wv__ledger_open(struct wv_ctx *ctx, const char *place, const char *station, bool create,
		    struct wv__ledger **ret)
{
	cleanup(wv__ledger_closep) struct wv__ledger *ledger = calloc(1, sizeof(*ledger));
	int r;

	if (!ledger)
		return wv__fail_memory(ctx);
	ledger->ops = &wv__store_sqlite;
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
