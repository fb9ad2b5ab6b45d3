/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout_list.c - workvol list: volumes, holders, due dates, states
 */
#include "request.h"
#include "../station/chains.h"
#include "../../base/clock.h"

struct listing {
	struct wv_station *st;
	struct wv_doc *array;
	const char *station; /* whose; NULL: our own, which is not said */
	bool overdue_only;
};

/* Something is still out there that has to come back. */
static bool is_due(const struct wv__takeout *t)
{
	return t->state >= WV__PREPARED && t->state != WV__CLOSED && t->state != WV__CERTIFIED &&
	       t->state != WV__WIPED && t->state != WV__KEYS_DESTROYED;
}

/* Nothing came of it, and nothing can: its request expired before a medium was touched. */
static bool is_over(const struct wv__takeout *t)
{
	return (t->state == WV__DECLARED || t->state == WV__APPROVED) &&
	       !t->body[WV__STEP_PROVISIONING] && wv__request_expired(t);
}

static int add(void *data, struct wv__takeout *t)
{
	struct listing *listing = data;
	const enum wv__step first = t->body[WV__STEP_DECLARED] ? WV__STEP_DECLARED :
								 WV__STEP_CARRIED;
	struct wv_doc *target = wv_doc_get(t->body[first], "target");
	struct wv_doc *holder = wv_doc_get(t->body[first], "holder");
	const char *due = wv__takeout_str(t, first, "due");
	cleanup_doc struct wv_doc *row = NULL;
	uint64_t when;
	bool overdue;
	int r;

	overdue = is_due(t) && due && wv__time_parse(due, &when) == 0 && when < wv__now();
	if ((listing->overdue_only && !overdue) || is_over(t))
		return 0;
	r = wv__doc_build(t->st->ctx, &row, M_OPT_STR("station", listing->station),
			  M_STR("takeout", t->id),
			  M_STR("volume", wv__takeout_volume(t)),
			  M_PATH("target", target ? wv_doc_str(target, "path") : NULL),
			  M_STR("state", wv__state_name(t->state)),
			  M_STR("holder", holder ? wv_doc_str(holder, "name") : NULL),
			  M_STR("due", due), M_BOOL("overdue", overdue));
	return r < 0 ? r : wv__doc_append(t->st->ctx, listing->array, row);
}

static int list_own(struct listing *listing)
{
	return wv__takeout_each(listing->st, add, listing);
}

/* Of another station its ledger is read, and nothing else: its papers are not here. */
static int list_chain(void *data, const char *name, struct wv__ledger *ledger)
{
	struct listing *listing = data;
	struct wv_station other = *listing->st;

	other.ledger = ledger;
	listing->station = name;
	return wv__takeout_each(&other, add, listing);
}

static int list_all(struct listing *listing)
{
	return wv__chains(listing->st, NULL, list_chain, listing);
}

static int list(struct wv_station *st, int overdue_only, int (*walk)(struct listing *listing),
		struct wv_doc **ret_volumes)
{
	cleanup_doc struct wv_doc *array = NULL;
	struct listing listing = { .st = st, .overdue_only = overdue_only };
	int r;

	r = wv__doc_array(st->ctx, &array);
	if (r < 0)
		return r;
	listing.array = array;
	r = walk(&listing);
	if (r < 0)
		return r;
	*ret_volumes = take_ptr(array);
	return 0;
}

WV_API int wv_flow_list(struct wv_station *st, int overdue_only, struct wv_doc **ret_volumes)
{
	return list(st, overdue_only, list_own, ret_volumes);
}

WV_API int wv_flow_list_stations(struct wv_station *st, int overdue_only, struct wv_doc **ret_volumes)
{
	return list(st, overdue_only, list_all, ret_volumes);
}
