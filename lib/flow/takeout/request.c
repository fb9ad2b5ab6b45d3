/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.c - the take-out request, made once for one plan
 */
#include <fcntl.h>
#include <string.h>

#include "../register/registers.h"
#include "request.h"
#include "../../base/clock.h"
#include "../../trust/keys.h"

void wv__plan_clear(struct wv__plan *plan)
{
	wv_doc_free(plan->identity);
	wv_doc_free(plan->holder);
	wv_doc_free(plan->client_approval);
	wv_doc_free(plan->host);
	wv__declaration_free(plan->decl);
}

/* NAME or NAME=FILE.pub */
static int read_holder(struct wv_station *st, const char *spec, struct wv_doc **ret)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_free char *name = NULL;
	cleanup_free char *key = NULL;
	cleanup_free char *fingerprint = NULL;
	const char *file;
	int r;

	if (!spec || !*spec || *spec == '=')
		return wv__fail(ctx, -EINVAL, "give the holder: --holder NAME[=FILE.pub]");
	file = strchr(spec, '=');
	name = file ? strndup(spec, file - spec) : strdup(spec);
	if (!name)
		return wv__fail_memory(ctx);
	if (!wv__is_utf8(name, strlen(name)))
		return wv__fail(ctx, -EINVAL, "the holder's name is not UTF-8");
	if (!file && st->policy->holder_signature == WV__HOLDER_REQUIRED)
		return wv__fail(ctx, -EINVAL, "the holder %s needs a key here: --holder NAME=FILE.pub (policy holder-signature)",
				name);
	if (file) {
		r = wv__key_public(ctx, file + 1, &key);
		if (r < 0)
			return r;
		r = wv__key_fingerprint(ctx, key, &fingerprint);
		if (r < 0)
			return r;
	}
	return wv__doc_build(ctx, ret, M_STR("name", name), M_STR("key", key),
			     M_STR("fingerprint", fingerprint));
}

int wv__client_approval(struct wv_ctx *ctx, const char *spec, struct wv_doc **ret)
{
	cleanup_free char *copy = strdup(spec);
	char *rest = copy;
	const char *number, *scope, *expiry;
	char text[WV_TIME_TEXT];
	uint64_t when;

	if (!copy)
		return wv__fail_memory(ctx);
	number = strsep(&rest, ",");
	scope = strsep(&rest, ",");
	expiry = strsep(&rest, ",");
	if (!*number || rest)
		return wv__fail(ctx, -EINVAL, "client approval %s is not NUMBER[,SCOPE[,EXPIRY]]", spec);
	if (expiry && *expiry) {
		if (wv__date_parse(expiry, &when) < 0)
			return wv__fail(ctx, -EINVAL, "client approval %s: %s is not a date", spec, expiry);
		if (when < wv__now())
			return wv__fail(ctx, -EPERM, "client approval %s expired on %s", number, expiry);
		wv__time_format(when, text);
		expiry = text;
	}
	return wv__doc_build(ctx, ret, M_STR("number", number),
			     M_STR("scope", scope && *scope ? scope : NULL),
			     M_STR("expiry", expiry && *expiry ? expiry : NULL));
}

int wv__plan_read(struct wv_station *st, const struct wv_prepare_opts *opts, struct wv__plan *ret)
{
	struct wv_ctx *ctx = st->ctx;
	uint64_t due;
	int r;

	*ret = (struct wv__plan){ .opts = opts };
	if (!opts->declaration || !opts->source || !opts->key_file || !opts->passphrase)
		return wv__fail(ctx, -EINVAL, "prepare needs a declaration, a source, a key file and a passphrase");
	if (!opts->due || wv__date_parse(opts->due, &due) < 0)
		return wv__fail(ctx, -EINVAL, "the due date %s is not YYYY-MM-DD",
				opts->due ? opts->due : "(none)");
	if (due <= wv__now())
		return wv__fail(ctx, -EINVAL, "the due date %s has passed", opts->due);
	if (!opts->client_approval || !*opts->client_approval)
		return wv__fail(ctx, -EINVAL, "give the client's approval: --client-approval NUMBER[,SCOPE[,EXPIRY]]");
	wv__time_format(due, ret->due);
	r = wv__client_approval(ctx, opts->client_approval, &ret->client_approval);
	if (r < 0)
		return r;
	r = read_holder(st, opts->holder, &ret->holder);
	if (r < 0)
		return r;
	r = wv__registers_need(st, wv_doc_str(ret->holder, "name"), st->policy->server);
	if (r == 0)
		r = wv__declaration_load(ctx, opts->declaration, &ret->decl);
	if (r < 0)
		return r;
	return wv__declaration_digest(ctx, ret->decl, ret->declaration);
}

