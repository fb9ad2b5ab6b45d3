/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_receipt.c - what a client says to the server: a receipt request, and
 * the command it asks for
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ctx.h"
#include "sync/serve.h"
#include "sync/signer.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

/* There is no take-out below this root: nothing is written, nothing is run. */
static void ask(struct wv_ctx *ctx, const unsigned char *data, size_t len)
{
	const int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);

	if (in < 0 || out < 0 || write(in, data, len) != (ssize_t)len || lseek(in, 0, SEEK_SET) < 0)
		abort();
	if (wv__receipt_give(ctx, "/nonexistent", "/nonexistent", false, in, out) == 0)
		abort(); /* a receipt for nothing */
	if (lseek(out, 0, SEEK_END) <= 0)
		abort(); /* every request has its answer */
	close(in);
	close(out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct wv__serve_request request;
	char *command = strndup((const char *)data, len);
	struct wv_ctx *ctx;

	if (!command || wv_ctx_new(&ctx) < 0)
		abort();
	if (wv__serve_parse(ctx, command, &request) == 0 && !request.receipt &&
	    (strlen(request.takeout) != 36 || strpbrk(request.takeout, "/.") || request.flags[0] != '-'))
		abort();
	ask(ctx, data, len);
	wv_ctx_free(ctx);
	free(command);
	return 0;
}
