/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout_record.c - the take-out record, made and read
 */
#include <fcntl.h>
#include <string.h>

#include "request.h"
#include "../station/rules.h"
#include "takeout_record.h"
#include "../../base/clock.h"
#include "../../base/crypto.h"
#include "../../trust/keys.h"
#include "../../trust/namespaces.h"
#include "../../trust/sign.h"

static int optional_key(struct wv_ctx *ctx, const char *path, char **ret)
{
	return path && *path ? wv__key_public(ctx, path, ret) : 0;
}

static int server_doc(struct wv_station *st, struct wv_doc **ret)
{
	cleanup_free char *hostkey = NULL;
	cleanup_free char *receipt = NULL;
	int r;

	r = optional_key(st->ctx, st->policy->server_hostkey, &hostkey);
	if (r < 0)
		return r;
	r = optional_key(st->ctx, st->policy->server_key, &receipt);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret, M_STR("address", st->policy->server),
			     M_STR("hostkey", hostkey), M_STR("receipt_key", receipt));
}

static int station_doc(struct wv_station *st, struct wv_doc **ret)
{
	cleanup_free char *key = NULL;
	int r;

	r = wv__key_public(st->ctx, st->policy->station_key, &key);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret, M_STR("name", st->policy->station), M_STR("key", key));
}

static int key_copies(struct wv_ctx *ctx, const struct wv__provision *p, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *copies = NULL;
	cleanup_free char *text = NULL;
	int r;

	r = wv__doc_array(ctx, &copies);
	if (r < 0)
		return r;
	text = wv__printf("keyslot 0 in the header: opens with key file %s and the passphrase together",
			  p->key_id);
	if (!text)
		return wv__fail_memory(ctx);
	r = wv__doc_append_str(ctx, copies, text);
	if (r < 0)
		return r;
	*ret = take_ptr(copies);
	return 0;
}

static int build(struct wv__takeout *t, const struct wv__provision *p, struct wv_doc *host,
		 const char *roster, struct wv_doc **ret)
{
	struct wv_station *st = t->st;
	struct wv_ctx *ctx = st->ctx;
	struct wv_doc *declared = t->body[WV__STEP_DECLARED];
	cleanup_doc struct wv_doc *server = NULL;
	cleanup_doc struct wv_doc *station = NULL;
	cleanup_doc struct wv_doc *copies = NULL;
	cleanup_doc struct wv_doc *rules = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_free char *sig = wv__paper_path(t, WV__REQUEST ".sig");
	char sig_digest[65];
	int r;

	if (!sig)
		return wv__fail_memory(ctx);
	r = wv__paper_file_digest(ctx, sig, sig_digest);
	if (r < 0)
		return r;
	r = wv__rules(st, &rules);
	if (r < 0)
		return r;
	r = server_doc(st, &server);
	if (r < 0)
		return r;
	r = station_doc(st, &station);
	if (r < 0)
		return r;
	r = key_copies(ctx, p, &copies);
	if (r < 0)
		return r;
	r = wv__paper_new(t, "takeout-record", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(
		ctx, doc, M_STR("request", wv_doc_str(declared, "request")),
		M_STR("request_signature", sig_digest),
		M_STR("approver", wv__takeout_str(t, WV__STEP_APPROVED, "approver")),
		M_STR("volume", p->volume), M_STR("header", p->header),
		M_U64("data_offset", p->data_offset), M_DOC("server", server),
		M_STR("roster", roster), M_STR("method", st->policy->method),
		M_STR("verify", st->policy->verify), M_DOC("holder", wv_doc_get(declared, "holder")),
		M_STR("due", wv_doc_str(declared, "due")), M_DOC("target", p->target),
		M_DOC("extents", p->extents), M_STR("fs", *p->fs ? p->fs : NULL),
		M_STR("declaration", wv_doc_str(declared, "declaration")),
		M_DOC("key_copies", copies), M_DOC("station", station), M_DOC("rules", rules),
		M_OPT_STR("instruction", *st->instruction ? st->instruction : NULL),
		M_STR("previous_contents", p->erased ? "erased" : "not erased"),
		M_OPT_DOC("host", host));
	if (r < 0)
		return r;
	*ret = take_ptr(doc);
	return 0;
}

static int keep_roster(struct wv__takeout *t, struct wv__roster **ret)
{
	cleanup_free char *path = wv__paper_path(t, "roster");
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	if (!path)
		return wv__fail_memory(t->st->ctx);
	r = wv__station_roster(t->st, &roster);
	if (r < 0)
		return r;
	r = wv__write_file(t->st->ctx, AT_FDCWD, path, roster->text, roster->text_len, 0600);
	if (r < 0)
		return r;
	*ret = take_ptr(roster);
	return 0;
}

int wv__record_make(struct wv__takeout *t, const struct wv__provision *p, struct wv_doc *host)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];
	int r;

	r = keep_roster(t, &roster);
	if (r < 0)
		return r;
	r = build(t, p, host, roster->digest, &record);
	if (r < 0)
		return r;
	r = wv__paper_keep(t, WV__RECORD, record, t->st->policy->station_key,
			   WV_NS_TAKEOUT_RECORD, digest);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("record", digest), M_STR("volume", p->volume),
			  M_STR("header", p->header), M_DOC("target", p->target),
			  M_STR("roster", roster->digest),
			  M_STR("previous_contents", p->erased ? "erased" : "not erased"),
			  M_OPT_DOC("host", host));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_PREPARED, body);
}

