/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.h - one record: its members, its bytes, its row
 */
#ifndef WV_RECORD_H
#define WV_RECORD_H

#include "../base/crypto.h"
#include "store.h"

#define WV_RECORD_MAX (32 * MiB) /* the file list of a large take-out fits */

struct wv__record {
	struct wv_doc *doc; /* owns what the others point into */
	uint64_t seq;
	const char *time;
	const char *prev;
	const char *kind;
	const char *takeout; /* or NULL */
	struct wv_doc *body; /* an object */
};

#define cleanup_record cleanup(wv__record_free)
void wv__record_free(struct wv__record *record);

/* Strict: canonical JSON, exactly these members. -EBADMSG */
int wv__record_parse(struct wv_ctx *ctx, const void *data, size_t len, struct wv__record *ret);
/* The canonical bytes; doc is not looked at, body NULL is {}. Anything goes: parse them to check.
 */
int wv__record_format(struct wv_ctx *ctx, const struct wv__record *record, struct wv_buf *ret);

/**
 * wv__record_of_row() - the record of a row that agrees with itself
 * @ret_hex: the digest of the bytes
 *
 * Return: -EBADMSG when the hash, number, kind or take-out beside the bytes is
 * not that of the bytes.
 */
int wv__record_of_row(struct wv_ctx *ctx, const struct wv__row *row, struct wv__record *ret,
		      char ret_hex[WV_SHA256_HEX]);

extern const char wv__record_zeros[WV_SHA256_HEX]; /* prev of the first */

#endif
