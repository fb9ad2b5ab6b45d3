/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incident_due.c - how long there is to tell the client, and the warnings of it
 */
#include "incident_due.h"
#include "incidents.h"
#include "../../base/clock.h"

/* Minutes before the deadline, in their order. */
static const uint64_t warnings[] = { 30, 15, 5, 0 };

/* The last warning whose time has come; WV__NOT_WARNED: none has. */
static uint64_t warning_of(const struct wv__incident *it, uint64_t now)
{
	for (size_t i = ARRAY_SIZE(warnings); i-- > 0;)
		if (now + warnings[i] * 60 >= it->deadline)
			return warnings[i];
	return WV__NOT_WARNED;
}

static char *sentence(const struct wv_station *st, const struct wv__incident *it, uint64_t now)
{
	const char *contact = st->policy->contact;
	const bool named = contact && *contact;
	char deadline[WV_TIME_TEXT];

	wv__time_format(it->deadline, deadline);
	if (now >= it->deadline)
		return wv__say(st->ctx, "incident %" PRIu64 ": the client%s%s was to be told by %s and was not: call now, then workvol incident notify %s",
				  it->number, named ? ", " : "", named ? contact : "", deadline,
				  it->volume);
	return wv__say(st->ctx, "incident %" PRIu64 ": %" PRIu64 " minutes left to tell the client%s%s, until %s; then workvol incident notify %s",
			  it->number, (it->deadline - now + 59) / 60, named ? ", " : "",
			  named ? contact : "", deadline, it->volume);
}

/* Recorded before it is said: a warning that is said twice is not believed a third time. */
static int warn_of(struct wv_station *st, const struct wv__incident *it, uint64_t now,
		   struct wv_doc *row)
{
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *text = sentence(st, it, now);
	int r;

	if (!text)
		return wv__fail_memory(st->ctx);
	r = wv__doc_set(st->ctx, row, M_STR("warning", text));
	if (r < 0)
		return r;
	r = wv__doc_build(st->ctx, &body, M_STR("volume", it->volume),
			  M_U64("before", warning_of(it, now)));
	return r < 0 ? r : wv__ledger_append(st->ctx, st->ledger, "incident.warned", it->takeout, body, NULL);
}

/* The warnings of one run: which are wanted, and whether one of them is on record. */
struct warned {
	bool wanted, recorded;
};

static int add_due(struct wv_station *st, const struct wv__incident *it, struct warned *warned,
		   struct wv_doc *array)
{
	const uint64_t now = wv__now();
	cleanup_doc struct wv_doc *row = NULL;
	int r;

	if (!wv__incident_is_due(it))
		return 0;
	r = wv__incident_doc(st->ctx, it, now, &row);
	if (r < 0)
		return r;
	r = wv__doc_set(st->ctx, row, M_STR("status", now >= it->deadline ? "overrun" : "due"));
	if (r == 0 && warned->wanted && warning_of(it, now) < it->warned) {
		r = warn_of(st, it, now, row);
		if (r < 0 && warned->recorded) { /* one that is recorded must be said: it is not said again */
			wv__log(st->ctx, WV_LOG_WARNING, "the warning of incident %" PRIu64 " comes again: %s",
				it->number, wv_ctx_error(st->ctx));
			r = 0;
		}
		warned->recorded = true;
	}
	return r < 0 ? r : wv__doc_append(st->ctx, array, row);
}

static int add(struct wv_station *st, const struct wv__incident *it, struct wv_doc *array)
{
	cleanup_doc struct wv_doc *row = NULL;
	const int r = wv__incident_doc(st->ctx, it, wv__now(), &row);

	return r < 0 ? r : wv__doc_append(st->ctx, array, row);
}

/* warned: NULL: of all, also those that the client was told of. */
static int rows(struct wv_station *st, struct warned *warned, struct wv_doc **ret)
{
	cleanup_incidents struct wv__incidents list = { 0 };
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__incidents_read(st, NULL, &list);
	if (r == 0)
		r = wv__doc_array(st->ctx, &array);
	for (size_t i = 0; r == 0 && i < list.n; i++)
		r = warned ? add_due(st, &list.at[i], warned, array) : add(st, &list.at[i], array);
	if (r < 0)
		return r;
	*ret = take_ptr(array);
	return 0;
}

int wv__incidents_list(struct wv_station *st, struct wv_doc **ret)
{
	return rows(st, NULL, ret);
}

int wv__incidents_due(struct wv_station *st, bool warn, struct wv_doc **ret)
{
	return rows(st, &(struct warned){ .wanted = warn }, ret);
}
