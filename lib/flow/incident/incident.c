/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incident.c - a loss, a leak, or the likelihood of one: opened, told of, closed
 */
#include <string.h>

#include "../field/field.h"
#include "incident_due.h"
#include "incidents.h"
#include "../medium/subject.h"
#include "../../base/clock.h"

/* What is being done to the incidents of one take-out. */
struct change {
	const struct wv_incident_opts *opts;
	struct wv__takeout *t;
	struct wv__incidents list;
	struct wv__incident *it; /* the one that is not closed; NULL: none */
	uint64_t now;
};

static void change_clear(struct change *c)
{
	wv__incidents_clear(&c->list);
	wv__takeout_free(c->t);
}

/* What people say of the past: the station's clock is the only one, so it has no tolerance. */
static int past_moment(struct change *c, struct wv_ctx *ctx, const char *text, uint64_t *ret)
{
	char now[WV_TIME_TEXT];

	*ret = c->now;
	if (!text)
		return 0;
	if (wv__moment_parse(text, ret) < 0)
		return wv__fail(ctx, -EINVAL, "%s is no time: write it as 2026-11-25T17:00:00+09:00, or in UTC with a Z",
				text);
	if (*ret <= c->now)
		return 0;
	wv__time_format(c->now, now);
	return wv__fail(ctx, -EPERM, "%s lies in the future: it is %s by this machine's clock",
			text, now);
}

/* Members of NULL are left out. */
static int append(struct change *c, const char *kind, struct wv_doc *more)
{
	struct wv_ctx *ctx = c->t->st->ctx;
	const char *key = c->opts->key;
	int r;

	r = wv__doc_set(ctx, more, M_STR("volume", wv__takeout_volume(c->t)),
			M_OPT_STR("text", c->opts->text), M_OPT_STR("key", key));
	if (r == 0 && c->opts->flags & WV_INCIDENT_PUBLISHED)
		r = wv__doc_set(ctx, more, M_BOOL("published", true));
	return r < 0 ? r : wv__ledger_append(ctx, c->t->st->ledger, kind, c->t->id, more, NULL);
}

static int append_plain(struct change *c, const char *kind)
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__doc_build(c->t->st->ctx, &body, { .kind = WV__SKIP });
	return r < 0 ? r : append(c, kind, body);
}

/* ---- open ------------------------------------------------------------------------------ */

/* A year that was typed wrong would be on record for good. */
static int check_begin(struct change *c, uint64_t recognised)
{
	char begin[WV_TIME_TEXT];

	if (recognised >= c->list.begin || wv__takeout_is_guest(c->t))
		return 0;
	wv__time_format(c->list.begin, begin);
	return wv__fail(c->t->st->ctx, -EINVAL, "%s is before take-out %s began (%s)",
			c->opts->recognised_at, c->t->id, begin);
}

/* "recognised" and "deadline" of a record's body. */
static int add_clock(struct change *c, struct wv_doc *body)
{
	struct wv_ctx *ctx = c->t->st->ctx;
	const uint64_t minutes = c->t->st->policy->incident_minutes;
	char text[WV_TIME_TEXT], deadline[WV_TIME_TEXT];
	uint64_t recognised;
	int r;

	r = past_moment(c, ctx, c->opts->recognised_at, &recognised);
	if (r < 0)
		return r;
	r = check_begin(c, recognised);
	if (r < 0)
		return r;
	wv__time_format(recognised, text);
	wv__time_format(recognised + minutes * 60, deadline);
	return wv__doc_set(ctx, body, M_STR("recognised", text), M_STR("deadline", deadline));
}

static int append_opened(struct change *c)
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__doc_build(c->t->st->ctx, &body, M_STR("certainty", c->opts->flags & WV_INCIDENT_SUSPECTED ?
									  "suspected" : "confirmed"));
	if (r == 0)
		r = add_clock(c, body);
	return r < 0 ? r : append(c, "incident.opened", body);
}

/* Who confirms it may have recognised it first: the clock runs from the earliest that is on record. */
static int append_confirmed(struct change *c)
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__doc_build(c->t->st->ctx, &body, { .kind = WV__SKIP });
	if (r == 0 && c->opts->recognised_at)
		r = add_clock(c, body);
	return r < 0 ? r : append(c, "incident.confirmed", body);
}

/*
 * While an incident is open its volume counts as lost: nothing opens it. The
 * incident's record comes first; run again after a kill, what is missing follows.
 * One that was suspected is confirmed by opening it again: the clock runs on.
 */
static int open_one(struct change *c)
{
	const bool may = wv__takeout_may(c->t, WV__STEP_LOST);
	const bool confirms = c->it && c->it->suspected && !(c->opts->flags & WV_INCIDENT_SUSPECTED);
	int r = 0;

	if (c->it && !may && !confirms)
		return wv__fail(c->t->st->ctx, -EBUSY, "an incident of volume %s is open already",
				c->it->volume);
	if (confirms)
		r = append_confirmed(c);
	else if (!c->it)
		r = append_opened(c);
	if (r < 0 || !may)
		return r;
	return wv__takeout_step(c->t, WV__STEP_LOST, NULL);
}

