/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dead_end.c - the papers of a take-out that did not end as it should: its medium is to be destroyed,
 * it cannot be opened any more, or it was lost and is found
 */
#include <string.h>

#include "incidents.h"
#include "../medium/subject.h"
#include "../../base/clock.h"

struct dead_end {
	struct wv_ctx *ctx;
	struct wv__takeout *t;
	struct wv_doc *destroyed, *failed, *saved, *found, *checked; /* the newest records of that sort; owned */
	struct wv_doc *incident, *contents;                          /* documents; NULL: none */
};

static void clear(struct dead_end *e)
{
	struct wv_doc *docs[] = { e->destroyed, e->failed, e->saved, e->found, e->checked, e->incident, e->contents };

	for (size_t i = 0; i < ARRAY_SIZE(docs); i++)
		wv_doc_free(docs[i]);
	wv__takeout_free(e->t);
}

static void keep(struct wv_doc **at, struct wv_doc *record)
{
	wv_doc_free(*at);
	*at = wv__doc_ref(record);
}

static int look_back(void *data, struct wv_doc *record)
{
	struct dead_end *e = data;
	const struct {
		const char *kind;
		struct wv_doc **at;
	} rows[] = {
		{ "takeout.keys-destroyed", &e->destroyed }, { "takeout.wipe-failed", &e->failed },
		{ "takeout.synced", &e->saved },	     { "sync.end", &e->saved },
		{ "incident.closed", &e->found },	     { "check.end", &e->checked },
	};
	const char *kind = wv_doc_str(record, "kind"), *outcome = wv_doc_str(wv_doc_get(record, "body"), "outcome");

	for (size_t i = 0; kind && i < ARRAY_SIZE(rows); i++)
		if (strcmp(kind, rows[i].kind) == 0 && (!outcome || strcmp(outcome, "done") == 0))
			keep(rows[i].at, record);
	return 0;
}

static const char *when(struct wv_doc *record)
{
	return record ? wv_doc_str(record, "time") : NULL;
}

/* ---- which paper a take-out may have -------------------------------------------------------- */

static bool awaits_destruction(const struct dead_end *e)
{
	return e->t->state == WV__AWAITING_DESTRUCTION;
}

static bool has_keys(const struct dead_end *e)
{
	return wv__takeout_volume(e->t) && !wv__state_is_harmless(e->t->state);
}

static bool was_found(const struct dead_end *e)
{
	return e->found && e->t->state != WV__LOST;
}

static const struct form {
	const char *name;
	bool (*may)(const struct dead_end *e);
	const char *why_not; /* else */
} forms[] = {
	{ "destruction", awaits_destruction, N_("its medium awaits no destruction") },
	{ "unrecoverable", has_keys, N_("there are no keys of it to give up") },
	{ "found", was_found, N_("it was not lost, or is not found") },
};

static int form_of(struct wv_ctx *ctx, const char *name, const struct form **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].name, name) == 0) {
			*ret = &forms[i];
			return 0;
		}
	return wv__fail(ctx, -EINVAL, "there is no form %s: they are destruction, unrecoverable, found", name);
}

/* ---- what it says ------------------------------------------------------------------------------ */

static int incident_of(struct dead_end *e)
{
	cleanup_incidents struct wv__incidents list = { 0 };
	const int r = wv__incidents_read(e->t->st, e->t->id, &list);

	return r < 0 || !list.n ? r : wv__incident_doc(e->ctx, &list.at[list.n - 1], wv__now(), &e->incident);
}

/* A declaration that cannot be read is told as none: of a dead end the rest counts too. */
static int contents_of(struct dead_end *e)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	struct wv__totals totals;
	char digest[65];
	int r;

	r = wv__takeout_declaration(e->t, &decl);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return 0;
	r = wv__declaration_totals(e->ctx, decl, &totals);
	if (r == 0)
		r = wv__declaration_digest(e->ctx, decl, digest);
	return r < 0 ? r : wv__doc_build(e->ctx, &e->contents, M_STR("declaration", digest), M_STR("purpose", decl->purpose),
					 M_U64("files", totals.files), M_U64("bytes", totals.bytes));
}

static struct wv_doc *begun(const struct dead_end *e)
{
	struct wv_doc *declared = e->t->body[WV__STEP_DECLARED];

	return declared ? declared : e->t->body[WV__STEP_CARRIED];
}

static int document(struct dead_end *e, const char *form, struct wv_doc **ret)
{
	const struct wv__policy *policy = e->t->st->policy;
	struct wv_doc *failed = wv_doc_get(e->failed, "body"), *found = wv_doc_get(e->found, "body"), *start = begun(e);
	char now[WV_TIME_TEXT];

	wv__time_format(wv__now(), now);
	return wv__doc_build(e->ctx, ret, M_STR("type", "dead-end"), M_U64("v", 1), M_STR("form", form),
			     M_BOOL("lab", policy->lab), M_STR("created", now), M_STR("station", policy->station),
			     M_STR("client", policy->client), M_STR("contact", policy->contact), M_STR("takeout", e->t->id),
			     M_STR("volume", wv__takeout_volume(e->t)), M_STR("state", wv__state_name(e->t->state)),
			     M_STR("holder", wv_doc_str(wv_doc_get(start, "holder"), "name")),
			     M_STR("due", wv_doc_str(start, "due")), M_DOC("client_approval", wv_doc_get(start, "client_approval")),
			     M_DOC("medium", wv_doc_get(start, "target")), M_DOC("contents", e->contents),
			     M_STR("saved", when(e->saved)), M_STR("keys_destroyed", when(e->destroyed)),
			     M_STR("wipe_failed", when(e->failed)), M_DOC("wipe", wv_doc_get(failed, "wipe")),
			     M_DOC("incident", e->incident), M_STR("found", when(e->found)),
			     M_STR("how", wv_doc_str(found, "text")), M_STR("checked", when(e->checked)),
			     M_OPT_DOC("client_consent", wv_doc_get(e->t->body[WV__STEP_UNRECOVERABLE_REQUESTED], "client_consent")));
}

WV_API int wv_flow_incident_form(struct wv_station *st, const char *form, const char *target, struct wv_doc **ret_form)
{
	cleanup(clear) struct dead_end e = { .ctx = st->ctx };
	const struct form *which = NULL;
	int r;

	r = form_of(st->ctx, form, &which);
	if (r == 0)
		r = wv__subject_takeout(st, target, &e.t);
	if (r == 0)
		r = wv__ledger_each(st->ctx, st->ledger, e.t->id, 1, look_back, &e);
	if (r < 0)
		return r;
	if (!which->may(&e))
		return wv__fail(st->ctx, -EPERM, "take-out %s is %s: %s", e.t->id, wv__state_name(e.t->state), which->why_not);
	r = incident_of(&e);
	if (r == 0)
		r = contents_of(&e);
	return r < 0 ? r : document(&e, form, ret_form);
}