int wv__record_roster(struct wv__takeout *t, struct wv_doc *record, struct wv__roster **ret)
{
	cleanup_free char *path = wv__paper_path(t, "roster");
	cleanup_roster struct wv__roster *roster = NULL;
	const char *digest = wv_doc_str(record, "roster");
	int r;

	if (!path)
		return wv__fail_memory(t->st->ctx);
	r = wv__roster_load(t->st->ctx, path, &roster);
	if (r < 0)
		return r;
	if (!digest || strcmp(digest, roster->digest) != 0)
		return wv__fail(t->st->ctx, -EBADMSG, "%s is not the roster that the take-out record binds",
				path);
	*ret = take_ptr(roster);
	return 0;
}

int wv__record_of(struct wv__takeout *t, struct wv_doc **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	const enum wv__step step = t->body[WV__STEP_PREPARED] ? WV__STEP_PREPARED : WV__STEP_CARRIED;
	cleanup_free char *path = wv__paper_path(t, WV__RECORD);
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_doc struct wv_doc *proven = NULL;
	cleanup_roster struct wv__roster *roster = NULL;
	uint64_t created = 0;
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__paper_load(t, WV__RECORD, wv__takeout_str(t, step, "record"), &record);
	if (r < 0)
		return r;
	r = wv__record_roster(t, record, &roster);
	if (r < 0)
		return r;
	if (!wv_doc_str(record, "created") ||
	    wv__time_parse(wv_doc_str(record, "created"), &created) < 0)
		return wv__fail(ctx, -EBADMSG, "%s has no time", path);
	r = wv__verify_file(ctx, roster, NULL, WV_NS_TAKEOUT_RECORD, path, created, &proven, NULL);
	if (r < 0)
		return r;
	*ret = take_ptr(record);
	return 0;
}

int wv__record_binds(struct wv__takeout *t, struct wv_doc *record)
{
	struct wv_station *st = t->st;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *today = NULL;
	struct wv_doc *server = wv_doc_get(record, "server");
	char a[65], b[65];
	int r;

	r = server_doc(st, &today);
	if (r < 0)
		return r;
	r = wv__doc_digest(st->ctx, today, a);
	if (r < 0)
		return r;
	r = wv__doc_digest(st->ctx, server, b);
	if (r < 0)
		return r;
	if (strcmp(a, b) != 0)
		return wv__fail(st->ctx, -EPERM, "the policy names another server or server key than the take-out record (%s)",
				wv_doc_str(server, "address"));
	r = wv__station_roster(st, &roster);
	if (r < 0)
		return r;
	if (strcmp(roster->digest, wv_doc_str(record, "roster")) != 0)
		return wv__fail(st->ctx, -EPERM, "%s is not the roster of the take-out record",
				st->policy->roster);
	return wv__rules_hold(st, record);
}
