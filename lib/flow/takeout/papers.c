/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * papers.c - a take-out's papers: files below STATE-DIR/takeouts/ID, each bound
 * to the ledger by its digest
 */
#include <fcntl.h>
#include <string.h>

#include "takeout.h"
#include "../../base/clock.h"
#include "../../base/crypto.h"
#include "../../trust/sign.h"

char *wv__paper_path(const struct wv__takeout *t, const char *name)
{
	cleanup_free char *relative = wv__printf("takeouts/%s/%s", t->id, name);

	return relative ? wv__station_path(t->st, relative) : NULL;
}

int wv__paper_new(const struct wv__takeout *t, const char *type, struct wv_doc **ret)
{
	char created[WV_TIME_TEXT];

	wv__time_format(wv__now(), created);
	return wv__doc_build(t->st->ctx, ret, M_U64("v", 1), M_STR("type", type),
			     M_BOOL("lab", t->st->policy->lab), M_STR("created", created),
			     M_STR("takeout", t->id));
}

int wv__paper_request(const struct wv__takeout *t, const char *type, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	const uint64_t seconds = t->st->policy->approval_hours * 3600;
	cleanup_doc struct wv_doc *doc = NULL;
	unsigned char random[16];
	char nonce[2 * sizeof(random) + 1], expiry[WV_TIME_TEXT];
	int r;

	r = wv__random(random, sizeof(random));
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot draw a nonce");
	wv__hex(random, sizeof(random), nonce);
	wv__time_format(wv__now() + seconds, expiry);
	r = wv__paper_new(t, type, &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, doc, M_STR("nonce", nonce), M_STR("expiry", expiry));
	if (r < 0)
		return r;
	*ret = take_ptr(doc);
	return 0;
}

int wv__paper_keep(struct wv__takeout *t, const char *name, struct wv_doc *doc, const char *key,
		   const char *namespace, char ret_digest[65])
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *dir = wv__paper_path(t, "");
	cleanup_free char *path = wv__paper_path(t, name);
	int r;

	if (!dir || !path)
		return wv__fail_memory(ctx);
	r = wv__mkdirs(ctx, dir, 0700);
	if (r < 0)
		return r;
	if (key)
		r = wv__sign_doc(ctx, key, namespace, doc, path);
	else
		r = wv__doc_save(ctx, path, doc, 0600);
	if (r < 0)
		return r;
	return wv__doc_digest(ctx, doc, ret_digest);
}

int wv__paper_load(const struct wv__takeout *t, const char *name, const char *digest,
		   struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *path = wv__paper_path(t, name);
	cleanup_doc struct wv_doc *doc = NULL;
	char found[65];
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__doc_load(ctx, path, &doc);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, doc, found);
	if (r < 0)
		return r;
	if (!digest || strcmp(found, digest) != 0)
		return wv__fail(ctx, -EBADMSG, "%s is not the paper that the ledger knows", path);
	*ret = take_ptr(doc);
	return 0;
}

int wv__paper_file_digest(struct wv_ctx *ctx, const char *path, char ret[65])
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	r = wv__read_file(ctx, AT_FDCWD, path, MiB, &text);
	if (r < 0)
		return r;
	r = wv__sha256_hex(text.data, text.len, ret);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot hash %s", path) : 0;
}
