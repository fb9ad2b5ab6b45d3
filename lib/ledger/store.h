/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.h - rows of exact bytes in a SQLite file; wv__ledger_open() and
 * wv__ledger_close() are here too. The only file that knows SQLite.
 */
#ifndef WV_STORE_H
#define WV_STORE_H

#include "ledger.h"

struct wv__row {
	uint64_t seq;
	const char *kind;
	const char *takeout; /* or NULL */
	const char *hash;    /* hex SHA-256 of the record */
	const void *record;
	size_t len;
};

/* Wait (10 s at most, then -EBUSY) until no other process writes, and keep them from it. */
int wv__store_lock(struct wv_ctx *ctx, struct wv__ledger *ledger);
int wv__store_commit(struct wv_ctx *ctx, struct wv__ledger *ledger);
void wv__store_rollback(struct wv__ledger *ledger); /* nothing happens when nothing is open */

int wv__store_insert(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__row *row);

/* Not 0 ends the reading and is returned. */
typedef int (*wv__row_fn)(void *data, const struct wv__row *row);

struct wv__query {
	const char *takeout; /* NULL: any */
	const char *kind;    /* "*" in it stands for anything (no kind has one); NULL: any */
	uint64_t from;	     /* seq; 0: whatever is there, negative numbers included */
	bool backwards;	     /* the last one first */
};

/* -EBADMSG when SQLite finds the file damaged. */
int wv__store_each(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__query *query,
		   wv__row_fn fn, void *data);

#endif
