/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store.h - rows of exact bytes, and the stores that keep them: a SQLite file
 * (sqlite.c), or a PostgreSQL server that many stations share (postgresql/, a
 * module that is loaded when it is asked for)
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

struct wv__query {
	const char *takeout; /* NULL: any */
	const char *kind;    /* "*" in it stands for anything (no kind has one); NULL: any */
	uint64_t from;	     /* seq; 0: whatever is there, negative numbers included */
	bool backwards;	     /* the last one first */
	bool one;	     /* the first of them only */
};

/* Not 0 ends the reading and is returned. */
typedef int (*wv__row_fn)(void *data, const struct wv__row *row);
typedef int (*wv__name_fn)(void *data, const char *name);

/* What a store that lies in a module needs of the library: see base/ctx.h. */
struct wv__store_host {
	int (*fail)(struct wv_ctx *ctx, int err, const char *fmt, ...)
		__attribute__((format(printf, 3, 4)));
};

struct wv__store; /* each kind has its own */

/*
 * Between lock and commit or rollback nobody else adds to the chain. lock,
 * insert, each and commit may return -ERESTART: nothing was kept, begin anew
 * with lock. A store says so for a bounded time only.
 */
struct wv__store_ops {
	int (*open)(struct wv_ctx *ctx, const struct wv__store_host *host, const char *place,
		    const char *station, bool create, struct wv__store **ret);
	void (*close)(struct wv__store *store);
	int (*lock)(struct wv_ctx *ctx, struct wv__store *store);
	int (*insert)(struct wv_ctx *ctx, struct wv__store *store, const struct wv__row *row);
	int (*commit)(struct wv_ctx *ctx, struct wv__store *store);
	void (*rollback)(struct wv__store *store); /* nothing happens when nothing is open */
	int (*each)(struct wv_ctx *ctx, struct wv__store *store, const struct wv__query *query,
		    wv__row_fn fn, void *data);

	/* The rest is of a store that several stations share, and NULL elsewhere. */

	/* What the chain's head is said to be: a row beside the records, which need not agree. */
	int (*head)(struct wv_ctx *ctx, struct wv__store *store, uint64_t *ret_seq,
		    char ret_hash[65]);
	int (*stations)(struct wv_ctx *ctx, struct wv__store *store, wv__name_fn fn, void *data);
	/* See wv__ledger_claim(). What is appended to it later is refused once it is another's. */
	int (*claim)(struct wv_ctx *ctx, struct wv__store *store, const char *takeout);
	void (*release)(struct wv__store *store, const char *takeout);
};

#define WV_STORE_ABI 1
#define WV_STORE_SYMBOL "wv_store_module" /* what a module exports, one of these */

struct wv__store_module {
	uint32_t abi;	     /* WV_STORE_ABI */
	const char *version; /* of the same build */
	struct wv__store_ops ops;
};

extern const struct wv__store_ops wv__store_sqlite;

/* Wait (for some seconds, then -EBUSY) until no other process writes, and keep them from it. */
int wv__store_lock(struct wv_ctx *ctx, struct wv__ledger *ledger);
int wv__store_commit(struct wv_ctx *ctx, struct wv__ledger *ledger);
void wv__store_rollback(struct wv__ledger *ledger);
int wv__store_insert(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__row *row);
/* -EBADMSG when the store itself finds that it is damaged. */
int wv__store_each(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__query *query,
		   wv__row_fn fn, void *data);

/* Whether the store is shared, and then its head: see struct wv__store_ops. */
bool wv__store_is_shared(const struct wv__ledger *ledger);
int wv__store_head(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t *ret_seq,
		   char ret_hash[65]);

#endif
