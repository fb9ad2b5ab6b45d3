/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_copy.c - prepare's copy alone: bench_copy DECLARATION SOURCE DEST
 *
 * DEST is empty. One reading, every hash computed and compared, synced at the end.
 */
#include <fcntl.h>
#include <stdio.h>

#include "base/clock.h"
#include "declare/copy.h"

int main(int argc, char **argv)
{
	cleanup_close int from = -1, to = -1;
	struct wv__declaration *decl = NULL;
	struct wv_ctx *ctx;
	uint64_t since;
	int r;

	if (argc != 4 || wv_ctx_new(&ctx) < 0)
		return 2;
	from = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	to = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = wv__declaration_load(ctx, argv[1], &decl);
	since = wv__monotonic_ns();
	if (r == 0)
		r = wv__copy_tree(ctx, decl, from, argv[2], to);
	if (r < 0)
		fprintf(stderr, "bench_copy: %s\n", wv_ctx_error(ctx));
	else
		printf("%.2f\n", (double)(wv__monotonic_ns() - since) / 1e9);
	wv__declaration_free(decl);
	wv_ctx_free(ctx);
	return r < 0;
}
