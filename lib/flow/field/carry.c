/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * carry.c - papers that a holder carried, taken over
 */
#include <fcntl.h>
#include <string.h>

#include "../takeout/amendment.h"
#include "carry.h"
#include "../takeout/holder.h"
#include "../takeout/papers_check.h"
#include "../takeout/request.h"
#include "../../base/clock.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

void wv__carry_clear(struct wv__carry *carry)
{
	wv_doc_free(carry->record);
	wv_doc_free(carry->amended);
	wv__declaration_free(carry->decl);
	*carry = (struct wv__carry){ 0 };
}

/* Only what is here, in the station's own directory, is looked at afterwards. */
static int copy_paper(struct wv__takeout *t, const char *dir, const char *name)
{
	cleanup_free char *from = wv__path_join(dir, name);
	cleanup_free char *to = wv__paper_path(t, name);
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	if (!from || !to)
		return wv__fail_memory(t->st->ctx);
	r = wv__read_file(t->st->ctx, AT_FDCWD, from, WV_DOC_MAX, &text);
	if (r < 0)
		return r;
	return wv__write_file(t->st->ctx, AT_FDCWD, to, text.data, text.len, 0600);
}

static int copy_signed(struct wv__takeout *t, const char *dir, const char *name)
{
	cleanup_free char *sig = wv__printf("%s.sig", name);
	int r;

	if (!sig)
		return wv__fail_memory(t->st->ctx);
	r = copy_paper(t, dir, name);
	if (r < 0)
		return r;
	r = copy_paper(t, dir, sig);
	return r == -ENOENT ? wv__fail(t->st->ctx, -EBADMSG, "%s/%s is not signed", dir, name) : r;
}

/* A member of a document is this text. */
static bool says(struct wv_doc *doc, const char *key, const char *text)
{
	const char *found = wv_doc_str(doc, key);

	return found && text && strcmp(found, text) == 0;
}

/* ---- the record and what it binds ------------------------------------------ */

/* By this station's own roster: what came with the record cannot vouch for it. */
static int prove_record(struct wv__takeout *t, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *path = wv__paper_path(t, WV__RECORD);
	cleanup_roster struct wv__roster *own = NULL;
	cleanup_roster struct wv__roster *bound = NULL;
	cleanup_doc struct wv_doc *claimed = NULL;
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_doc struct wv_doc *again = NULL;
	uint64_t created;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__doc_load(ctx, path, &claimed);
	if (r < 0)
		return r;
	if (!wv_doc_str(claimed, "created") ||
	    wv__time_parse(wv_doc_str(claimed, "created"), &created) < 0)
		return wv__fail(ctx, -EBADMSG, "%s has no time", path);
	r = wv__station_roster(t->st, &own);
	if (r < 0)
		return r;
	r = wv__verify_file(ctx, own, NULL, WV_NS_TAKEOUT_RECORD, path, created, &record, NULL);
	if (r < 0)
		return r;
	if (!says(record, "type", "takeout-record") || !says(record, "takeout", t->id))
		return wv__fail(ctx, -EBADMSG, "%s is not the record of take-out %s", path, t->id);
	if (wv_doc_bool(record, "lab") != t->st->policy->lab)
		return wv__fail(ctx, -EPERM, "take-out %s and this station are not both for trials",
				t->id);
	r = wv__record_roster(t, record, &bound);
	if (r < 0)
		return r;
	r = wv__verify_file(ctx, bound, NULL, WV_NS_TAKEOUT_RECORD, path, created, &again, NULL);
	if (r < 0)
		return r;
	*ret = take_ptr(record);
	return 0;
}

static int prove_declaration(struct wv__takeout *t, struct wv_doc *record,
			     struct wv__declaration **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *path = wv__paper_path(t, "declaration");
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	char digest[65];
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__declaration_load(ctx, path, &decl);
	if (r < 0)
		return r;
	r = wv__declaration_digest(ctx, decl, digest);
	if (r < 0)
		return r;
	if (!says(record, "declaration", digest))
		return wv__fail(ctx, -EBADMSG, "%s is not the declaration of the take-out record", path);
	*ret = take_ptr(decl);
	return 0;
}

