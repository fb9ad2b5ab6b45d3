/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt_check.c - is this the receipt for exactly that? What stands between
 * a volume and its destruction
 */
#include <string.h>

#include "../base/clock.h"
#include "../trust/keys.h"
#include "../trust/namespaces.h"
#include "../trust/sign.h"
#include "files.h"
#include "receipt.h"

#define NAME "the receipt"
#define CLOCK_SKEW 300 /* seconds that the server's clock may be ahead */

/* A roster of one: the receipt key of the take-out record. */
static int check_signature(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
			   struct wv_doc *receipt, const char *sig, size_t sig_len)
{
	static const char *const namespaces[] = { WV_NS_RECEIPT, NULL };
	cleanup_buf struct wv_buf line = WV_BUF_INIT, bytes = WV_BUF_INIT;
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	r = wv__roster_line(ctx, "server", terms->key, namespaces, 0, UINT64_MAX, &line);
	if (r == 0)
		r = wv__roster_parse(ctx, line.data, line.len, "the server's receipt key", &roster);
	if (r == 0)
		r = wv__doc_canonical(ctx, receipt, &bytes);
	if (r < 0)
		return r;
	r = wv__verify(ctx, roster, "server", WV_NS_RECEIPT, bytes.data, bytes.len, sig, sig_len,
		       terms->now, NULL);
	if (r < 0)
		wv__fail_prefix(ctx, "the receipt is not signed by the server's receipt key");
	return r;
}

static int need_same(struct wv_ctx *ctx, struct wv_doc *doc, const char *key, const char *expected,
		     const char *what)
{
	const char *given;
	const int r = wv__doc_need_str(ctx, doc, NAME, key, &given);

	if (r < 0)
		return r;
	if (strcmp(given, expected))
		return wv__fail(ctx, -EBADMSG, "the receipt is %s (%s, not %s)", what, given, expected);
	return 0;
}

static int check_kind(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
		      struct wv_doc *receipt)
{
	const bool lab = wv_doc_bool(receipt, "lab");
	const bool self_verified = wv_doc_bool(receipt, "self_verified");
	const char *type = wv_doc_str(receipt, "type");

	if (!type || strcmp(type, "receipt") || wv_doc_u64(receipt, "v") != 1 ||
	    wv_doc_count(receipt) != (lab ? 12 : 11))
		return wv__fail(ctx, -EBADMSG, "the receipt is none of version 1");
	if (lab != terms->lab)
		return wv__fail(ctx, -EBADMSG, lab ?
				N_("the receipt is only a trial's") : N_("the receipt is not marked as a trial's"));
	if (self_verified != terms->self_verified)
		return wv__fail(ctx, -EBADMSG, self_verified ?
				N_("the receipt was made by the station itself, not by the server") :
				N_("the receipt does not say that the station made it itself"));
	return 0;
}

static int check_server(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
			struct wv_doc *receipt)
{
	cleanup_free char *id = NULL;
	struct wv_doc *server;
	int r;

	r = wv__doc_need_doc(ctx, receipt, NAME, "server", &server);
	if (r == 0)
		r = wv__key_fingerprint(ctx, terms->key, &id);
	if (r == 0)
		r = need_same(ctx, server, "id", id, "another server's");
	if (r == 0 && terms->root)
		r = need_same(ctx, server, "root", terms->root, "for another directory of the server");
	return r;
}

static int check_time(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
		      struct wv_doc *receipt)
{
	const char *text;
	uint64_t time;
	int r;

	r = wv__doc_need_str(ctx, receipt, NAME, "time", &text);
	if (r < 0)
		return r;
	if (wv__time_parse(text, &time) < 0)
		return wv__fail(ctx, -EBADMSG, "the receipt has no time");
	if (time > terms->now + CLOCK_SKEW)
		return wv__fail(ctx, -EBADMSG, "the receipt is dated in the future (%s)", text);
	if (terms->max_age && terms->now > time && terms->now - time > terms->max_age)
		return wv__fail(ctx, -EKEYEXPIRED, "the receipt is stale: it is of %s, and good for %" PRIu64 " s",
				text, terms->max_age);
	return 0;
}

static int check_file(struct wv_ctx *ctx, const struct wv__entry *declared,
		      const struct wv__entry *given)
{
	const int order = !given ? -1 : !declared ? 1 : strcmp(declared->path, given->path);

	if (order < 0)
		return wv__fail(ctx, -EBADMSG, "the receipt does not cover %s", declared->path);
	if (order > 0)
		return wv__fail(ctx, -EBADMSG, "the receipt covers %s, which was not asked for", given->path);
	if (declared->size != given->size ||
	    memcmp(declared->sha256, given->sha256, sizeof(given->sha256)))
		return wv__fail(ctx, -EBADMSG, "the receipt has another content of %s", given->path);
	return 0;
}

/* Both lists are sorted: side by side. */
static int check_files(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
		       struct wv_doc *receipt)
{
	const struct wv__entries *declared = &terms->decl->entries;
	cleanup_files struct wv__files given = { 0 };
	struct wv_doc *list;
	size_t i = 0, k = 0;
	int r;

	r = wv__doc_need_doc(ctx, receipt, NAME, "files", &list);
	if (r == 0)
		r = wv__files_from_doc(ctx, list, NAME, &given);
	while (r == 0) {
		while (i < declared->count && declared->at[i]->is_dir)
			i++;
		if (i == declared->count && k == given.entries.count)
			return 0;
		r = check_file(ctx, i < declared->count ? declared->at[i++] : NULL,
			       k < given.entries.count ? given.entries.at[k++] : NULL);
	}
	return r;
}

int wv__receipt_check(struct wv_ctx *ctx, const struct wv__receipt_terms *terms,
		      struct wv_doc *receipt, const char *sig, size_t sig_len)
{
	char digest[WV_SHA256_HEX];
	int r;

	r = check_signature(ctx, terms, receipt, sig, sig_len);
	if (r == 0)
		r = check_kind(ctx, terms, receipt);
	if (r == 0)
		r = need_same(ctx, receipt, "takeout", terms->takeout, "another take-out's");
	if (r == 0)
		r = need_same(ctx, receipt, "volume", terms->volume, "another volume's");
	if (r == 0)
		r = need_same(ctx, receipt, "nonce", terms->nonce, "replayed: it answers another request");
	if (r == 0)
		r = check_server(ctx, terms, receipt);
	if (r == 0)
		r = check_time(ctx, terms, receipt);
	if (r == 0)
		r = wv__declaration_digest(ctx, terms->decl, digest);
	if (r == 0)
		r = need_same(ctx, receipt, "declaration", digest, "for another declaration");
	return r < 0 ? r : check_files(ctx, terms, receipt);
}
