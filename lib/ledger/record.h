/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.h - one record: its members, its bytes, its digest
 */
#ifndef WV_RECORD_H
#define WV_RECORD_H

#include "../base/crypto.h"
#include "../base/json.h"

#define WV_RECORD_MAX ((size_t)32 << 20) /* bytes; a take-out's file list fits */

struct wv__record {
	struct wv_doc *doc; /* owns what the others point into */
	uint64_t seq;
	const char *time;
	const char *prev;
	const char *kind;
	const char *takeout; /* or NULL */
	struct wv_doc *body;
};

#define cleanup_record cleanup(wv__record_free)
void wv__record_free(struct wv__record *record);

/* Strict: canonical JSON, exactly these members. -EBADMSG with the record's sentence. */
int wv__record_parse(struct wv_ctx *ctx, const void *data, size_t len, struct wv__record *ret);

/* Canonical bytes; doc, time of the record are not looked at: now is the time. -EINVAL for a bad
 * kind. */
int wv__record_format(struct wv_ctx *ctx, const struct wv__record *record, struct wv_buf *ret);

bool wv__is_kind(const char *text);

extern const char wv__record_zeros[WV_SHA256_HEX]; /* prev of the first */

#endif
