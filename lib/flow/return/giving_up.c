/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * giving_up.c - a volume whose contents nobody can read any more: asked for,
 * consented to, and its medium proven without its factors
 */
#include <string.h>

#include "giving_up.h"
#include "../field/field.h"
#include "../incident/incidents.h"
#include "../medium/guarding.h"
#include "../takeout/consent.h"
#include "../takeout/papers_check.h"
#include "../takeout/request.h"
#include "../../base/clock.h"
#include "../../media/guard.h"
#include "../../media/probe.h"
#include "../../trust/namespaces.h"
#include "../../volume/mapper.h"

/* ---- which one it is -------------------------------------------------------------------------- */

struct lost {
	const struct wv_device *dev;
	const char *target; /* its path, or the volume's UUID */
	char id[37];
	bool named; /* by UUID or recorded path */
	unsigned int others;
};

/* By name, or by an identity that only one of them has. */
static int match_lost(void *data, struct wv__takeout *t)
{
	struct lost *lost = data;
	struct wv_doc *identity = wv_doc_get(t->body[WV__STEP_PREPARED], "target");
	const char *path = wv_doc_str(identity, "path"), *volume = wv__takeout_volume(t);
	bool exact, named;

	if (t->state != WV__LOST || !identity || wv__identity_same(NULL, identity, lost->dev) < 0)
		return 0;
	exact = strcmp(volume, lost->target) == 0; /* there is no better name */
	named = exact || (path && strcmp(path, lost->dev->real_path) == 0);
	if (lost->named && !named)
		return 0;
	lost->others = !exact && lost->named == named && *lost->id ? lost->others + 1 : 0;
	lost->named = named;
	memcpy(lost->id, t->id, sizeof(lost->id));
	return exact;
}

/* No header tells it any more. @r: what was said of the target without that. */
static int find_lost(struct wv__homecoming *h, const char *target, int r)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_subject struct wv__subject s = { 0 };
	struct lost lost = { .target = target };
	int found;

	found = wv__subject_find(h->st, target, &s);
	if (found < 0 || s.t || *s.volume)
		return found < 0 ? found : r;
	lost.dev = s.dev;
	found = wv__takeout_each_unfinished(h->st, match_lost, &lost);
	if (found < 0 || !*lost.id)
		return found < 0 ? found : r;
	if (lost.others)
		return wv__fail(ctx, -EPERM, "%s carries no header, and may be the medium of several lost volumes: name the volume",
				s.dev->path);
	found = wv__takeout_load(h->st, lost.id, &s.t);
	if (found < 0)
		return found;
	h->s = s;
	s = (struct wv__subject){ 0 };
	return 0;
}

int wv__give_up_subject(struct wv__homecoming *h, const char *target)
{
	const int r = wv__field_subject(h->st, target, NULL, &h->s);

	if (!wv__return_unrecoverable(h) || (r != -EBADMSG && r != -ENOENT))
		return r;
	return find_lost(h, target, r);
}

/* ---- may it be --------------------------------------------------------------------------------- */

static int check_shut(struct wv__homecoming *h)
{
	const char *uuid = wv__takeout_volume(h->s.t);
	int r = wv__map_reap(h->st->ctx, uuid);

	if (r == 0)
		r = wv__map_find(h->st->ctx, NULL, uuid, NULL);
	return r > 0 ? wv__fail(h->st->ctx, -EPERM, "volume %s is open, so it can be read: save what is on it, and close it first",
				uuid) : r;
}

int wv__give_up_may(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	const bool wanted = wv__return_unrecoverable(h);

	if (t->state == WV__LOST)
		return wanted ? check_shut(h) :
				wv__fail(h->st->ctx, -EPERM, "volume %s is recorded as lost: close the incident first, or give its contents up with --unrecoverable",
					 wv__takeout_volume(t));
	if (!wanted || wv__takeout_is_given_up(t))
		return 0;
	return wv__fail(h->st->ctx, -EPERM, "volume %s is not recorded as lost: open an incident first",
			wv__takeout_volume(t));
}

/* ---- the request --------------------------------------------------------------------------------- */

/*
 * The newest receipt, whatever became void since: what the server has of it. What the holder
 * saved on the way is in the records that came back.
 */