static int copy_all(struct wv__takeout *t, const char *dir)
{
	int r;

	r = copy_signed(t, dir, WV__RECORD);
	if (r < 0)
		return r;
	r = copy_paper(t, dir, "roster");
	if (r < 0)
		return r;
	r = copy_paper(t, dir, "declaration");
	if (r < 0)
		return r;
	r = copy_signed(t, dir, WV__REQUEST);
	if (r < 0)
		return r;
	r = copy_signed(t, dir, WV__HANDOVER);
	return r == -ENOENT ? wv__fail(t->st->ctx, -EPERM, "take-out %s was not handed over yet: workvol handover",
				       t->id) : r;
}

int wv__carry_accept(struct wv__takeout *t, const char *dir, struct wv__carry *ret)
{
	cleanup_carry struct wv__carry carry = { .t = t };
	int r;

	r = copy_all(t, dir);
	if (r < 0)
		return r;
	r = prove_record(t, &carry.record);
	if (r < 0)
		return r;
	r = prove_declaration(t, carry.record, &carry.decl);
	if (r < 0)
		return r;
	r = wv__handover_check(t, carry.record);
	if (r < 0)
		return r;
	r = wv__doc_array(t->st->ctx, &carry.amended);
	if (r < 0)
		return r;
	*ret = carry;
	carry = (struct wv__carry){ 0 };
	return 0;
}

/* ---- amendments ------------------------------------------------------------------ */

int wv__carry_begin(struct wv__takeout *t, struct wv_doc *record, struct wv__carry *ret)
{
	cleanup_carry struct wv__carry carry = { .t = t, .record = wv__doc_ref(record) };
	int r;

	r = wv__takeout_declaration(t, &carry.decl);
	if (r < 0)
		return r;
	r = wv__doc_copy(t->st->ctx, t->amended, &carry.amended);
	if (r < 0)
		return r;
	*ret = carry;
	carry = (struct wv__carry){ 0 };
	return 0;
}

static int compare_known(struct wv__carry *carry, const char *path, uint64_t n)
{
	struct wv_ctx *ctx = carry->t->st->ctx;
	cleanup_doc struct wv_doc *doc = NULL;
	char digest[65];
	int r;

	r = wv__doc_load(ctx, path, &doc);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, doc, digest);
	if (r < 0)
		return r;
	if (!says(wv_doc_at(carry->amended, n - 1), "amendment", digest))
		return wv__fail(ctx, -EBADMSG, "%s is not amendment %" PRIu64 " of this take-out", path, n);
	return 0;
}

static int take_new(struct wv__carry *carry, const char *dir, const char *name, uint64_t n, bool home)
{
	struct wv__takeout *t = carry->t;
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *path = wv__paper_path(t, name);
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__holder_roster(ctx, carry->record, home, &roster);
	if (r < 0)
		return r;
	r = copy_signed(t, dir, name);
	if (r < 0)
		return r;
	r = wv__verify_file(ctx, roster, NULL, WV_NS_HOLDER, path, wv__now(), &doc, NULL);
	if (r < 0)
		return r;
	/* only a home's own return may call a change one of the approved outputs */
	if (!says(doc, "type", "amendment") || !says(doc, "takeout", t->id) ||
	    wv_doc_u64(doc, "n") != n || !wv_doc_str(doc, "purpose") ||
	    !(says(doc, "origin", "holder") || (home && says(doc, "origin", "output"))))
		return wv__fail(ctx, -EBADMSG, "%s/%s is not amendment %" PRIu64 " of take-out %s", dir,
				name, n, t->id);
	r = wv__amendment_apply(ctx, doc, carry->decl);
	if (r < 0)
		return r;
	r = wv__amendment_body(ctx, doc, name, &body);
	return r < 0 ? r : wv__doc_append(ctx, carry->amended, body);
}

int wv__carry_amendments(struct wv__carry *carry, const char *dir, bool home, size_t *ret_count)
{
	struct wv_ctx *ctx = carry->t->st->ctx;

	for (uint64_t n = 1;; n++) {
		cleanup_free char *name = wv__printf(WV__AMENDMENT, n);
		cleanup_free char *path = name ? wv__path_join(dir, name) : NULL;
		int r;

		if (!path)
			return wv__fail_memory(ctx);
		if (access(path, F_OK) < 0) {
			*ret_count = n - 1;
			return 0;
		}
		r = n <= wv_doc_count(carry->amended) ? compare_known(carry, path, n) :
							take_new(carry, dir, name, n, home);
		if (r < 0)
			return r;
	}
}
