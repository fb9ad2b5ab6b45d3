/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sending.c - workvol sync, and the same within a return
 */
#include <fcntl.h>
#include <string.h>

#include "../medium/apart.h"
#include "field.h"
#include "look.h"
#include "../takeout/takeout_record.h"
#include "../takeout/request.h"
#include "../register/registers.h"
#include "sending.h"
#include "../../base/clock.h"
#include "../../sync/place.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

struct server {
	struct wv__target *target;
	struct wv__server at;
	const char *receipt_key;
};

static void server_clear(struct server *server)
{
	wv__target_free(server->target);
}

/* The server of the record, never of today's policy (protocol, rule 2). */
static int server_of(struct wv__takeout *t, struct wv_doc *record, struct server *ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	struct wv_doc *server = wv_doc_get(record, "server");
	const char *address;
	int r;

	r = wv__doc_need_str(ctx, server, "the take-out record", "address", &address);
	if (r < 0)
		return r;
	r = wv__doc_need_str(ctx, server, "the take-out record", "receipt_key", &ret->receipt_key);
	if (r < 0)
		return r;
	r = wv__takeout_is_guest(t) ? 0 : wv__registers_need(t->st, NULL, address);
	if (r < 0)
		return r;
	r = wv__target_parse(ctx, address, &ret->target);
	if (r < 0)
		return r;
	ret->at = (struct wv__server){
		.target = ret->target,
		.host_key = wv_doc_str(server, "hostkey"),
		.identity = t->st->policy->server_identity,
		.key = t->st->policy->receipt_key,
	};
	return 0;
}

/* A path target signs for itself: only with the approver's consent, and never on the volume's own disk. */
static int check_path_target(struct wv__takeout *t, struct wv_doc *record,
			     const struct server *server, const struct wv_device *dev)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *request = NULL;
	int r;

	if (server->target->host)
		return 0;
	r = wv__paper_load(t, WV__REQUEST, wv_doc_str(record, "request"), &request);
	if (r < 0)
		return r;
	if (!wv_doc_bool(request, "self_verified"))
		return wv__fail(ctx, -EPERM, "nobody consented to a server that signs for itself (%s)",
				server->target->dir);
	r = wv__sync_path_allowed(ctx, server->target->dir, t->st->policy->lab);
	if (r < 0)
		return r;
	return wv__keep_apart(t->st, "the server", server->target->dir, dev, NULL);
}

/* Where the ledger stands, signed: the server keeps it, so that a cut tail is noticed. */
static int signed_checkpoint(struct wv_station *st, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *checkpoint = NULL;
	int r;

	r = wv__ledger_checkpoint(st->ctx, st->ledger, st->policy->station, &checkpoint);
	return r < 0 ? r : wv__station_sign_checkpoint(st, checkpoint, ret);
}

static int new_nonce(struct wv__takeout *t, char nonce[WV_RECEIPT_NONCE])
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__receipt_nonce(nonce);
	if (r < 0)
		return wv__fail_sys(t->st->ctx, r, "cannot draw a nonce");
	r = wv__doc_build(t->st->ctx, &body, M_STR("nonce", nonce));
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_NONCE, body);
}

static struct wv__receipt_terms terms_of(const struct wv__takeout *t, const struct server *server,
					 const struct wv__declaration *decl, const char *nonce,
					 uint64_t max_age)
{
	return (struct wv__receipt_terms){
		.takeout = t->id,
		.volume = wv__takeout_volume(t),
		.nonce = nonce,
		.decl = decl,
		.root = server->target->dir,
		.key = server->receipt_key,
		.now = wv__now(),
		.max_age = max_age,
		.self_verified = !server->target->host,
		.lab = t->st->policy->lab,
	};
}

/* The signature first: a receipt that is there has always its own beside it. */
static int keep_receipt(struct wv__takeout *t, struct wv_doc *receipt, const struct wv_buf *sig,
			const char *nonce, struct wv_doc **ret_body)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *name = wv__printf("receipt-%.12s.json", nonce);
	cleanup_free char *sig_path = NULL;
	cleanup_free char *sig_name = name ? wv__printf("%s.sig", name) : NULL;
	char digest[65];
	int r;

	sig_path = sig_name ? wv__paper_path(t, sig_name) : NULL;
	if (!sig_path)
		return wv__fail_memory(ctx);
	r = wv__write_file(ctx, AT_FDCWD, sig_path, sig->data, sig->len, 0600);
	if (r < 0)
		return r;
	r = wv__paper_keep(t, name, receipt, NULL, NULL, digest);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_body, M_STR("receipt", digest), M_STR("paper", name),
			     M_STR("nonce", nonce), M_STR("time", wv_doc_str(receipt, "time")),
			     M_BOOL("self_verified", wv_doc_bool(receipt, "self_verified")));
}

