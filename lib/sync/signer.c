/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signer.c - the server's side of the receipt: close, re-read, hash, sign
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/clock.h"
#include "../base/fs.h"
#include "../trust/keys.h"
#include "../trust/namespaces.h"
#include "../trust/sign.h"
#include "receipt.h"
#include "reread.h"
#include "signer.h"
#include "slot.h"

#define REQUEST "the receipt request"
#define READ_STEP (256 * KiB)

struct signer {
	struct wv_ctx *ctx;
	const char *root;
	const char *key;
	bool self_verified;

	struct wv_doc *request;
	const char *takeout, *volume, *nonce, *declaration;
	struct wv_doc *list;
	struct wv__files files;
	const struct wv__entry *bad; /* the file that a refusal is about */
};

static void signer_clear(struct signer *signer)
{
	wv__files_clear(&signer->files);
	wv_doc_free(signer->request);
}

static int read_request(struct wv_ctx *ctx, int fd, struct wv_buf *ret)
{
	for (;;) {
		ssize_t n;

		if (wv__buf_reserve(ret, READ_STEP) < 0)
			return wv__fail_memory(ctx);
		n = read(fd, ret->data + ret->len, READ_STEP);
		if (n < 0 && errno != EINTR)
			return wv__fail_sys(ctx, -errno, "cannot read the receipt request");
		if (n == 0)
			return 0;
		ret->len += n > 0 ? n : 0;
		if (ret->len > WV_RECEIPT_MAX)
			return wv__fail(ctx, -EFBIG, "the receipt request is larger than %" PRIu64 " MiB",
				       WV_RECEIPT_MAX / MiB);
	}
}

static int check_request(struct signer *signer)
{
	const char *type = wv_doc_str(signer->request, "type");
	const bool lab = wv_doc_bool(signer->request, "lab");
	struct wv_ctx *ctx = signer->ctx;

	if (!type || strcmp(type, "receipt-request") || wv_doc_u64(signer->request, "v") != 1 ||
	    wv_doc_count(signer->request) != (lab ? 9 : 8))
		return wv__fail(ctx, -EBADMSG, "the receipt request is none of version 1");
	if (!wv__is_takeout(signer->takeout) || !wv__is_takeout(signer->volume))
		return wv__fail(ctx, -EBADMSG, "the receipt request names no take-out and volume");
	if (!wv__is_hex64(signer->nonce) || !wv__is_hex64(signer->declaration))
		return wv__fail(ctx, -EBADMSG, "the receipt request has no nonce and declaration digest");
	return wv__files_from_doc(ctx, signer->list, REQUEST, &signer->files);
}

static int take_request(struct signer *signer, int in_fd)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	struct wv_ctx *ctx = signer->ctx;
	int r;

	r = read_request(ctx, in_fd, &text);
	if (r == 0)
		r = wv__doc_parse(ctx, text.data, text.len, REQUEST, &signer->request);
	if (r == 0)
		r = wv__doc_need_str(ctx, signer->request, REQUEST, "takeout", &signer->takeout);
	if (r == 0)
		r = wv__doc_need_str(ctx, signer->request, REQUEST, "volume", &signer->volume);
	if (r == 0)
		r = wv__doc_need_str(ctx, signer->request, REQUEST, "nonce", &signer->nonce);
	if (r == 0)
		r = wv__doc_need_str(ctx, signer->request, REQUEST, "declaration", &signer->declaration);
	if (r == 0)
		r = wv__doc_need_doc(ctx, signer->request, REQUEST, "files", &signer->list);
	return r < 0 ? r : check_request(signer);
}

static int build_receipt(struct signer *signer, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *server = NULL, *receipt = NULL;
	cleanup_free char *public = NULL, *id = NULL;
	struct wv_ctx *ctx = signer->ctx;
	char time[WV_TIME_TEXT];
	int r;

	r = wv__key_public(ctx, signer->key, &public);
	if (r == 0)
		r = wv__key_fingerprint(ctx, public, &id);
	if (r == 0)
		r = wv__doc_build(ctx, &server, M_STR("id", id), M_STR("root", signer->root));
	if (r < 0)
		return r;
	wv__time_format(wv__now(), time);
	r = wv__doc_build(ctx, &receipt, M_U64("v", 1), M_STR("type", "receipt"),
			  M_STR("takeout", signer->takeout), M_STR("volume", signer->volume),
			  M_STR("nonce", signer->nonce), M_STR("time", time),
			  M_STR("declaration", signer->declaration), M_DOC("files", signer->list),
			  M_DOC("checkpoint", wv_doc_get(signer->request, "checkpoint")),
			  M_DOC("server", server), M_BOOL("self_verified", signer->self_verified));
	if (r == 0 && wv_doc_bool(signer->request, "lab"))
		r = wv__doc_set(ctx, receipt, M_BOOL("lab", true));
	if (r < 0)
		return r;
	*ret = take_ptr(receipt);
	return 0;
}

