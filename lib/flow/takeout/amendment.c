/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * amendment.c - amendments: written, signed, recorded, and applied
 */
#include <fcntl.h>
#include <string.h>

#include "amendment.h"
#include "../../base/crypto.h"
#include "../../trust/namespaces.h"

/* A path as M_PATH wrote it. free() it. */
static int path_of(struct wv_ctx *ctx, struct wv_doc *change, char **ret)
{
	const char *path = wv_doc_str(change, "path");
	const char *b64 = wv_doc_str(change, "path_b64");
	size_t len = 0;
	char *text;

	text = path ? strdup(path) : calloc(1, WV_PATH_BYTES + 1);
	if (!text)
		return wv__fail_memory(ctx);
	if (!path && (!b64 || wv__unbase64(b64, strlen(b64), text, WV_PATH_BYTES, &len) < 0)) {
		free(text);
		return wv__fail(ctx, -EBADMSG, "an amendment has a change without a path");
	}
	*ret = text;
	return 0;
}

static int apply_change(struct wv_ctx *ctx, struct wv_doc *change, struct wv__declaration *decl)
{
	const char *action = wv_doc_str(change, "action");
	struct wv_doc *new = wv_doc_get(change, "new");
	const char *hex = new ? wv_doc_str(new, "sha256") : NULL;
	const uint64_t size = new ? wv_doc_u64(new, "size") : 0;
	unsigned char sha256[WV_SHA256_SIZE];
	cleanup_free char *path = NULL;
	int r;

	r = path_of(ctx, change, &path);
	if (r < 0)
		return r;
	if (hex && wv__unhex(hex, sha256, sizeof(sha256)) < 0)
		return wv__fail(ctx, -EBADMSG, "an amendment's digest of %s is none", path);
	if (action && strcmp(action, "add") == 0)
		r = wv__declaration_add(ctx, decl, path, size, hex ? sha256 : NULL);
	else if (action && strcmp(action, "modify") == 0)
		r = wv__declaration_replace(ctx, decl, path, size, hex ? sha256 : NULL);
	else if (action && strcmp(action, "remove") == 0)
		r = wv__declaration_remove(ctx, decl, path);
	else
		r = -EINVAL;
	if (r == -EEXIST || r == -ENOENT || r == -EINVAL)
		return wv__fail(ctx, -EBADMSG, "an amendment does not fit the declaration at %s", path);
	return r;
}

int wv__amendment_apply(struct wv_ctx *ctx, struct wv_doc *amendment, struct wv__declaration *decl)
{
	struct wv_doc *changes = wv_doc_get(amendment, "changes");
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(changes); i++)
		r = apply_change(ctx, wv_doc_at(changes, i), decl);
	return r;
}

static int load_declaration(struct wv__takeout *t, struct wv__declaration **ret)
{
	const enum wv__step first = t->body[WV__STEP_DECLARED] ? WV__STEP_DECLARED :
								 WV__STEP_CARRIED;
	const char *expected = wv__takeout_str(t, first, "declaration");
	cleanup_free char *path = wv__paper_path(t, "declaration");
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	char digest[65];
	int r;

	if (!path)
		return wv__fail_memory(t->st->ctx);
	r = wv__declaration_load(t->st->ctx, path, &decl);
	if (r < 0)
		return r;
	r = wv__declaration_digest(t->st->ctx, decl, digest);
	if (r < 0)
		return r;
	if (!expected || strcmp(digest, expected) != 0)
		return wv__fail(t->st->ctx, -EBADMSG, "%s is not the declaration that the ledger knows", path);
	*ret = take_ptr(decl);
	return 0;
}

int wv__takeout_declaration(struct wv__takeout *t, struct wv__declaration **ret)
{
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	int r;

	r = load_declaration(t, &decl);
	for (size_t i = 0; r == 0 && i < wv_doc_count(t->amended); i++) {
		struct wv_doc *body = wv_doc_at(t->amended, i);
		cleanup_doc struct wv_doc *amendment = NULL;

		r = wv__paper_load(t, wv_doc_str(body, "paper"), wv_doc_str(body, "amendment"),
				   &amendment);
		if (r == 0)
			r = wv__amendment_apply(t->st->ctx, amendment, decl);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(decl);
	return 0;
}

int wv__amendment_body(struct wv_ctx *ctx, struct wv_doc *amendment, const char *paper,
		       struct wv_doc **ret)
{
	char digest[65];
	int r;

	r = wv__doc_digest(ctx, amendment, digest);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret, M_STR("amendment", digest),
			     M_U64("n", wv_doc_u64(amendment, "n")), M_STR("paper", paper),
			     M_STR("origin", wv_doc_str(amendment, "origin")),
			     M_STR("purpose", wv_doc_str(amendment, "purpose")));
}

/* One that cannot be applied would leave the take-out without a declaration for ever. */
static int check_fits(struct wv__takeout *t, struct wv_doc *amendment)
{
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	struct wv__totals totals;
	int r;

	r = wv__takeout_declaration(t, &decl);
	if (r < 0)
		return r;
	r = wv__amendment_apply(t->st->ctx, amendment, decl);
	return r < 0 ? r : wv__declaration_totals(t->st->ctx, decl, &totals);
}

int wv__amendment_make(struct wv__takeout *t, struct wv_doc *changes, const char *purpose,
		       const char *origin, const char *key)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *name = NULL;
	const uint64_t n = wv_doc_count(t->amended) + 1;
	char digest[65];
	int r;

	name = wv__printf(WV__AMENDMENT, n);
	if (!name)
		return wv__fail_memory(ctx);
	r = wv__paper_new(t, "amendment", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, doc, M_U64("n", n), M_DOC("changes", changes),
			M_STR("purpose", purpose), M_STR("origin", origin));
	if (r < 0)
		return r;
	r = check_fits(t, doc);
	if (r < 0)
		return r;
	r = wv__paper_keep(t, name, doc, key, WV_NS_HOLDER, digest);
	if (r < 0)
		return r;
	r = wv__amendment_body(ctx, doc, name, &body);
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_AMENDED, body);
}

int wv__amend_outputs(struct wv__takeout *t, struct wv_doc *outputs)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *changes = NULL;
	int r;

	if (!wv_doc_count(outputs))
		return 0;
	r = wv__doc_array(ctx, &changes);
	for (size_t i = 0; r == 0 && i < wv_doc_count(outputs); i++) {
		struct wv_doc *file = wv_doc_at(outputs, i);
		cleanup_doc struct wv_doc *change = NULL;
		cleanup_doc struct wv_doc *new = NULL;

		r = wv__doc_build(ctx, &new, M_U64("size", wv_doc_u64(file, "size")),
				  M_OPT_STR("sha256", wv_doc_str(file, "sha256")));
		if (r == 0)
			r = wv__doc_build(ctx, &change, M_STR("action", "add"),
					  M_OPT_STR("path", wv_doc_str(file, "path")),
					  M_OPT_STR("path_b64", wv_doc_str(file, "path_b64")),
					  M_STR("old", NULL), M_DOC("new", new));
		if (r == 0)
			r = wv__doc_append(ctx, changes, change);
	}
	if (r == 0)
		r = wv__amendment_make(t, changes, "files inside the approved globs", "output",
				       t->st->policy->station_key);
	return r < 0 ? r : 1;
}