static int see_saved(void *data, struct wv_doc *record)
{
	static const char *const kinds[] = { "takeout.synced", "takeout.renewed", "sync.end" };
	struct wv_doc **newest = data, *body = wv_doc_get(record, "body");
	const char *kind = wv_doc_str(record, "kind");

	if (kind && strcmp(kind, "chain.import") == 0) {
		struct wv_doc *records = wv_doc_get(body, "records");

		for (size_t i = 0; i < wv_doc_count(records); i++)
			see_saved(data, wv_doc_at(records, i));
	}
	for (size_t i = 0; kind && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0 && wv_doc_str(body, "receipt")) {
			wv_doc_free(*newest);
			*newest = wv__doc_ref(body);
		}
	return 0;
}

/* NULL: nothing on this station's record says that it was saved. */
static int saved_of(const struct wv__takeout *t, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *newest = NULL;
	const int r = wv__ledger_each(t->st->ctx, t->st->ledger, t->id, 1, see_saved, &newest);

	if (r < 0 || !newest)
		return r;
	return wv__doc_build(t->st->ctx, ret, M_STR("receipt", wv_doc_str(newest, "receipt")),
			     M_STR("time", wv_doc_str(newest, "time")));
}

struct asked {
	struct wv__incidents incidents;
	const struct wv__incident *incident; /* the open one */
	struct wv_doc *consent;              /* the client's */
	const char *method, *verify;
};

static void asked_clear(struct asked *a)
{
	wv__incidents_clear(&a->incidents);
	wv_doc_free(a->consent);
}

static int read_asked(struct wv__homecoming *h, struct asked *a)
{
	struct wv__takeout *t = h->s.t;
	int r;

	r = wv__client_approval(h->st->ctx, wv__return_unrecoverable(h), &a->consent);
	if (r == 0)
		r = wv__return_method(h, &a->method, &a->verify);
	if (r == 0)
		r = wv__incidents_read(h->st, t->id, &a->incidents);
	if (r < 0)
		return r;
	a->incident = wv__incidents_current(&a->incidents, wv__takeout_volume(t));
	return a->incident ? 0 : wv__fail(h->st->ctx, -EPERM, "volume %s has no open incident: close the last one again, its closing was cut off",
					  wv__takeout_volume(t));
}

static bool has_begun(const struct wv__takeout *t)
{
	return wv__takeout_str(t, WV__STEP_DESTROYING_KEYS, "unrecoverable");
}

static int keep_request(struct wv__takeout *t, struct wv_doc *doc, const char *name)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];
	int r;

	r = wv__paper_keep(t, name, doc, NULL, NULL, digest);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("request", digest), M_STR("paper", name),
			  M_STR("expiry", wv_doc_str(doc, "expiry")), M_STR("method", wv_doc_str(doc, "method")),
			  M_STR("verify", wv_doc_str(doc, "verify")), M_U64("incident", wv_doc_u64(doc, "incident")),
			  M_DOC("client_consent", wv_doc_get(doc, "client_consent")),
			  M_STR("reason", wv_doc_str(doc, "reason")), M_DOC("saved", wv_doc_get(doc, "saved")));
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_UNRECOVERABLE_REQUESTED, body);
}

static int write_request(struct wv__homecoming *h, const struct asked *a)
{
	struct wv__takeout *t = h->s.t;
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_doc struct wv_doc *saved = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_free char *name = NULL;
	int r;

	r = saved_of(t, &saved);
	if (r == 0)
		r = wv__paper_request(t, "unrecoverable-request", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, doc, M_STR("volume", wv__takeout_volume(t)),
			M_STR("record", wv__takeout_str(t, WV__STEP_PREPARED, "record")),
			M_U64("incident", a->incident->number), M_STR("reason", a->incident->text),
			M_DOC("client_consent", a->consent), M_DOC("saved", saved),
			M_STR("method", a->method), M_STR("verify", a->verify));
	if (r < 0)
		return r;
	name = wv__printf("unrecoverable-request-%s.json", wv_doc_str(doc, "nonce"));
	return name ? keep_request(t, doc, name) : wv__fail_memory(ctx);
}

static bool expired(const struct wv__takeout *t)
{
	const char *expiry = wv__takeout_str(t, WV__STEP_UNRECOVERABLE_REQUESTED, "expiry");
	uint64_t when;

	return !expiry || wv__time_parse(expiry, &when) < 0 || when <= wv__now();
}

