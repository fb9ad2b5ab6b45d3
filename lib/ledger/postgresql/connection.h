/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection.h - one connection to the server: statements in, rows out, and
 * nothing that waits for ever
 */
#ifndef WV_CONNECTION_H
#define WV_CONNECTION_H

#include "../store.h"

/* How long a server that does not answer is waited for: it may be restarting. */
#define PG_PATIENCE_MS 30000

struct pg; /* one connection; it may be lost, and made again */

struct pg_value {
	const void *data; /* NULL: null */
	size_t len;
	bool binary; /* of a parameter: bytes, and no text */
};

#define PG_TEXT(t)                                                                                 \
	{                                                                                          \
		.data = (t)                                                                        \
	}
#define PG_BYTES(b, n)                                                                             \
	{                                                                                          \
		.data = (b), .len = (n), .binary = true                                            \
	}
#define PG_PARAMS_MAX 6

/* Not 0 ends the reading and is returned. */
typedef int (*pg_row_fn)(void *data, const struct pg_value *values);

struct pg_statement {
	const char *sql;
	struct pg_value params[PG_PARAMS_MAX];
	int count; /* of params */
	bool few;  /* rows: when the reader stops, the rest is read too, and the connection kept */
	pg_row_fn fn;
	void *data;
};

/**
 * pg_open() - connect
 * @holds: it is there to hold a lock for hours: no end is put to an idle transaction
 *
 * A server that is just starting is waited for; one that is not there is not.
 */
int pg_open(struct wv_ctx *ctx, const struct wv__store_host *host, const char *uri, bool holds,
	    struct pg **ret);
void pg_close(struct pg *pg);
/* Connect anew, within PG_PATIENCE_MS: what was open in the old one is gone. */
int pg_reopen(struct wv_ctx *ctx, struct pg *pg);
bool pg_is_lost(const struct pg *pg);
void pg_drop(struct pg *pg); /* now it is lost */

/**
 * pg_run() - one statement
 * @ret_changed: how many rows it changed; may be NULL
 *
 * Return: 0 or what fn returned; -ECONNRESET when the connection was lost
 * meanwhile (then nobody knows whether it was carried out); -ERESTART when the
 * server asks for the transaction to be begun anew; -EBUSY when a lock was not to
 * be had; -ENOENT when the schema is not there; -EEXIST; -ENOSPC; -EBADMSG when
 * the server finds its data damaged; -EIO.
 */
int pg_run(struct wv_ctx *ctx, struct pg *pg, const struct pg_statement *statement,
	   uint64_t *ret_changed);
int pg_do(struct wv_ctx *ctx, struct pg *pg, const char *sql); /* without parameters and rows */

int64_t pg_i64(const struct pg_value *value); /* of a BIGINT */

/* ---- for the sentences ---- */

const char *pg_name(const struct pg *pg); /* the URI up to its options */
int pg_fail_memory(struct wv_ctx *ctx, struct pg *pg);
#define pg_fail(ctx, pg, err, ...) (pg_host(pg)->fail(ctx, err, __VA_ARGS__))
const struct wv__store_host *pg_host(const struct pg *pg);

int64_t pg_now_ms(void); /* of a clock that nobody sets */
void pg_sleep_ms(int ms);

#endif
