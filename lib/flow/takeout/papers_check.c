/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * papers_check.c - the papers of a take-out are those that were signed: what
 * was altered since must not be what a certificate stands on
 */
#include <string.h>

#include "consent.h"
#include "holder.h"
#include "papers_check.h"
#include "request.h"
#include "../station/rules.h"
#include "../../base/clock.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

static bool says(struct wv_doc *doc, const char *key, const char *text)
{
	const char *found = wv_doc_str(doc, key);

	return found && text && strcmp(found, text) == 0;
}

/* One that the holder signed, or the station in the holder's name. */
static int load_holders(struct wv__takeout *t, struct wv_doc *record, const char *name,
			bool station_too, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *path = wv__paper_path(t, name);
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__holder_roster(ctx, record, station_too, &roster);
	if (r < 0)
		return r;
	r = wv__verify_file(ctx, roster, NULL, WV_NS_HOLDER, path, wv__now(), ret, NULL);
	return r == -ENOENT ? wv__fail(ctx, -EBADMSG, "%s or its signature is gone", path) : r;
}

int wv__handover_check(struct wv__takeout *t, struct wv_doc *record)
{
	struct wv_ctx *ctx = t->st->ctx;
	const char *known = wv__takeout_str(t, WV__STEP_OUT, "handover");
	cleanup_doc struct wv_doc *handover = NULL;
	char of[65], digest[65];
	int r;

	r = load_holders(t, record, WV__HANDOVER, !wv__rules_holder_signs(record), &handover);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, record, of);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, handover, digest);
	if (r < 0)
		return r;
	if (!says(handover, "type", "handover") || !says(handover, "takeout", t->id) ||
	    !says(handover, "record", of) || (known && strcmp(known, digest) != 0))
		return wv__fail(ctx, -EBADMSG, "%s is not the hand-over of take-out %s",
				WV__HANDOVER, t->id);
	return 0;
}

/* The record binds the very bytes of the approval. */
static int check_request(struct wv__takeout *t, struct wv_doc *record)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *sig = wv__paper_path(t, WV__REQUEST ".sig");
	cleanup_doc struct wv_doc *request = NULL;
	char digest[65];
	int r;

	if (!sig)
		return wv__fail_memory(ctx);
	r = wv__paper_load(t, WV__REQUEST, wv_doc_str(record, "request"), &request);
	if (r < 0)
		return r;
	r = wv__paper_file_digest(ctx, sig, digest);
	if (r == -ENOENT)
		return wv__fail(ctx, -EBADMSG, "%s is gone", sig);
	if (r < 0)
		return r;
	if (!says(record, "request_signature", digest))
		return wv__fail(ctx, -EBADMSG, "%s is not the approval that the take-out record binds", sig);
	return 0;
}

/* The return itself, thus the station, signs for the approved outputs. */
static int check_amendments(struct wv__takeout *t, struct wv_doc *record)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(t->amended); i++) {
		struct wv_doc *body = wv_doc_at(t->amended, i);
		const bool station_too = says(body, "origin", "output") ||
					 !wv__rules_holder_signs(record);
		const char *name = wv_doc_str(body, "paper");
		cleanup_doc struct wv_doc *known = NULL;
		cleanup_doc struct wv_doc *signed_one = NULL;

		r = wv__paper_load(t, name, wv_doc_str(body, "amendment"), &known);
		if (r == 0)
			r = load_holders(t, record, name, station_too, &signed_one);
	}
	return r;
}

/* The one on which the keys go: of a return, or of the giving up. */
static int check_approval(struct wv__takeout *t, struct wv_doc *record)
{
	const bool lost = t->state == WV__LOST;
	const enum wv__step approved = lost ? WV__STEP_UNRECOVERABLE : WV__STEP_RETURN_APPROVED;
	const enum wv__step requested = lost ? WV__STEP_UNRECOVERABLE_REQUESTED : WV__STEP_RETURN_REQUESTED;
	const char *digest = wv__takeout_str(t, approved, "request");
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	if (!digest)
		return 0;
	r = wv__record_roster(t, record, &roster);
	if (r < 0)
		return r;
	return wv__approval_again(t, wv__takeout_str(t, requested, "paper"), WV_NS_RETURN, digest, roster);
}

int wv__papers_check(struct wv__takeout *t, struct wv_doc *record)
{
	const bool handed_over = t->body[WV__STEP_OUT] || t->body[WV__STEP_CARRIED];
	int r;

	r = check_request(t, record);
	if (r < 0)
		return r;
	if (handed_over || t->state != WV__LOST) /* it may be lost before */
		r = wv__handover_check(t, record);
	if (r < 0)
		return r;
	r = check_amendments(t, record);
	return r < 0 ? r : check_approval(t, record);
}