/* One that has expired, or is about something else than what is given now, is written anew. */
static bool request_stands(struct wv__homecoming *h, const struct asked *a)
{
	struct wv_doc *asked = h->s.t->body[WV__STEP_UNRECOVERABLE_REQUESTED];
	const char *method = wv_doc_str(asked, "method"), *verify = wv_doc_str(asked, "verify");

	return asked && !expired(h->s.t) && method && verify &&
	       wv_doc_u64(asked, "incident") == a->incident->number &&
	       wv__doc_same(h->st->ctx, wv_doc_get(asked, "client_consent"), a->consent) > 0 &&
	       (!h->opts->method || strcmp(method, a->method) == 0) &&
	       (!h->opts->verify || strcmp(verify, a->verify) == 0);
}

static int fail_requested(struct wv__takeout *t)
{
	cleanup_free char *path = wv__paper_path(t, wv__takeout_str(t, WV__STEP_UNRECOVERABLE_REQUESTED, "paper"));

	if (!path)
		return wv__fail_memory(t->st->ctx);
	return wv__fail(t->st->ctx, -EAGAIN, "the giving up is requested: workvol approve %s, then the same command again", path);
}

static int approve(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	const char *digest = wv__takeout_str(t, WV__STEP_UNRECOVERABLE_REQUESTED, "request");
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *approver = NULL;
	int r;

	r = wv__record_roster(t, h->record, &roster);
	if (r < 0)
		return r;
	r = wv__approval_state(t, wv__takeout_str(t, WV__STEP_UNRECOVERABLE_REQUESTED, "paper"),
			       WV_NS_RETURN, digest, roster, h->opts->approve_with, &approver);
	if (r < 0)
		return r;
	r = wv__doc_build(h->st->ctx, &body, M_STR("request", digest), M_STR("approver", approver));
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_UNRECOVERABLE, body);
}

int wv__return_give_up(struct wv__homecoming *h)
{
	cleanup(asked_clear) struct asked asked = { .consent = NULL };
	int r;

	if (has_begun(h->s.t)) /* before it was lost once more: it is not asked for twice */
		return wv__return_wants(h, WV_RETURN_REQUEST_ONLY) ?
			       wv__fail(h->st->ctx, -EPERM, "the giving up of volume %s was consented to and has begun: there is nothing to request",
					wv__takeout_volume(h->s.t)) :
			       wv__return_destroy(h);
	r = read_asked(h, &asked);
	if (r == 0 && !request_stands(h, &asked))
		r = write_request(h, &asked);
	if (r < 0)
		return r;
	if (wv__return_wants(h, WV_RETURN_REQUEST_ONLY))
		return fail_requested(h->s.t);
	r = wv__takeout_is_given_up(h->s.t) ? 0 : approve(h);
	return r < 0 ? r : wv__return_destroy(h);
}

/* ---- the medium ----------------------------------------------------------------------------------- */

struct own {
	struct wv_station *st;
	const char *uuid;
};

/* What is left of its own header may go. */
static int volume_may_go(void *data, const char *uuid)
{
	const struct own *own = data;

	return strcmp(uuid, own->uuid) == 0 ? 1 : wv__volume_may_go(own->st, uuid);
}

/* Without a header of its own the medium may have become that of something else since. */
static int guard_bare(struct wv__homecoming *h)
{
	struct own own = { h->st, wv__takeout_volume(h->s.t) };
	const struct wv__guard_opts guard = { .volume_allowed = volume_may_go, .data = &own };
	const int r = wv__return_no_other(h, h->s.dev);

	return r < 0 ? r : wv__guard(h->st->ctx, h->s.dev, &guard);
}

/* What has a name on it, the medium or a partition: its type; "": nothing that is known. */
static int find_content(struct wv_ctx *ctx, const struct wv_device *dev, struct wv__region *ret)
{
	cleanup_free struct wv__region *regions = NULL;
	size_t count;
	const int r = wv__probe(ctx, dev, &regions, &count);

	for (size_t i = 0; r == 0 && i < count && !*ret->type; i++)
		*ret = regions[i];
	return r;
}

