/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_append.c - a station that only appends: bench_append PLACE STATION SECONDS
 * [RECORDS], until one of both is reached. Each record that was acknowledged is a line
 * "N SEQ" on stdout, in one write: what a kill leaves of it is whole lines.
 */
#include <stdio.h>

#include "base/clock.h"
#include "ledger/ledger.h"

static double now(void)
{
	return (double)wv__monotonic_ns() / 1e9;
}

static int append(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t n)
{
	cleanup_doc struct wv_doc *body = NULL;
	uint64_t seq;
	int r;

	r = wv__doc_build(ctx, &body, M_U64("n", n), M_STR("note", "as long as the records of a take-out mostly are"));
	if (r == 0)
		r = wv__ledger_append(ctx, ledger, "bench.record", NULL, body, &seq);
	if (r == 0 && dprintf(STDOUT_FILENO, "%" PRIu64 " %" PRIu64 "\n", n, seq) < 0)
		return -EIO;
	return r;
}

int main(int argc, char **argv)
{
	struct wv__ledger *ledger = NULL;
	struct wv_ctx *ctx = NULL;
	double begin, end;
	uint64_t n, most;
	int r;

	if (argc < 4 || wv_ctx_new(&ctx) < 0)
		return 2;
	most = argc > 4 ? strtoull(argv[4], NULL, 10) : UINT64_MAX;
	r = wv__ledger_open(ctx, argv[1], argv[2], true, &ledger);
	begin = now();
	end = begin + strtod(argv[3], NULL);
	for (n = 0; r == 0 && n < most && now() < end; n++)
		r = append(ctx, ledger, n + 1);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", argv[2], wv_ctx_error(ctx));
	else
		fprintf(stderr, "%" PRIu64 " records in %.3f s\n", n, now() - begin);
	wv__ledger_close(ledger);
	wv_ctx_free(ctx);
	return r < 0;
}
