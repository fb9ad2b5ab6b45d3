/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certify.c - the certificate of a return: everything before it by digest
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "giving_up.h"
#include "homecoming.h"
#include "leftover.h"
#include "../../trust/namespaces.h"

/* The step that says on whose word the keys were destroyed. */
static enum wv__step approved_by(const struct wv__takeout *t)
{
	return wv__takeout_is_given_up(t) ? WV__STEP_UNRECOVERABLE : WV__STEP_RETURN_APPROVED;
}

static int documents(struct wv__takeout *t, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *amendments = NULL;
	char head[65];
	uint64_t seq;
	int r;

	r = wv__doc_array(ctx, &amendments);
	for (size_t i = 0; r == 0 && i < wv_doc_count(t->amended); i++)
		r = wv__doc_append_str(ctx, amendments,
				       wv_doc_str(wv_doc_at(t->amended, i), "amendment"));
	if (r < 0)
		return r;
	r = wv__ledger_head(ctx, t->st->ledger, &seq, head);
	if (r < 0)
		return r;
	return wv__doc_build(
		ctx, ret, M_STR("declaration", wv__takeout_str(t, WV__STEP_DECLARED, "declaration")),
		M_STR("request", wv__takeout_str(t, WV__STEP_DECLARED, "request")),
		M_STR("record", wv__takeout_str(t, WV__STEP_PREPARED, "record")),
		M_STR("handover", wv__takeout_str(t, WV__STEP_OUT, "handover")),
		M_DOC("amendments", amendments),
		M_STR("receipt", wv__takeout_str(t, WV__STEP_SYNCED, "receipt")),
		M_STR("renewed_receipt", wv__takeout_str(t, WV__STEP_RENEWED, "receipt")),
		M_STR("return_request", wv__takeout_str(t, approved_by(t), "request")),
		M_STR("ledger_head", head), M_U64("ledger_size", seq));
}

static int takeout_doc(struct wv__takeout *t, struct wv_doc **ret)
{
	struct wv_doc *declared = t->body[WV__STEP_DECLARED];
	cleanup_doc struct wv_doc *papers = NULL;
	int r;

	r = documents(t, &papers);
	if (r < 0)
		return r;
	return wv__doc_build(t->st->ctx, ret, M_STR("takeout", t->id),
			     M_STR("volume", wv__takeout_volume(t)),
			     M_DOC("holder", wv_doc_get(declared, "holder")),
			     M_STR("due", wv_doc_str(declared, "due")),
			     M_STR("approver", wv__takeout_str(t, WV__STEP_APPROVED, "approver")),
			     M_STR("return_approver",
				   wv__takeout_str(t, approved_by(t), "approver")),
			     M_DOC("documents", papers));
}

static int build(struct wv__homecoming *h, struct wv_doc **ret)
{
	struct wv__takeout *t = h->s.t;
	struct wv_doc *wiped = t->body[WV__STEP_WIPED];
	/* Of a return that came before the giving up nothing holds any more. */
	const bool returned = !wv__takeout_is_given_up(t);
	const bool saved = returned && wv__takeout_str(t, WV__STEP_SYNCED, "receipt");
	struct wv_doc *copies = returned ? wv_doc_get(t->body[WV__STEP_RETURN_REQUESTED], "copies") : NULL;
	struct wv_doc *host = returned ? wv_doc_get(t->body[WV__STEP_CHECKED], "host") : NULL;
	cleanup_doc struct wv_doc *takeout = NULL;
	cleanup_doc struct wv_doc *not_proven = NULL;
	cleanup_doc struct wv_doc *given_up = NULL;
	cleanup_doc struct wv_doc *checkpoint = NULL;
	char operator_name[64];
	int r;

	wv__operator(operator_name, sizeof(operator_name));
	r = takeout_doc(t, &takeout);
	if (r == 0)
		r = wv__leftover_not_proven(h->st->ctx, copies, &not_proven);
	if (r == 0)
		r = wv__given_up_doc(t, &given_up);
	if (r == 0)
		r = wv__given_up_not_proven(t, &not_proven);
	if (r == 0)
		r = wv__station_checkpoint(h->st, &checkpoint);
	if (r < 0)
		return r;
	return wv__certificate_build(
		h->st->ctx,
		&(struct wv__certificate_parts){
			.policy = h->st->policy,
			.operator_name = operator_name,
			.medium = wv_doc_get(h->record, "target"),
			.vendor = h->s.dev ? h->s.dev->vendor : NULL,
			.said = wv__return_said(h->opts),
			.backup = saved ? wv_doc_str(wv_doc_get(h->record, "server"), "address") : NULL,
			.validator = wv__takeout_str(t, approved_by(t), "approver"),
			.wipe = wv_doc_get(wiped, "wipe"),
			.pattern = wv_doc_get(wiped, "pattern"),
			.takeout = takeout,
			.keys = t->body[WV__STEP_KEYS_DESTROYED],
			.key_copies = wv_doc_get(h->record, "key_copies"),
			.copies = copies,
			.not_proven = not_proven,
			.unrecoverable = given_up,
			.checkpoint = checkpoint,
			.host = host,
			.previous_contents = wv_doc_str(h->record, "previous_contents"),
		},
		ret);
}

int wv__return_certify(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_free char *page = wv__paper_path(t, "certificate.txt");
	cleanup_doc struct wv_doc *certificate = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65], page_digest[65];
	int r;

	if (!page)
		return wv__fail_memory(ctx);
	r = build(h, &certificate);
	if (r < 0)
		return r;
	r = wv__paper_keep(t, "certificate.json", certificate, h->st->policy->station_key,
			   WV_NS_CERTIFICATE, digest);
	if (r < 0)
		return r;
	r = wv__certificate_page(ctx, certificate, page, page_digest);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("certificate", digest), M_STR("page", page_digest));
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_CERTIFIED, body);
}
