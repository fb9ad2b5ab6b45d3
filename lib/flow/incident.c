/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incident.c - a loss, a leak, or the likelihood of one: the clock of
 * incident-minutes (60: the contract's R2-2) runs from the first record
 */
#include <stdio.h>
#include <string.h>

#include "subject.h"
#include "../base/clock.h"

/* One incident: the fold of its records. */
struct incident {
	char takeout[37];
	char *volume;
	char *text;
	uint64_t opened, deadline, notified, closed; /* seconds; 0: not yet */
};

struct incidents {
	struct wv_station *st;
	struct incident *at;
	size_t n;
};

static void clear(struct incidents *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->at[i].volume);
		free(list->at[i].text);
	}
	free(list->at);
}

static uint64_t time_of(struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : 0;
}

static int fold_open(struct incidents *list, struct wv_doc *record)
{
	struct wv_doc *body = wv_doc_get(record, "body");
	struct incident *more = reallocarray(list->at, list->n + 1, sizeof(*more));
	struct incident *it;
	const char *volume = wv_doc_str(body, "volume");
	const char *text = wv_doc_str(body, "text");

	if (!more)
		return wv__fail_memory(list->st->ctx);
	list->at = more;
	it = &more[list->n++];
	*it = (struct incident){
		.volume = strdup(volume ? volume : ""),
		.text = strdup(text ? text : ""),
		.opened = time_of(record, "time"),
		.deadline = time_of(body, "deadline"),
	};
	snprintf(it->takeout, sizeof(it->takeout), "%s",
		 wv_doc_str(record, "takeout") ? wv_doc_str(record, "takeout") : "");
	return it->volume && it->text ? 0 : wv__fail_memory(list->st->ctx);
}

static int fold(void *data, struct wv_doc *record)
{
	struct incidents *list = data;
	const char *kind = wv_doc_str(record, "kind");
	const char *volume = wv_doc_str(wv_doc_get(record, "body"), "volume");

	if (!kind || strncmp(kind, "incident.", 9) != 0 || !volume)
		return 0;
	if (strcmp(kind, "incident.opened") == 0)
		return fold_open(list, record);
	for (size_t i = list->n; i-- > 0;) {
		struct incident *it = &list->at[i];

		if (strcmp(it->volume, volume) != 0 || it->closed)
			continue;
		if (strcmp(kind, "incident.notified") == 0 && !it->notified)
			it->notified = time_of(record, "time");
		if (strcmp(kind, "incident.closed") == 0)
			it->closed = time_of(record, "time");
		break;
	}
	return 0;
}

static struct incident *current(struct incidents *list, const char *volume)
{
	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->at[i].volume, volume) == 0 && !list->at[i].closed)
			return &list->at[i];
	return NULL;
}

static int doc_of(struct wv_ctx *ctx, const struct incident *it, struct wv_doc **ret)
{
	const uint64_t until = it->notified ? it->notified : wv__now();
	char opened[WV_TIME_TEXT], deadline[WV_TIME_TEXT], notified[WV_TIME_TEXT];

	wv__time_format(it->opened, opened);
	wv__time_format(it->deadline, deadline);
	wv__time_format(it->notified, notified);
	return wv__doc_build(ctx, ret, M_STR("volume", it->volume),
			     M_STR("takeout", *it->takeout ? it->takeout : NULL),
			     M_STR("text", it->text), M_STR("opened", opened),
			     M_STR("deadline", deadline),
			     M_STR("notified", it->notified ? notified : NULL),
			     M_U64("minutes_left", it->notified || until > it->deadline ?
							   0 : (it->deadline - until) / 60),
			     M_BOOL("late", until > it->deadline),
			     M_STR("state", it->closed ? "closed" : it->notified ? "notified" : "open"));
}

static int list_all(struct incidents *list, bool due_only, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(list->st->ctx, &array);
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		cleanup_doc struct wv_doc *row = NULL;

		if (due_only && (list->at[i].closed || list->at[i].notified))
			continue;
		r = doc_of(list->st->ctx, &list->at[i], &row);
		if (r == 0)
			r = wv__doc_append(list->st->ctx, array, row);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(array);
	return 0;
}