/* ---- notify, close ---------------------------------------------------------------------- */

static int need_open(struct change *c)
{
	if (c->it)
		return 0;
	return wv__fail(c->t->st->ctx, -ENOENT, "volume %s has no open incident",
			wv__takeout_volume(c->t));
}

static int notify_one(struct change *c)
{
	struct wv_ctx *ctx = c->t->st->ctx;
	cleanup_doc struct wv_doc *body = NULL;
	char recognised[WV_TIME_TEXT], text[WV_TIME_TEXT];
	uint64_t when;
	int r;

	r = need_open(c);
	if (r < 0)
		return r;
	r = past_moment(c, ctx, c->opts->notified_at, &when);
	if (r < 0)
		return r;
	wv__time_format(c->it->recognised, recognised);
	if (when < c->it->recognised)
		return wv__fail(ctx, -EINVAL, "%s is before the incident was recognised (%s)",
				c->opts->notified_at ? c->opts->notified_at : "now", recognised);
	wv__time_format(when, text);
	r = wv__doc_build(ctx, &body, M_STR("notified", text), M_OPT_STR("whom", c->opts->whom),
			  M_OPT_STR("how", c->opts->how),
			  M_BOOL("client", !(c->opts->flags & WV_INCIDENT_OTHER)));
	return r < 0 ? r : append(c, "incident.notified", body);
}

static int close_one(struct change *c)
{
	int r = 0;

	if (c->t->state != WV__LOST) { /* lost without an incident: its closing was killed */
		r = need_open(c);
		if (r < 0)
			return r;
	}
	if (c->it && !c->it->notified)
		return wv__fail(c->t->st->ctx, -EPERM, "the client was not told of this incident yet: workvol incident notify");
	if (c->it)
		r = append_plain(c, "incident.closed");
	if (r < 0 || !wv__takeout_may(c->t, WV__STEP_FOUND))
		return r;
	return wv__takeout_step(c->t, WV__STEP_FOUND, NULL);
}

/* ---- one of them ------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*act)(struct change *c);
} actions[] = {
	{ "open", open_one },
	{ "notify", notify_one },
	{ "close", close_one },
};

static int check_opts(struct wv_ctx *ctx, const char *action, const struct wv_incident_opts *opts)
{
	const bool told = strcmp(action, "notify") == 0 && opts->whom && opts->how;

	if (!opts->volume || ((!opts->text || !*opts->text) && !told))
		return wv__fail(ctx, -EINVAL, "give the volume, and say what happened");
	if (opts->key && strcmp(opts->key, "apart") != 0 && strcmp(opts->key, "with") != 0 &&
	    strcmp(opts->key, "unknown") != 0)
		return wv__fail(ctx, -EINVAL, "the key file was apart from the volume, with it, or that is unknown: not %s",
				opts->key);
	return 0;
}

static int act(struct change *c, int (*fn)(struct change *c))
{
	struct wv_station *st = c->t->st;
	const char *uuid = wv__takeout_volume(c->t);
	int r;

	if (!uuid)
		return wv__fail(st->ctx, -ENOENT, "take-out %s has no volume yet", c->t->id);
	r = wv__incidents_read(st, c->t->id, &c->list);
	if (r < 0)
		return r;
	c->it = wv__incidents_current(&c->list, uuid);
	return fn(c);
}

static int change(struct wv_station *st, size_t action, const struct wv_incident_opts *opts,
		  struct wv_doc **ret)
{
	cleanup(change_clear) struct change c = { .opts = opts, .now = wv__now() };
	cleanup_incidents struct wv__incidents after = { 0 };
	struct wv__door door;
	int r;

	r = check_opts(st->ctx, actions[action].name, opts);
	if (r < 0)
		return r;
	r = wv__subject_takeout(st, opts->volume, &c.t);
	if (r < 0)
		return r;
	r = wv__field_claim(st, "incident", &c.t, &door);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, act(&c, actions[action].act), NULL);
	if (r < 0)
		return r;
	r = wv__incidents_read(st, c.t->id, &after);
	return r < 0 ? r : wv__incident_doc(st->ctx, &after.at[after.n - 1], wv__now(), ret);
}

WV_API int wv_flow_incident(struct wv_station *st, const char *action,
			    const struct wv_incident_opts *opts, struct wv_doc **ret_result)
{
	static const struct wv_incident_opts none = WV_INCIDENT_OPTS_INIT;
	const uint32_t flags = opts ? opts->flags : 0;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(action, actions[i].name) == 0)
			return change(st, i, opts ? opts : &none, ret_result);
	if (strcmp(action, "list") == 0)
		return wv__incidents_list(st, ret_result);
	if (strcmp(action, "due") == 0)
		return wv__incidents_due(st, flags & WV_INCIDENT_WARN, ret_result);
	return wv__fail(st->ctx, -EINVAL, "there is no incident %s", action);
}
