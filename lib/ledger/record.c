/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.c - one record: its members, its bytes, its row
 */
#include "record.h"

#include <stdio.h>
#include <string.h>

#include "../base/clock.h"

#define VERSION 1
#define MEMBERS 7 /* in canonical order: body, kind, prev, seq, takeout, time, v */

const char wv__record_zeros[WV_SHA256_HEX] =
	"0000000000000000000000000000000000000000000000000000000000000000";

void wv__record_free(struct wv__record *record)
{
	wv_doc_free(record->doc);
	*record = (struct wv__record){ 0 };
}

static bool is_kind(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_")];
}

/* A null member and an absent one read the same: the bytes tell. They end in a known way. */
static bool takeout_fits(const struct wv__record *record, const char *data, size_t len)
{
	char end[sizeof(",\"takeout\":null,\"time\":\"\",\"v\":1}") + WV_TIME_TEXT];
	size_t n;

	if (record->takeout || wv_doc_get(record->doc, "takeout"))
		return record->takeout && *record->takeout;
	n = snprintf(end, sizeof(end), ",\"takeout\":null,\"time\":\"%s\",\"v\":1}", record->time);
	return n < sizeof(end) && len > n && !memcmp(data + len - n, end, n);
}

static bool values_fit(const struct wv__record *record)
{
	uint64_t seconds;

	return wv_doc_u64(record->doc, "v") == VERSION && record->seq && is_kind(record->kind) &&
	       wv__is_hex64(record->prev) && wv__time_parse(record->time, &seconds) == 0;
}

int wv__record_parse(struct wv_ctx *ctx, const void *data, size_t len, struct wv__record *ret)
{
	static const char name[] = "ledger record", begin[] = "{\"body\":{";
	cleanup_record struct wv__record record = { 0 };
	int r;

	/* The first bytes also say that the body is an object: the text is canonical. */
	if (len > WV_RECORD_MAX || len < strlen(begin) || memcmp(data, begin, strlen(begin)) != 0 ||
	    ((const char *)data)[len - 1] == '\n')
		return wv__fail(ctx, -EBADMSG, "%s: does not look like one", name);
	r = wv__doc_parse(ctx, data, len, name, &record.doc);
	if (r < 0)
		return r;
	if (wv_doc_count(record.doc) != MEMBERS)
		return wv__fail(ctx, -EBADMSG, "%s: not the members of a record", name);
	if (wv__doc_need_u64(ctx, record.doc, name, "seq", &record.seq) < 0 ||
	    wv__doc_need_str(ctx, record.doc, name, "time", &record.time) < 0 ||
	    wv__doc_need_str(ctx, record.doc, name, "prev", &record.prev) < 0 ||
	    wv__doc_need_str(ctx, record.doc, name, "kind", &record.kind) < 0 ||
	    wv__doc_need_doc(ctx, record.doc, name, "body", &record.body) < 0)
		return -EBADMSG;
	record.takeout = wv_doc_str(record.doc, "takeout");
	if (!values_fit(&record) || !takeout_fits(&record, data, len))
		return wv__fail(ctx, -EBADMSG, "%s: a member has no valid value", name);

	*ret = record;
	record = (struct wv__record){ 0 };
	return 0;
}

int wv__record_format(struct wv_ctx *ctx, const struct wv__record *record, struct wv_buf *ret)
{
	cleanup_doc struct wv_doc *doc = NULL, *empty = NULL;
	int r;

	r = wv__doc_build(ctx, &empty, { .kind = WV__SKIP });
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &doc, M_U64("v", VERSION), M_U64("seq", record->seq),
			  M_STR("time", record->time), M_STR("prev", record->prev),
			  M_STR("kind", record->kind), M_STR("takeout", record->takeout),
			  M_DOC("body", record->body ?: empty));
	if (r < 0)
		return r;
	return wv__doc_canonical(ctx, doc, ret);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

int wv__record_of_row(struct wv_ctx *ctx, const struct wv__row *row, struct wv__record *ret,
		      char ret_hex[WV_SHA256_HEX])
{
	cleanup_record struct wv__record record = { 0 };
	int r;

	if (wv__sha256_hex(row->record, row->len, ret_hex) < 0)
		return wv__fail_memory(ctx);
	if (strcmp(ret_hex, row->hash) != 0)
		return wv__fail(ctx, -EBADMSG,
				"ledger record %" PRIu64 " was changed: its hash differs",
				row->seq);
	r = wv__record_parse(ctx, row->record, row->len, &record);
	if (r < 0)
		return r;
	if (!same_text(row->kind, record.kind) || !same_text(row->takeout, record.takeout))
		return wv__fail(ctx, -EBADMSG,
				"ledger record %" PRIu64 " is filed under another kind or take-out",
				row->seq);

	*ret = record;
	record = (struct wv__record){ 0 };
	return 0;
}
