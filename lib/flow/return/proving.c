/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proving.c - the steps of a return that harm nothing: check, sync, approval
 */
#include <string.h>

#include "../takeout/amendment.h"
#include "../takeout/consent.h"
#include "homecoming.h"
#include "../medium/laptop.h"
#include "leftover.h"
#include "../field/look.h"
#include "../field/sending.h"
#include "../takeout/takeout_record.h"
#include "../../base/clock.h"
#include "../../trust/namespaces.h"

/* Compare; files inside the approved globs are declared by the return itself. */
static int look(struct wv__homecoming *h, struct wv_doc **ret_found)
{
	cleanup_doc struct wv_doc *found = NULL;
	int r;

	r = wv__homecoming_open(h);
	if (r < 0)
		return r;
	r = wv__look_clean(&h->session, h->decl, 0, &found);
	if (r < 0)
		return r;
	r = wv__amend_outputs(h->s.t, wv_doc_get(found, "outputs"));
	if (r < 0)
		return r;
	if (r > 0) { /* there is a new effective declaration */
		wv__declaration_free(take_ptr(h->decl));
		r = wv__takeout_declaration(h->s.t, &h->decl);
		if (r < 0)
			return r;
	}
	*ret_found = take_ptr(found);
	return 0;
}

int wv__return_check(struct wv__homecoming *h)
{
	cleanup_doc struct wv_doc *found = NULL;
	cleanup_doc struct wv_doc *host = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];
	int r;

	r = look(h, &found);
	if (r < 0)
		return r;
	r = wv__laptop_look(h->st, wv__device_kind_name(h->s.dev), h->s.dev->real_path, &host);
	if (r < 0)
		return r;
	wv__laptop_warn(h->st->ctx, host);
	r = wv__declaration_digest(h->st->ctx, h->decl, digest);
	if (r < 0)
		return r;
	r = wv__doc_build(h->st->ctx, &body, M_STR("declaration", digest),
			  M_U64("declared", wv_doc_u64(found, "declared")),
			  M_DOC("findings", wv_doc_get(found, "findings")),
			  M_U64("outputs", wv_doc_count(wv_doc_get(found, "outputs"))),
			  M_OPT_DOC("host", host));
	if (r < 0)
		return r;
	return wv__takeout_step(h->s.t, WV__STEP_CHECKED, body);
}

int wv__return_sync(struct wv__homecoming *h)
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__homecoming_open(h);
	if (r < 0)
		return r;
	r = wv__send(&h->session, h->record, h->decl, &body);
	if (r < 0)
		return r;
	return wv__takeout_step(h->s.t, WV__STEP_SYNCED, body);
}

/* Amendments that nobody approved beforehand are put before the approver, whole. */
static int foreign_amendments(struct wv__takeout *t, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(t->st->ctx, &array);
	for (size_t i = 0; r == 0 && i < wv_doc_count(t->amended); i++) {
		struct wv_doc *body = wv_doc_at(t->amended, i);
		const char *origin = wv_doc_str(body, "origin");
		cleanup_doc struct wv_doc *amendment = NULL;

		if (origin && strcmp(origin, "output") == 0)
			continue;
		r = wv__paper_load(t, wv_doc_str(body, "paper"), wv_doc_str(body, "amendment"),
				   &amendment);
		if (r == 0)
			r = wv__doc_append(t->st->ctx, array, amendment);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(array);
	return 0;
}

static int write_request(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_doc struct wv_doc *amendments = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *name = NULL;
	const char *method, *verify;
	char digest[65];
	int r;

	r = wv__return_method(h, &method, &verify);
	if (r < 0)
		return r;
	r = foreign_amendments(t, &amendments);
	if (r < 0)
		return r;
	r = wv__paper_request(t, "return-request", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, doc, M_STR("volume", wv__takeout_volume(t)),
			M_STR("record", wv__takeout_str(t, WV__STEP_PREPARED, "record")),
			M_STR("receipt", wv__takeout_str(t, WV__STEP_SYNCED, "receipt")),
			M_DOC("findings", wv_doc_get(t->body[WV__STEP_CHECKED], "findings")),
			M_DOC("amendments", amendments), M_STR("method", method),
			M_STR("verify", verify), M_OPT_DOC("copies", h->copies));
	if (r < 0)
		return r;
	name = wv__printf("return-request-%s.json", wv_doc_str(doc, "nonce"));
	if (!name)
		return wv__fail_memory(ctx);
	r = wv__paper_keep(t, name, doc, NULL, NULL, digest);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("request", digest), M_STR("paper", name),
			  M_STR("expiry", wv_doc_str(doc, "expiry")), M_STR("method", method), M_STR("verify", verify), M_OPT_DOC("copies", h->copies));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_RETURN_REQUESTED, body);
}

/* One that has expired, or asks for less than is wanted now, is written anew. */
static bool request_stands(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	const char *expiry = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "expiry");
	const char *asked = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "method");
	const char *asked_verify = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "verify");
	const char *method, *verify;
	uint64_t when;

	return expiry && wv__time_parse(expiry, &when) == 0 && when > wv__now() && asked &&
	       asked_verify && wv__return_method(h, &method, &verify) == 0 &&
	       (!h->opts->method || strcmp(asked, method) == 0) &&
	       (!h->opts->verify || strcmp(asked_verify, verify) == 0);
}

static int fail_requested(struct wv__takeout *t)
{
	cleanup_free char *path = wv__paper_path(t, wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "paper"));

	if (!path)
		return wv__fail_memory(t->st->ctx);
	return wv__fail(t->st->ctx, -EAGAIN, "the return is requested: workvol approve %s, then workvol return", path);
}

int wv__return_approve(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *approver = NULL;
	const char *digest;
	int r;

	if (!request_stands(h)) {
		r = wv__leftover(h);
		if (r == 0)
			r = write_request(h);
		if (r < 0)
			return r;
	}
	if (wv__return_wants(h, WV_RETURN_REQUEST_ONLY))
		return fail_requested(t);
	r = wv__record_roster(t, h->record, &roster);
	if (r < 0)
		return r;
	digest = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "request");
	r = wv__approval_state(t, wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "paper"),
			       WV_NS_RETURN, digest, roster, h->opts->approve_with, &approver);
	if (r < 0)
		return r;
	r = wv__doc_build(h->st->ctx, &body, M_STR("request", digest), M_STR("approver", approver));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_RETURN_APPROVED, body);
}
