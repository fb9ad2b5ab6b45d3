/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chains.h - the records of other stations, in a ledger that they share
 */
#ifndef WV_CHAINS_H
#define WV_CHAINS_H

#include "station.h"

/* Not 0 ends it and is returned. */
typedef int (*wv__chain_fn)(void *data, const char *name, struct wv__ledger *ledger);

/* The chain of that name; NULL: each, by their names. -EINVAL where the ledger is not shared. */
int wv__chains(struct wv_station *st, const char *name, wv__chain_fn fn, void *data);

#endif
