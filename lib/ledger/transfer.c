/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transfer.c - records given to others, and taken over from another chain
 */
#include <string.h>

#include "../base/fs.h"
#include "record.h"

/* ---- giving -------------------------------------------------------------- */

struct giving {
	struct wv_ctx *ctx;
	uint64_t last;
	int fd;
};

static int give_row(void *data, const struct wv__row *row)
{
	struct giving *giving = data;
	int r;

	if (row->seq > giving->last)
		return 1;
	r = wv__write_all(giving->fd, row->record, row->len);
	if (r == 0)
		r = wv__write_all(giving->fd, "\n", 1);
	return r < 0 ? wv__fail_sys(giving->ctx, r, "cannot write the ledger's export") : 0;
}

int wv__ledger_export_lines(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
			    int fd)
{
	struct giving giving = { ctx, UINT64_MAX, fd };

	return wv__store_each(ctx, ledger, &(struct wv__query){ .takeout = takeout }, give_row,
			      &giving);
}

int wv__ledger_export_upto(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t last, int fd)
{
	struct giving giving = { ctx, last, fd };
	const int r = wv__store_each(ctx, ledger, &(struct wv__query){ 0 }, give_row, &giving);

	return r > 0 ? 0 : r;
}

/* ---- taking -------------------------------------------------------------- */

struct taking {
	struct wv_ctx *ctx;
	const char *takeout;
	struct wv_doc *records;
	uint64_t seq; /* of the last one */
	char head[WV_SHA256_HEX];
	bool whole;
};

static void taking_free(struct taking *taking)
{
	wv_doc_free(taking->records);
}

static int take_line(struct taking *taking, const char *line, size_t len)
{
	cleanup_record struct wv__record record = { 0 };
	int r;

	r = wv__record_parse(taking->ctx, line, len, &record);
	if (r < 0)
		return r;
	if (!record.takeout || strcmp(record.takeout, taking->takeout) != 0)
		return wv__fail(taking->ctx, -EBADMSG, "record %" PRIu64 " is not of take-out %s",
				record.seq, taking->takeout);
	if (record.seq <= taking->seq)
		return wv__fail(taking->ctx, -EBADMSG, "record %" PRIu64 " is out of order",
				record.seq);
	if (record.seq != taking->seq + 1)
		taking->whole = false;
	else if (strcmp(record.prev, taking->head) != 0)
		return wv__fail(taking->ctx, -EBADMSG,
				"record %" PRIu64 " is not chained to the one before", record.seq);
	taking->seq = record.seq;
	if (wv__sha256_hex(line, len, taking->head) < 0)
		return wv__fail_memory(taking->ctx);
	return wv__doc_append(taking->ctx, taking->records, record.doc);
}

static int take_lines(struct taking *taking, const char *lines, size_t len)
{
	int r = 0;

	while (r == 0 && len) {
		const char *end = memchr(lines, '\n', len);

		if (!end)
			return wv__fail(taking->ctx, -EBADMSG, "the last record is not complete");
		r = take_line(taking, lines, end - lines);
		len -= end + 1 - lines;
		lines = end + 1;
	}
	return r;
}

int wv__ledger_import(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin,
		      const char *takeout, const char *lines, size_t len, uint64_t *ret_seq)
{
	cleanup(taking_free) struct taking taking = { .ctx = ctx,
						      .takeout = takeout,
						      .whole = true };
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	memcpy(taking.head, wv__record_zeros, sizeof(taking.head));
	r = wv__doc_array(ctx, &taking.records);
	if (r == 0)
		r = take_lines(&taking, lines, len);
	if (r < 0) {
		wv__fail_prefix(ctx, "records of %s", origin);
		return r;
	}
	r = wv__doc_build(ctx, &body, M_STR("origin", origin), M_STR("head", taking.head),
			  M_DOC("records", taking.records), M_BOOL("whole", taking.whole));
	if (r < 0)
		return r;
	return wv__ledger_append(ctx, ledger, "chain.import", takeout, body, ret_seq);
}
