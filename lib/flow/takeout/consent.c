/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consent.c - asking for, giving and checking the responsible person's yes
 */
#include <fcntl.h>
#include <string.h>

#include "consent.h"
#include "../../base/clock.h"
#include "../../trust/approval.h"
#include "../../trust/keys.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

static const struct {
	const char *type;
	const char *namespace;
} requests[] = {
	{ "takeout-request", WV_NS_TAKEOUT },
	{ "return-request", WV_NS_RETURN },
	{ "unrecoverable-request", WV_NS_RETURN },
};

static const char *namespace_of(struct wv_doc *request)
{
	const char *type = wv_doc_str(request, "type");

	for (size_t i = 0; type && i < ARRAY_SIZE(requests); i++)
		if (strcmp(type, requests[i].type) == 0)
			return requests[i].namespace;
	return NULL;
}

static int check_expiry(struct wv_ctx *ctx, struct wv_doc *request, const char *path)
{
	const char *text = wv_doc_str(request, "expiry");
	uint64_t expiry;

	if (!text || wv__time_parse(text, &expiry) < 0)
		return wv__fail(ctx, -EBADMSG, "%s has no expiry", path);
	if (expiry < wv__now())
		return wv__fail(ctx, -EKEYEXPIRED, "%s expired at %s", path, text);
	return 0;
}

/* Sign only what this key may say yes to: a signature that nobody accepts helps nobody. */
static int sign_request(struct wv_ctx *ctx, const struct wv__approval *terms, struct wv_doc *request,
			const char *path, const char *key)
{
	const char *namespace = namespace_of(request);
	cleanup_free char *public = NULL;
	cleanup_free char *fingerprint = NULL;
	const struct wv__signer *signer;
	struct wv__signed_by by;
	int r;

	if (!namespace)
		return wv__fail(ctx, -EBADMSG, "%s is no request for an approval", path);
	r = check_expiry(ctx, request, path);
	if (r < 0)
		return r;
	r = wv__key_public(ctx, key, &public);
	if (r < 0)
		return r;
	r = wv__key_fingerprint(ctx, public, &fingerprint);
	if (r < 0)
		return r;
	signer = wv__roster_has_key(terms->roster, fingerprint);
	if (!signer || !wv__signer_may(signer, namespace))
		return wv__fail(ctx, -EPERM, "the key %s is no approver's: the roster does not let it sign %s",
				key, namespace);
	by = (struct wv__signed_by){ signer->principal, fingerprint };
	if (!terms->self_approval && wv__approval_is_holders(terms, &by))
		return wv__fail(ctx, -EPERM, "%s is not signed by %s, who is its holder: another approver has to",
				path, by.principal);
	return wv__sign_file(ctx, key, namespace, path, request);
}

static struct wv__approval terms_of(const struct wv_station *st, struct wv_doc *holder,
				    const struct wv__roster *roster)
{
	return (struct wv__approval){
		.roster = roster,
		.time = wv__now(),
		.holder = holder ? wv_doc_str(holder, "name") : NULL,
		.holder_fingerprint = holder ? wv_doc_str(holder, "fingerprint") : NULL,
		.self_approval = st->policy->self_approval,
	};
}

static struct wv_doc *holder_of(const struct wv__takeout *t)
{
	struct wv_doc *declared = t->body[WV__STEP_DECLARED];

	return declared ? wv_doc_get(declared, "holder") : NULL;
}

int wv__approval_state(struct wv__takeout *t, const char *paper, const char *namespace,
		       const char *digest, const struct wv__roster *roster,
		       const char *approve_with, char **ret_approver)
{
	struct wv_ctx *ctx = t->st->ctx;
	struct wv__approval terms = terms_of(t->st, holder_of(t), roster);
	cleanup_free char *path = wv__paper_path(t, paper);
	cleanup_doc struct wv_doc *request = NULL;
	cleanup_signed_by struct wv__signed_by by = { 0 };
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	terms.namespace = namespace;
	terms.request_digest = digest;
	r = wv__approval_check(ctx, &terms, path, &request, &by);
	if (r == -EAGAIN && approve_with) {
		cleanup_doc struct wv_doc *unsigned_request = NULL;

		r = wv__paper_load(t, paper, digest, &unsigned_request);
		if (r < 0)
			return r;
		r = sign_request(ctx, &terms, unsigned_request, path, approve_with);
		if (r < 0)
			return r;
		r = wv__approval_check(ctx, &terms, path, &request, &by);
	}
	if (r == -EAGAIN)
		return wv__fail(ctx, -EAGAIN, "waiting for approval: workvol approve %s", path);
	if (r < 0)
		return r;
	r = check_expiry(ctx, request, path);
	if (r < 0)
		return r;
	*ret_approver = take_ptr(by.principal);
	return 0;
}

int wv__approval_again(struct wv__takeout *t, const char *paper, const char *namespace,
		       const char *digest, const struct wv__roster *roster)
{
	struct wv_ctx *ctx = t->st->ctx;
	struct wv__approval terms = terms_of(t->st, holder_of(t), roster);
	cleanup_free char *path = NULL;
	int r;

	if (!paper)
		return wv__fail(ctx, -EBADMSG, "the ledger has no request of take-out %s", t->id);
	path = wv__paper_path(t, paper);
	if (!path)
		return wv__fail_memory(ctx);
	terms.namespace = namespace;
	terms.request_digest = digest;
	r = wv__approval_check(ctx, &terms, path, NULL, NULL);
	return r == -EAGAIN || r == -ENOENT ?
		       wv__fail(ctx, -EBADMSG, "%s or its signature is gone", path) : r;
}

/* A return's request does not name the holder: the ledger does, where it is this station's. */
static int holder_of_request(struct wv_station *st, struct wv_doc *request, struct wv_doc **ret)
{
	const char *id = wv_doc_str(request, "takeout");
	cleanup_takeout struct wv__takeout *t = NULL;
	struct wv_doc *holder = wv_doc_get(request, "holder");
	int r = 0;

	if (!holder && id)
		r = wv__takeout_load(st, id, &t);
	if (r < 0 && r != -ENOENT)
		return r;
	if (t)
		holder = holder_of(t);
	*ret = holder ? wv__doc_ref(holder) : NULL;
	return 0;
}

WV_API int wv_flow_approve(struct wv_station *st, const char *request, const char *key,
			   struct wv_doc **ret_result)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_doc struct wv_doc *holder = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__approval terms;
	struct wv__door door;
	int r;

	if (!key)
		return wv__fail(ctx, -EINVAL, "give the approver's key with --key");
	r = wv__doc_load(ctx, request, &doc);
	if (r < 0)
		return r;
	r = wv__station_roster(st, &roster);
	if (r < 0)
		return r;
	r = holder_of_request(st, doc, &holder);
	if (r < 0)
		return r;
	terms = terms_of(st, holder, roster);
	r = wv__doc_build(ctx, &result, M_PATH("request", request),
			  M_STR("type", wv_doc_str(doc, "type")),
			  M_STR("takeout", wv_doc_str(doc, "takeout")));
	if (r < 0)
		return r;
	r = wv__door_enter(&door, st, "approve", wv_doc_str(doc, "takeout"), result);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, sign_request(ctx, &terms, doc, request, key), NULL);
	if (r < 0)
		return r;
	*ret_result = take_ptr(result);
	return 0;
}