static int write_request(struct wv__takeout *t, const struct wv__plan *plan, char ret_digest[65])
{
	struct wv_station *st = t->st;
	cleanup_doc struct wv_doc *server = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = wv__doc_build(st->ctx, &server, M_STR("address", st->policy->server));
	if (r < 0)
		return r;
	r = wv__paper_request(t, "takeout-request", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(st->ctx, doc, M_DOC("holder", plan->holder), M_STR("due", plan->due),
			M_DOC("client_approval", plan->client_approval),
			M_DOC("target", plan->identity), M_STR("declaration", plan->declaration),
			M_STR("purpose", plan->decl->purpose), M_STR("policy", st->policy_digest),
			M_OPT_STR("instruction", *st->instruction ? st->instruction : NULL),
			M_DOC("server", server),
			/* a path target signs its own receipts: the approver consents to it here */
			M_BOOL("self_verified", st->policy->server[0] == '/'),
			M_OPT_DOC("host_warnings", wv_doc_get(plan->host, "warnings")));
	if (r < 0)
		return r;
	return wv__paper_keep(t, WV__REQUEST, doc, NULL, NULL, ret_digest);
}

/* The declaration travels with the take-out: its file may change afterwards. */
static int keep_declaration(struct wv__takeout *t, const struct wv__plan *plan)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	cleanup_free char *path = wv__paper_path(t, "declaration");
	int r;

	if (!path)
		return wv__fail_memory(t->st->ctx);
	r = wv__declaration_print(t->st->ctx, plan->decl, &text);
	if (r < 0)
		return r;
	return wv__write_file(t->st->ctx, AT_FDCWD, path, text.data, text.len, 0600);
}

static int new_takeout(struct wv_station *st, const struct wv__plan *plan, struct wv__takeout **ret)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];
	int r;

	r = wv__takeout_new(st, &t);
	if (r < 0)
		return r;
	r = write_request(t, plan, digest);
	if (r < 0)
		return r;
	r = keep_declaration(t, plan);
	if (r < 0)
		return r;
	r = wv__doc_build(st->ctx, &body, M_STR("request", digest), M_DOC("holder", plan->holder),
			  M_DOC("client_approval", plan->client_approval),
			  M_STR("due", plan->due), M_DOC("target", plan->identity),
			  M_STR("declaration", plan->declaration),
			  M_STR("policy", st->policy_digest));
	if (r < 0)
		return r;
	r = wv__takeout_step(t, WV__STEP_DECLARED, body);
	if (r < 0)
		return r;
	*ret = take_ptr(t);
	return 0;
}

struct search {
	const struct wv__plan *plan;
	const struct wv_station *st;
	char id[37];
};

static bool same(struct wv_doc *body, const char *key, const char *value)
{
	const char *found = wv_doc_str(body, key);

	return found && strcmp(found, value) == 0;
}

static bool same_doc(struct wv_ctx *ctx, struct wv_doc *body, const char *key, struct wv_doc *doc)
{
	return wv__doc_same(ctx, wv_doc_get(body, key), doc) > 0;
}

bool wv__request_expired(const struct wv__takeout *t)
{
	cleanup_doc struct wv_doc *request = NULL;
	const char *text;
	uint64_t when;

	if (wv__paper_load(t, WV__REQUEST, wv__takeout_str(t, WV__STEP_DECLARED, "request"),
			   &request) < 0)
		return true;
	text = wv_doc_str(request, "expiry");
	return !text || wv__time_parse(text, &when) < 0 || when < wv__now();
}

static int match(void *data, struct wv__takeout *t)
{
	struct search *s = data;
	struct wv_doc *body = t->body[WV__STEP_DECLARED];

	if ((t->state == WV__DECLARED || t->state == WV__APPROVED) && body &&
	    same(body, "declaration", s->plan->declaration) && same(body, "due", s->plan->due) &&
	    same(body, "policy", s->st->policy_digest) &&
	    same_doc(t->st->ctx, body, "holder", s->plan->holder) &&
	    same_doc(t->st->ctx, body, "client_approval", s->plan->client_approval) &&
	    same_doc(t->st->ctx, body, "target", s->plan->identity) && !wv__request_expired(t))
		memcpy(s->id, t->id, sizeof(s->id));
	return 0;
}

int wv__request_find(struct wv_station *st, const struct wv__plan *plan, struct wv__takeout **ret)
{
	struct search s = { .plan = plan, .st = st };
	cleanup_takeout struct wv__takeout *t = NULL;
	int r;

	r = wv__takeout_each_unfinished(st, match, &s);
	if (r < 0)
		return r;
	r = *s.id ? wv__takeout_load(st, s.id, &t) : new_takeout(st, plan, &t);
	if (r < 0)
		return r;
	r = wv__takeout_claim(&t);
	if (r < 0)
		return r;
	*ret = take_ptr(t);
	return 0;
}
