/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incidents.c - incidents, folded from their records
 */
#include <stdio.h>
#include <string.h>

#include "incidents.h"
#include "../../base/clock.h"

void wv__incidents_clear(struct wv__incidents *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->at[i].volume);
		free(list->at[i].text);
		wv_doc_free(list->at[i].notices);
	}
	free(list->at);
}

static uint64_t time_of(struct wv_doc *doc, const char *key, uint64_t otherwise)
{
	const char *text = wv_doc_str(doc, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : otherwise;
}

static bool says(struct wv_doc *body, const char *key, const char *what)
{
	const char *text = wv_doc_str(body, key);

	return text && strcmp(text, what) == 0;
}

/* ---- one record ----------------------------------------------------------------------- */

static int fold_opened(struct wv__incidents *list, struct wv_doc *record)
{
	struct wv_doc *body = wv_doc_get(record, "body");
	struct wv__incident *more = reallocarray(list->at, list->n + 1, sizeof(*more));
	const char *takeout = wv_doc_str(record, "takeout");
	const char *text = wv_doc_str(body, "text");
	struct wv__incident *it;

	if (!more)
		return wv__fail_memory(list->ctx);
	list->at = more;
	it = &more[list->n++];
	*it = (struct wv__incident){
		.number = wv_doc_u64(record, "seq"),
		.volume = strdup(wv_doc_str(body, "volume")),
		.text = strdup(text ? text : ""),
		.suspected = says(body, "certainty", "suspected"),
		.key = "unknown",
		.opened = time_of(record, "time", 0),
		.deadline = time_of(body, "deadline", 0),
		.warned = WV__NOT_WARNED,
	};
	it->recognised = time_of(body, "recognised", it->opened);
	snprintf(it->takeout, sizeof(it->takeout), "%s", takeout ? takeout : "");
	return it->volume && it->text ? wv__doc_array(list->ctx, &it->notices) :
					wv__fail_memory(list->ctx);
}

static int fold_notified(struct wv_ctx *ctx, struct wv__incident *it, struct wv_doc *record)
{
	struct wv_doc *body = wv_doc_get(record, "body");
	const uint64_t when = time_of(body, "notified", time_of(record, "time", 0));
	const bool client = !wv_doc_get(body, "client") || wv_doc_bool(body, "client");
	char notified[WV_TIME_TEXT];

	/* told late and written down first, or the other way round: the earliest counts */
	if (client && (!it->notified || when < it->notified))
		it->notified = when;
	wv__time_format(when, notified);
	return wv__doc_append_row(ctx, it->notices, M_STR("notified", notified),
				  M_STR("whom", wv_doc_str(body, "whom")),
				  M_STR("how", wv_doc_str(body, "how")), M_BOOL("client", client),
				  M_STR("text", wv_doc_str(body, "text")));
}

static int fold_later(struct wv_ctx *ctx, struct wv__incident *it, const char *kind,
		      struct wv_doc *record)
{
	struct wv_doc *body = wv_doc_get(record, "body");

	if (wv_doc_bool(body, "published"))
		it->published = true;
	if (strcmp(kind, "incident.notified") == 0)
		return fold_notified(ctx, it, record);
	if (strcmp(kind, "incident.confirmed") == 0) {
		it->suspected = false;
		it->recognised = MIN(it->recognised, time_of(body, "recognised", UINT64_MAX));
		it->deadline = MIN(it->deadline, time_of(body, "deadline", UINT64_MAX));
	}
	if (strcmp(kind, "incident.warned") == 0)
		it->warned = wv_doc_u64(body, "before");
	if (strcmp(kind, "incident.closed") == 0)
		it->closed = time_of(record, "time", 0);
	return 0;
}

static int fold(void *data, struct wv_doc *record)
{
	struct wv__incidents *list = data;
	struct wv_doc *body = wv_doc_get(record, "body");
	const char *kind = wv_doc_str(record, "kind");
	const char *volume = wv_doc_str(body, "volume");
	const char *key = wv_doc_str(body, "key");
	struct wv__incident *it;
	int r;

	if (!list->begin)
		list->begin = time_of(record, "time", 0);
	if (!kind || strncmp(kind, "incident.", 9) != 0 || !volume)
		return 0;
	if (strcmp(kind, "incident.opened") == 0) {
		r = fold_opened(list, record);
		if (r < 0)
			return r;
	}
	it = wv__incidents_current(list, volume);
	if (!it)
		return 0;
	if (key)
		snprintf(it->key, sizeof(it->key), "%s", key);
	return fold_later(list->ctx, it, kind, record);
}

/* ---- all of them ---------------------------------------------------------------------- */

int wv__incidents_read(struct wv_station *st, const char *takeout, struct wv__incidents *ret)
{
	ret->ctx = st->ctx;
	if (takeout)
		return wv__ledger_each(st->ctx, st->ledger, takeout, 1, fold, ret);
	return wv__ledger_each_kind(st->ctx, st->ledger, "incident.*", fold, ret);
}

struct wv__incident *wv__incidents_current(struct wv__incidents *list, const char *volume)
{
	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->at[i].volume, volume) == 0 && !list->at[i].closed)
			return &list->at[i];
	return NULL;
}

bool wv__incident_is_due(const struct wv__incident *it)
{
	return !it->closed && !it->notified;
}

static uint64_t above(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

int wv__incident_doc(struct wv_ctx *ctx, const struct wv__incident *it, uint64_t now,
		     struct wv_doc **ret)
{
	const uint64_t until = it->notified ? it->notified : now;
	const uint64_t left = it->notified ? 0 : above(it->deadline, until);
	char opened[WV_TIME_TEXT], recognised[WV_TIME_TEXT], deadline[WV_TIME_TEXT];
	char notified[WV_TIME_TEXT];

	wv__time_format(it->opened, opened);
	wv__time_format(it->recognised, recognised);
	wv__time_format(it->deadline, deadline);
	wv__time_format(it->notified, notified);
	return wv__doc_build(
		ctx, ret, M_U64("incident", it->number), M_STR("volume", it->volume),
		M_STR("takeout", *it->takeout ? it->takeout : NULL), M_STR("text", it->text),
		M_STR("certainty", it->suspected ? "suspected" : "confirmed"),
		M_STR("key", it->key), M_BOOL("published", it->published),
		M_STR("opened", opened), M_STR("recognised", recognised),
		M_STR("deadline", deadline), M_STR("notified", it->notified ? notified : NULL),
		M_DOC("notices", it->notices), M_U64("minutes_left", left / 60),
		M_U64("seconds_left", left), M_U64("margin_seconds", above(it->deadline, until)),
		M_U64("overrun_seconds", above(until, it->deadline)),
		M_BOOL("late", until > it->deadline),
		M_STR("state", it->closed ? "closed" : it->notified ? "notified" : "open"));
}