/* The volume by UUID, also when the medium is gone: it may be what was lost. */
static int takeout_of(struct wv_station *st, const char *target, struct wv__takeout **ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	r = wv__takeout_by_volume(st, target, ret);
	if (r != -ENOENT)
		return r;
	r = wv__takeout_load(st, target, ret);
	if (r != -ENOENT)
		return r;
	r = wv__subject_need(st, target, &s);
	if (r < 0)
		return r;
	*ret = take_ptr(s.t);
	return 0;
}

static int append(struct wv__takeout *t, const char *kind, const char *text, uint64_t deadline)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *body = NULL;
	char text_of[WV_TIME_TEXT];
	const char *when = deadline ? text_of : NULL;
	int r;

	wv__time_format(deadline, text_of);
	r = wv__doc_build(ctx, &body, M_STR("volume", wv__takeout_volume(t)), M_STR("text", text),
			  M_OPT_STR("deadline", when));
	return r < 0 ? r : wv__ledger_append(ctx, t->st->ledger, kind, t->id, body, NULL);
}

/*
 * While an incident is open its volume counts as lost: nothing opens it. The
 * incident's record comes first; run again after a kill, what is missing follows.
 */
static int open_one(struct wv__takeout *t, const struct incident *it, const char *text)
{
	const uint64_t deadline = wv__now() + t->st->policy->incident_minutes * 60;
	const bool may = wv__takeout_may(t, WV__STEP_LOST);
	int r = 0;

	if (it && !may)
		return wv__fail(t->st->ctx, -EBUSY, "an incident of volume %s is open already",
				it->volume);
	if (!it)
		r = append(t, "incident.opened", text, deadline);
	if (r < 0 || !may)
		return r;
	return wv__takeout_step(t, WV__STEP_LOST, NULL);
}

static int close_one(struct wv__takeout *t, const struct incident *it, const char *text)
{
	int r = 0;

	if (it && !it->notified)
		return wv__fail(t->st->ctx, -EPERM, "the client was not told of this incident yet: workvol incident notify");
	if (it)
		r = append(t, "incident.closed", text, 0);
	if (r < 0 || !wv__takeout_may(t, WV__STEP_FOUND))
		return r;
	return wv__takeout_step(t, WV__STEP_FOUND, NULL);
}

static int act(struct wv__takeout *t, const char *action, const struct incident *it,
	       const char *text)
{
	const bool close = strcmp(action, "close") == 0;

	if (strcmp(action, "open") == 0)
		return open_one(t, it, text);
	if (!it && !(close && t->state == WV__LOST)) /* lost without one: its closing was killed */
		return wv__fail(t->st->ctx, -ENOENT, "volume %s has no open incident",
				wv__takeout_volume(t));
	if (close)
		return close_one(t, it, text);
	return append(t, "incident.notified", text, 0);
}

static int change(struct wv_station *st, const char *action, const char *volume, const char *text,
		  struct wv_doc **ret)
{
	cleanup(clear) struct incidents list = { .st = st };
	cleanup(clear) struct incidents after = { .st = st };
	cleanup_takeout struct wv__takeout *t = NULL;
	const char *uuid;
	struct wv__door door;
	int r;

	if (!volume || !text || !*text)
		return wv__fail(st->ctx, -EINVAL, "give the volume, and say what happened");
	r = takeout_of(st, volume, &t);
	if (r < 0)
		return r;
	r = wv__takeout_claim(&t);
	if (r < 0)
		return r;
	uuid = wv__takeout_volume(t);
	if (!uuid)
		return wv__fail(st->ctx, -ENOENT, "take-out %s has no volume yet", t->id);
	r = wv__ledger_each(st->ctx, st->ledger, t->id, 1, fold, &list);
	if (r < 0)
		return r;
	r = wv__door_enter(&door, st, "incident", t->id, NULL);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, act(t, action, current(&list, uuid), text), NULL);
	if (r < 0)
		return r;
	r = wv__ledger_each(st->ctx, st->ledger, t->id, 1, fold, &after);
	return r < 0 ? r : doc_of(st->ctx, &after.at[after.n - 1], ret);
}

WV_API int wv_flow_incident(struct wv_station *st, const char *action, const char *volume,
			    const char *text, struct wv_doc **ret_result)
{
	cleanup(clear) struct incidents list = { .st = st };
	const bool due = strcmp(action, "due") == 0;
	int r;

	if (!due && strcmp(action, "list") != 0)
		return change(st, action, volume, text, ret_result);
	r = wv__ledger_each(st->ctx, st->ledger, NULL, 1, fold, &list);
	return r < 0 ? r : list_all(&list, due, ret_result);
}
