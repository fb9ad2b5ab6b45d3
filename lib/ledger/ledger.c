/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger.c - the station's records: added to, and read
 */
#include "ledger.h"

#include <string.h>

#include "../base/clock.h"
#include "record.h"

/* A row that agrees with itself, in its own place. */
static int record_at(struct wv_ctx *ctx, const struct wv__row *row, struct wv__record *ret,
		     char ret_hex[WV_SHA256_HEX])
{
	int r;

	r = wv__record_of_row(ctx, row, ret, ret_hex);
	if (r < 0 || ret->seq == row->seq)
		return r;
	return wv__fail(ctx, -EBADMSG, "ledger record %" PRIu64 " stands in the place of %" PRIu64,
			ret->seq, row->seq);
}

/* ---- adding ----------------------------------------------------------- */

struct last {
	struct wv_ctx *ctx;
	uint64_t seq;
	char hex[WV_SHA256_HEX];
};

static int read_last(void *data, const struct wv__row *row)
{
	cleanup_record struct wv__record record = { 0 };
	struct last *last = data;
	int r;

	r = record_at(last->ctx, row, &record, last->hex);
	if (r < 0)
		return r;
	last->seq = row->seq;
	return 1;
}

static int find_last(struct wv_ctx *ctx, struct wv__ledger *ledger, struct last *ret)
{
	int r;

	*ret = (struct last){ .ctx = ctx };
	memcpy(ret->hex, wv__record_zeros, sizeof(ret->hex));
	r = wv__store_each(ctx, ledger, &(struct wv__query){ .backwards = true, .one = true },
			   read_last, ret);
	return r < 0 ? r : 0;
}

/* What could not be read again must not get in. */
static int format_checked(struct wv_ctx *ctx, const struct wv__record *record, struct wv_buf *ret)
{
	cleanup_record struct wv__record again = { 0 };
	int r;

	r = wv__record_format(ctx, record, ret);
	if (r < 0)
		return r;
	r = wv__record_parse(ctx, wv__buf_str(ret), ret->len, &again);
	return r == -EBADMSG ? -EINVAL : r; /* the caller's words, not a proof that failed */
}

static int append_locked(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv__record *record)
{
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	char time[WV_TIME_TEXT], hex[WV_SHA256_HEX];
	struct last last;
	int r;

	r = find_last(ctx, ledger, &last);
	if (r < 0)
		return r;
	wv__time_format(wv__now(), time);
	record->seq = last.seq + 1;
	record->prev = last.hex;
	record->time = time;
	r = format_checked(ctx, record, &bytes);
	if (r < 0)
		return r;
	if (wv__sha256_hex(bytes.data, bytes.len, hex) < 0)
		return wv__fail_memory(ctx);
	r = wv__store_insert(ctx, ledger,
			     &(struct wv__row){
				     .seq = record->seq,
				     .kind = record->kind,
				     .takeout = record->takeout,
				     .hash = hex,
				     .record = bytes.data,
				     .len = bytes.len,
			     });
	return r < 0 ? r : wv__store_commit(ctx, ledger);
}

static int append_once(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv__record *record)
{
	int r;

	r = wv__store_lock(ctx, ledger);
	if (r == 0)
		r = append_locked(ctx, ledger, record);
	if (r < 0)
		wv__store_rollback(ledger);
	return r;
}

int wv__ledger_append(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kind,
		      const char *takeout, struct wv_doc *body, uint64_t *ret_seq)
{
	struct wv__record record = { .kind = kind, .takeout = takeout, .body = body };
	int r;

	do
		r = append_once(ctx, ledger, &record);
	while (r == -ERESTART);
	if (r < 0)
		return r;
	if (ret_seq)
		*ret_seq = record.seq;
	return 0;
}

/* ---- reading ------------------------------------------------------------ */

struct reading {
	struct wv_ctx *ctx;
	wv__record_fn fn;
	void *data;
	wv__takeout_wanted_fn wanted; /* NULL: every row is */
};

static int read_row(void *data, const struct wv__row *row)
{
	cleanup_record struct wv__record record = { 0 };
	struct reading *reading = data;
	char hex[WV_SHA256_HEX];
	int r;

	if (reading->wanted && !(row->takeout && reading->wanted(reading->data, row->takeout)))
		return 0;
	r = record_at(reading->ctx, row, &record, hex);
	if (r < 0)
		return r;
	return reading->fn(reading->data, record.doc);
}

static int read_rows(struct wv_ctx *ctx, struct wv__ledger *ledger, const struct wv__query *query,
		     wv__record_fn fn, void *data)
{
	struct reading reading = { .ctx = ctx, .fn = fn, .data = data };

	return wv__store_each(ctx, ledger, query, read_row, &reading);
}

int wv__ledger_each(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
		    uint64_t from_seq, wv__record_fn fn, void *data)
{
	const struct wv__query query = { .takeout = takeout, .from = from_seq };

	return read_rows(ctx, ledger, &query, fn, data);
}

int wv__ledger_each_kind(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kinds,
			 wv__record_fn fn, void *data)
{
	const struct wv__query query = { .kind = kinds, .from = 1 };

	return read_rows(ctx, ledger, &query, fn, data);
}

int wv__ledger_each_of(struct wv_ctx *ctx, struct wv__ledger *ledger, wv__takeout_wanted_fn wanted,
		       wv__record_fn fn, void *data)
{
	struct reading reading = { ctx, fn, data, wanted };

	return wv__store_each(ctx, ledger, &(struct wv__query){ .from = 1 }, read_row, &reading);
}

/* Keep the first one and stop. */
static int keep(void *data, struct wv_doc *record)
{
	*(struct wv_doc **)data = wv__doc_ref(record);
	return 1;
}

int wv__ledger_record(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t seq,
		      struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *record = NULL;
	int r;

	r = read_rows(ctx, ledger, &(struct wv__query){ .from = seq, .one = true }, keep, &record);
	if (r < 0)
		return r;
	if (!record || !seq || wv_doc_u64(record, "seq") != seq)
		return wv__fail(ctx, -ENOENT, "the ledger has no record %" PRIu64, seq);
	*ret = take_ptr(record);
	return 0;
}

int wv__ledger_last(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kind,
		    const char *takeout, struct wv_doc **ret)
{
	const struct wv__query query = {
		.takeout = takeout, .kind = kind, .backwards = true, .one = true
	};
	struct wv_doc *record = NULL;
	int r;

	r = read_rows(ctx, ledger, &query, keep, &record);
	if (r < 0)
		return r;
	*ret = record;
	return 0;
}

int wv__ledger_head(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t *ret_seq,
		    char ret_hex[65])
{
	struct last last;
	int r;

	r = find_last(ctx, ledger, &last);
	if (r < 0)
		return r;
	*ret_seq = last.seq;
	memcpy(ret_hex, last.hex, sizeof(last.hex));
	return 0;
}
