/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chains.c - the records of other stations, in a ledger that they share
 */
#include "chains.h"

static int one_chain(struct wv_station *st, const char *name, wv__chain_fn fn, void *data)
{
	cleanup(wv__ledger_closep) struct wv__ledger *ledger = NULL;
	int r;

	r = wv__ledger_of(st->ctx, st->ledger, name, &ledger);
	return r < 0 ? r : fn(data, name, ledger);
}

int wv__chains(struct wv_station *st, const char *name, wv__chain_fn fn, void *data)
{
	cleanup_doc struct wv_doc *names = NULL;
	int r;

	if (name)
		return one_chain(st, name, fn, data);
	r = wv__ledger_stations(st->ctx, st->ledger, &names);
	for (size_t i = 0; r == 0 && i < wv_doc_count(names); i++)
		r = one_chain(st, wv_doc_str_at(names, i), fn, data);
	return r;
}