static int prove_medium(struct wv__homecoming *h)
{
	const struct wv_device *dev = h->s.dev;
	struct wv__region content = { 0 };
	bool begun = false;
	int r;

	if (wv__return_keyslots(h) >= 0)
		return 0;
	if (h->s.t->body[WV__STEP_DESTROYING_KEYS]) {
		r = wv__return_begun(h, &begun);
		if (r == 0 && begun && wv_doc_bool(h->s.t->body[WV__STEP_DESTROYING_KEYS], "by_word"))
			h->proof = WV__PROVEN_BY_WORD; /* the pattern was put where that word said */
		if (r < 0 || begun)
			return r;
	}
	r = guard_bare(h);
	if (r == 0)
		r = find_content(h->st->ctx, dev, &content);
	if (r < 0 || (!*content.type && wv__identity_tells_disk(dev)))
		return r;
	if (!wv__return_by_word(h))
		return wv__fail(h->st->ctx, -EPERM, "%s does not carry the header of volume %s any more%s%s: say that it is its medium with --yes=%s",
				dev->path, wv__takeout_volume(h->s.t), *content.type ? ", but " : "", content.type,
				dev->serial);
	h->proof = WV__PROVEN_BY_WORD;
	return 0;
}

/* They said yes until then: later it is another day, and another question. */
static int check_consent(struct wv__homecoming *h)
{
	const int r = wv__papers_check(h->s.t, h->record);

	if (r < 0 || !expired(h->s.t))
		return r;
	return wv__fail(h->st->ctx, -EAGAIN, "the consent to give up volume %s expired before it was used: the same command asks for it anew",
			wv__takeout_volume(h->s.t));
}

int wv__give_up_prove(struct wv__homecoming *h)
{
	int r;

	r = wv__identity_same(h->st->ctx, wv_doc_get(h->record, "target"), h->s.dev);
	if (r == 0)
		r = prove_medium(h);
	return r < 0 || has_begun(h->s.t) ? r : check_consent(h);
}

/* ---- the certificate ------------------------------------------------------------------------------ */

int wv__given_up_doc(const struct wv__takeout *t, struct wv_doc **ret)
{
	struct wv_doc *asked = t->body[WV__STEP_UNRECOVERABLE_REQUESTED];

	if (!wv__takeout_is_given_up(t))
		return 0;
	return wv__doc_build(t->st->ctx, ret, M_U64("incident", wv_doc_u64(asked, "incident")),
			     M_DOC("client_consent", wv_doc_get(asked, "client_consent")),
			     M_STR("approver", wv__takeout_str(t, WV__STEP_UNRECOVERABLE, "approver")),
			     M_STR("reason", wv_doc_str(asked, "reason")), M_DOC("saved", wv_doc_get(asked, "saved")));
}

static char *contents_sentence(const struct wv__takeout *t)
{
	struct wv_doc *asked = t->body[WV__STEP_UNRECOVERABLE_REQUESTED];
	const char *number = wv_doc_str(wv_doc_get(asked, "client_consent"), "number");
	const char *approver = wv__takeout_str(t, WV__STEP_UNRECOVERABLE, "approver");
	const char *saved = wv_doc_str(wv_doc_get(asked, "saved"), "time");

	number = number ? number : "-";
	approver = approver ? approver : "-";
	return saved ? wv__say(t->st->ctx, "that the designated server holds its contents: they could not be read and were given up, with the consent of the client (%s) and of %s; they were last saved at %s",
			       number, approver, saved) :
		       wv__say(t->st->ctx, "that the designated server holds its contents: they could not be read and were given up, with the consent of the client (%s) and of %s",
			       number, approver);
}

int wv__given_up_not_proven(const struct wv__takeout *t, struct wv_doc **not_proven)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_free char *contents = NULL;
	int r = 0;

	if (!wv__takeout_is_given_up(t))
		return 0;
	contents = contents_sentence(t);
	if (!contents)
		return wv__fail_memory(ctx);
	if (!*not_proven)
		r = wv__doc_array(ctx, not_proven);
	if (r == 0)
		r = wv__doc_append_str(ctx, *not_proven, contents);
	if (r == 0 && wv_doc_bool(t->body[WV__STEP_DESTROYING_KEYS], "by_word"))
		r = wv__doc_append_str(ctx, *not_proven,
				       "that it is the medium of the volume: its header was gone, a person said so");
	return r;
}
