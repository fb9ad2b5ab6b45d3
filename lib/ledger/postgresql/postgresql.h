/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * postgresql.h - one chain on a server, as the files of this module share it
 */
#ifndef WV_POSTGRESQL_H
#define WV_POSTGRESQL_H

#include "claim.h"

#define HASH_HEX 64

struct wv__store {
	const struct wv__store_host *host;
	struct pg *pg;
	char *uri;
	char *station;
	bool locked;
	bool reading;
	uint64_t head; /* the last record, as the head's row has it; while locked */
	char head_hash[HASH_HEX + 1];
	uint64_t added; /* inserted, not committed yet; 0: nothing is */
	char added_hash[HASH_HEX + 1];
	int64_t failing_since; /* ms; 0: it is not */
	struct claims {
		struct claims *next;
		struct pg_claim *claim;
	} * claims;
};

/* -ECONNRESET and -ERESTART become -ERESTART for a while, then a failure; others stay what they
 * are. */
int pg_again(struct wv_ctx *ctx, struct wv__store *store, int r);
int pg_connected(struct wv_ctx *ctx, struct wv__store *store);
void pg_keep_text(char to[HASH_HEX + 1], const struct pg_value *value);
const char *pg_text(const struct pg_value *value); /* "" where it is null */

/* ---- head.c ---- */

struct pg_head {
	bool found;
	uint64_t seq;
	char hash[HASH_HEX + 1];
};

/* Return: -ENOENT when the station has none. */
int pg_head_read(struct wv_ctx *ctx, struct wv__store *store, bool lock, struct pg_head *ret);
int pg_head_make(struct wv_ctx *ctx, struct wv__store *store); /* where it is not there */
/* From what was locked to the record that was inserted. */
int pg_head_move(struct wv_ctx *ctx, struct wv__store *store, const char *seq, const char *hash,
		 uint64_t *ret_moved);

/* ---- adding.c, reading.c: see struct wv__store_ops ---- */

int pg_lock(struct wv_ctx *ctx, struct wv__store *store);
int pg_insert(struct wv_ctx *ctx, struct wv__store *store, const struct wv__row *row);
int pg_commit(struct wv_ctx *ctx, struct wv__store *store);
void pg_rollback(struct wv__store *store);
int pg_each(struct wv_ctx *ctx, struct wv__store *store, const struct wv__query *query,
	    wv__row_fn fn, void *data);

#endif
