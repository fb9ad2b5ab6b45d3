/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt.c - the client's side of the receipt: ask, and get the answer
 */
#include <string.h>
#include <sys/mman.h>

#include "../base/clock.h"
#include "../base/exec.h"
#include "../base/fs.h"
#include "files.h"
#include "receipt.h"
#include "signer.h"
#include "ssh.h"

#define ANSWER "the server's answer"
#define HEADROOM (64 * KiB) /* what a receipt and its signature have more than the request */

int wv__receipt_nonce(char ret[WV_RECEIPT_NONCE])
{
	unsigned char random[32];
	const int r = wv__random(random, sizeof(random));

	if (r == 0)
		wv__hex(random, sizeof(random), ret);
	return r;
}

static int build_request(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
			 struct wv_doc *checkpoint, struct wv_buf *ret)
{
	cleanup_doc struct wv_doc *files = NULL, *request = NULL;
	char digest[WV_SHA256_HEX];
	int r;

	r = wv__declaration_digest(ctx, terms->decl, digest);
	if (r == 0)
		r = wv__files_to_doc(ctx, &terms->decl->entries, &files);
	if (r == 0)
		r = wv__doc_build(ctx, &request, M_U64("v", 1), M_STR("type", "receipt-request"),
				  M_STR("takeout", terms->takeout), M_STR("volume", terms->volume),
				  M_STR("nonce", terms->nonce), M_STR("declaration", digest),
				  M_DOC("files", files), M_DOC("checkpoint", checkpoint));
	if (r == 0 && terms->lab)
		r = wv__doc_set(ctx, request, M_BOOL("lab", true));
	if (r == 0)
		r = wv__doc_canonical(ctx, request, ret);
	if (r < 0)
		return r;
	if (ret->len > WV_RECEIPT_MAX - HEADROOM)
		return wv__fail(ctx, -EFBIG, "%zu files are too many for one receipt (%" PRIu64 " MiB)",
				terms->decl->entries.count, WV_RECEIPT_MAX / MiB);
	return 0;
}

/* ---- asking ------------------------------------------------------------------ */

static int ask_over_ssh(struct wv_ctx *ctx, const struct wv__server *server,
			const struct wv_buf *request, struct wv_buf *ret)
{
	static const char *const argv[] = { "ssh", "-F", "config", WV_SSH_HOST, "workvol receipt", NULL };
	cleanup_ssh struct wv__ssh ssh = { 0 };
	cleanup_buf struct wv_buf err = WV_BUF_INIT;
	int r, status;

	r = wv__ssh_open(ctx, server->target, server->host_key, server->identity, &ssh);
	if (r < 0)
		return r;
	r = wv__exec(ctx, &(struct wv__exec){ .argv = argv, .env = (const char *const *)ssh.env,
					      .dir = ssh.dir, .input = request->data,
					      .input_len = request->len, .out = ret, .out_max = WV_RECEIPT_MAX,
					      .err = &err }, &status);
	if (r < 0)
		return r;
	/* A server that refuses exits with 4, and says why in its answer. */
	if (!ret->len)
		return wv__ssh_failed(ctx, "asking the server for its receipt", wv__buf_str(&err), status);
	return 0;
}

static int read_memfd(struct wv_ctx *ctx, int fd, struct wv_buf *ret)
{
	const off_t size = lseek(fd, 0, SEEK_END);

	if (size <= 0)
		return wv__fail(ctx, -EIO, "the receipt was not made");
	if (wv__buf_reserve(ret, size) < 0)
		return wv__fail_memory(ctx);
	if (wv__pread_all(fd, ret->data, size, 0) < 0)
		return wv__fail(ctx, -EIO, "cannot read the receipt");
	ret->len = size;
	ret->data[size] = '\0';
	return 0;
}

/* Of a path target this machine is the server too; the very same code gives the receipt. */
static int ask_ourselves(struct wv_ctx *ctx, const struct wv__server *server,
			 const struct wv_buf *request, struct wv_buf *ret)
{
	cleanup_close int in = memfd_create("workvol-request", MFD_CLOEXEC);
	cleanup_close int out = memfd_create("workvol-receipt", MFD_CLOEXEC);
	int r;

	if (in < 0 || out < 0)
		return wv__fail_sys(ctx, -errno, "cannot ask for the receipt");
	r = wv__pwrite_all(in, request->data, request->len, 0);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot ask for the receipt");
	r = wv__receipt_give(ctx, server->target->dir, server->key, true, in, out);
	if (r < 0 && lseek(out, 0, SEEK_END) == 0)
		return r;
	return read_memfd(ctx, out, ret);
}

/* ---- the answer ------------------------------------------------------------------ */

static int code_of(const char *name)
{
	static const int codes[] = { EBUSY, ENOSPC, EBADMSG, ENOENT };

	for (size_t i = 0; name && i < ARRAY_SIZE(codes); i++)
		if (strcmp(name, strerrorname_np(codes[i])) == 0) /* nothing was ever sent: no proof */
			return codes[i] == ENOENT ? -EBADMSG : -codes[i];
	return -EIO;
}

static int say_refused(struct wv_ctx *ctx, struct wv_doc *answer)
{
	const char *why = wv_doc_str(answer, "refused");
	const char *path = wv_doc_str(answer, "path");
	const int err = code_of(wv_doc_str(answer, "code"));

	if (!path)
		path = wv_doc_str(answer, "path_b64");
	return path ? wv__fail(ctx, err, "the server gives no receipt: %s %s", path, why) :
		      wv__fail(ctx, err, "the server gives no receipt: %s", why);
}

int wv__receipt_fetch(struct wv_ctx *ctx, const struct wv__server *server,
		      const struct wv__receipt_terms *terms, struct wv_doc *checkpoint,
		      struct wv_doc **ret_receipt, struct wv_buf *ret_sig)
{
	cleanup_buf struct wv_buf request = WV_BUF_INIT, text = WV_BUF_INIT;
	cleanup_doc struct wv_doc *answer = NULL;
	struct wv__receipt_terms fresh = *terms;
	struct wv_doc *receipt;
	const char *sig;
	int r;

	r = build_request(ctx, terms, checkpoint, &request);
	if (r == 0)
		r = server->target->host ? ask_over_ssh(ctx, server, &request, &text) :
					   ask_ourselves(ctx, server, &request, &text);
	if (r == 0)
		r = wv__doc_parse(ctx, text.data, text.len, ANSWER, &answer);
	if (r < 0)
		return r;
	if (wv_doc_str(answer, "refused"))
		return say_refused(ctx, answer);
	r = wv__doc_need_doc(ctx, answer, ANSWER, "receipt", &receipt);
	if (r == 0)
		r = wv__doc_need_str(ctx, answer, ANSWER, "sig", &sig);
	fresh.now = wv__now(); /* the server may have read for hours */
	if (r == 0)
		r = wv__receipt_check(ctx, &fresh, receipt, sig, strlen(sig));
	if (r == 0 && wv__buf_puts(ret_sig, sig) < 0)
		r = wv__fail_memory(ctx);
	if (r < 0)
		return r;
	*ret_receipt = wv__doc_ref(receipt);
	return 0;
}