/* Our copy, for whoever asks the server later. Its name is the nonce: that is used up now. */
static int keep(struct signer *signer, int receipts, const struct wv_buf *bytes,
		const struct wv_buf *sig)
{
	cleanup_free char *name = wv__printf("%s.json", signer->nonce);
	cleanup_free char *sig_name = wv__printf("%s.json.sig", signer->nonce);
	int r;

	if (!name || !sig_name)
		return wv__fail_memory(signer->ctx);
	r = wv__write_file(signer->ctx, receipts, sig_name, sig->data, sig->len, 0644);
	if (r < 0)
		return r;
	return wv__create_file(signer->ctx, receipts, name, bytes->data, bytes->len, 0644);
}

static int sign(struct signer *signer, int receipts, struct wv_doc **ret_answer)
{
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT, sig = WV_BUF_INIT;
	cleanup_doc struct wv_doc *receipt = NULL;
	struct wv_ctx *ctx = signer->ctx;
	int r;

	r = build_receipt(signer, &receipt);
	if (r == 0)
		r = wv__doc_canonical(ctx, receipt, &bytes);
	if (r == 0)
		r = wv__sign(ctx, signer->key, WV_NS_RECEIPT, bytes.data, bytes.len, &sig);
	if (r == 0)
		r = keep(signer, receipts, &bytes, &sig);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_answer, M_DOC("receipt", receipt), M_STR("sig", sig.data));
}

static int open_receipts(struct signer *signer, const struct wv__slot *slot)
{
	cleanup_free char *used = wv__printf("receipts/%s.json", signer->nonce);
	struct stat st;
	int fd;

	if (!used)
		return wv__fail_memory(signer->ctx);
	if (mkdirat(slot->dir, "receipts", 0700) < 0 && errno != EEXIST)
		return wv__fail_sys(signer->ctx, -errno, "cannot make the directory of the receipts");
	if (fstatat(slot->dir, used, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return wv__fail(signer->ctx, -EBADMSG, "a receipt was given for this nonce before");
	fd = wv__open_beneath(slot->dir, "receipts", O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? wv__fail_sys(signer->ctx, fd, "cannot open the directory of the receipts") : fd;
}

/* The data is closed and nobody writes: what is read now is what stays. */
static int prove(struct signer *signer, const struct wv__slot *slot, struct wv_doc **ret_answer)
{
	cleanup_close int receipts = -1, data = -1;
	int r;

	receipts = open_receipts(signer, slot);
	if (receipts < 0)
		return receipts;
	data = wv__open_beneath(slot->dir, "data", O_RDONLY | O_DIRECTORY, 0);
	if (data < 0)
		return wv__fail(signer->ctx, -EBADMSG, "the take-out has no data here");
	r = wv__reread(signer->ctx, data, &signer->files, &signer->bad);
	return r < 0 ? r : sign(signer, receipts, ret_answer);
}

static int give(struct signer *signer, int in_fd, struct wv_doc **ret_answer)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	bool was_closed;
	int r;

	r = take_request(signer, in_fd);
	if (r == 0)
		r = wv__slot_open(signer->ctx, signer->root, signer->takeout, false, &slot);
	if (r == 0)
		r = wv__slot_seal(signer->ctx, &slot, &was_closed);
	if (r < 0)
		return r;
	r = prove(signer, &slot, ret_answer);
	if (r < 0 && !was_closed) /* what is missing may still be sent */
		wv__slot_unseal(&slot);
	return r;
}

static int answer_refused(struct signer *signer, int err, struct wv_doc **ret_answer)
{
	const char *why = wv_ctx_error(signer->ctx);
	int r;

	if (!wv__is_utf8(why, strlen(why)))
		why = "the server could not do its part";
	r = wv__doc_build(signer->ctx, ret_answer, M_STR("code", strerrorname_np(-err)),
			  M_STR("refused", why));
	if (r == 0 && signer->bad)
		r = wv__doc_set(signer->ctx, *ret_answer, M_PATH("path", signer->bad->path));
	return r;
}

static int send_answer(struct wv_ctx *ctx, struct wv_doc *answer, int out_fd)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	r = wv__doc_canonical(ctx, answer, &text);
	if (r == 0 && wv__buf_puts(&text, "\n") < 0)
		r = wv__fail_memory(ctx);
	if (r < 0)
		return r;
	r = wv__write_all(out_fd, text.data, text.len);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot answer the client") : 0;
}

int wv__receipt_give(struct wv_ctx *ctx, const char *root, const char *key, bool self_verified,
		     int in_fd, int out_fd)
{
	cleanup(signer_clear) struct signer signer = {
		.ctx = ctx, .root = root, .key = key, .self_verified = self_verified,
	};
	cleanup_doc struct wv_doc *answer = NULL;
	int r, sent;

	r = give(&signer, in_fd, &answer);
	if (r == -ECANCELED)
		return r;
	sent = r < 0 ? answer_refused(&signer, r, &answer) : 0;
	if (sent == 0)
		sent = send_answer(ctx, answer, out_fd);
	return r < 0 ? r : sent;
}

WV_API int wv_sync_receipt(struct wv_ctx *ctx, const char *root, const char *key, int in_fd,
			   int out_fd)
{
	return wv__receipt_give(ctx, root, key, false, in_fd, out_fd);
}