int wv__send(struct wv__session *session, struct wv_doc *record,
	     const struct wv__declaration *decl, struct wv_doc **ret_body)
{
	struct wv__takeout *t = session->t;
	struct wv_ctx *ctx = t->st->ctx;
	cleanup(server_clear) struct server server = { 0 };
	cleanup_doc struct wv_doc *checkpoint = NULL;
	cleanup_doc struct wv_doc *receipt = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	struct wv__receipt_terms terms;
	char nonce[WV_RECEIPT_NONCE];
	int r;

	r = server_of(t, record, &server);
	if (r < 0)
		return r;
	r = check_path_target(t, record, &server, session->dev);
	if (r < 0)
		return r;
	r = wv__sync_send(ctx, &server.at, t->id, session->root, decl);
	if (r < 0)
		return r;
	r = new_nonce(t, nonce);
	if (r < 0)
		return r;
	r = signed_checkpoint(t->st, &checkpoint);
	if (r < 0)
		return r;
	terms = terms_of(t, &server, decl, nonce, t->st->policy->receipt_minutes * 60);
	r = wv__receipt_fetch(ctx, &server.at, &terms, checkpoint, &receipt, &sig);
	if (r < 0)
		return r;
	return keep_receipt(t, receipt, &sig, nonce, ret_body);
}

int wv__receipt_proven(struct wv__takeout *t, struct wv_doc *body, struct wv_doc *record,
		       const struct wv__declaration *decl, uint64_t max_age, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	const char *name = wv_doc_str(body, "paper");
	cleanup(server_clear) struct server server = { 0 };
	cleanup_doc struct wv_doc *receipt = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	cleanup_free char *path = name ? wv__paper_path(t, name) : NULL;
	cleanup_free char *sig_path = path ? wv__printf("%s.sig", path) : NULL;
	struct wv__receipt_terms terms;
	int r;

	if (!sig_path)
		return wv__fail(ctx, -EBADMSG, "take-out %s has no receipt", t->id);
	r = server_of(t, record, &server);
	if (r < 0)
		return r;
	r = wv__paper_load(t, name, wv_doc_str(body, "receipt"), &receipt);
	if (r < 0)
		return r;
	r = wv__read_file(ctx, AT_FDCWD, sig_path, 64 * KiB, &sig);
	if (r < 0)
		return r;
	terms = terms_of(t, &server, decl, wv_doc_str(body, "nonce"), max_age);
	r = wv__receipt_check(ctx, &terms, receipt, sig.data, sig.len);
	if (r == 0)
		*ret = take_ptr(receipt);
	return r;
}

int wv__receipt_again(struct wv__takeout *t, struct wv_doc *record,
		      const struct wv__declaration *decl, uint64_t max_age)
{
	cleanup_doc struct wv_doc *receipt = NULL;
	struct wv_doc *renewed = t->body[WV__STEP_RENEWED];

	return wv__receipt_proven(t, renewed ? renewed : t->body[WV__STEP_SYNCED], record, decl, max_age, &receipt);
}

static int go(struct wv__subject *s, const struct wv_open_opts *opts, struct wv_doc **ret_body)
{
	cleanup_session struct wv__session session = WV_SESSION_INIT;
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_doc struct wv_doc *found = NULL;
	int r;

	if (!wv__takeout_may(s->t, WV__STEP_NONCE))
		return wv__fail(s->t->st->ctx, -EPERM, "take-out %s is %s: there is nothing to send", s->t->id,
				wv__state_name(s->t->state));
	r = wv__record_of(s->t, &record);
	if (r < 0)
		return r;
	r = wv__look_begin(s, opts, &decl, &session);
	if (r < 0)
		return r;
	r = wv__look_clean(&session, decl, 0, &found);
	if (r < 0)
		return r;
	r = wv__send(&session, record, decl, ret_body);
	return r < 0 ? r : wv__session_end(&session);
}

WV_API int wv_flow_sync(struct wv_station *st, const char *target,
			const struct wv_open_opts *opts, struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *path = NULL;
	struct wv__door door;
	int r;

	r = wv__field_enter(st, "sync", target, opts ? opts->takeout : NULL, &s, &door);
	if (r < 0)
		return r;
	r = go(&s, opts, &body); /* first: what it was is in the record of its end */
	r = wv__door_leave(&door, r, body);
	if (r < 0)
		return r;
	path = wv__paper_path(s.t, wv_doc_str(body, "paper"));
	if (!path)
		return wv__fail_memory(st->ctx);
	return wv__doc_build(st->ctx, ret_result, M_STR("volume", wv__takeout_volume(s.t)),
			     M_PATH("receipt", path), M_STR("time", wv_doc_str(body, "time")),
			     M_STR("state", wv__state_name(s.t->state)));
}
