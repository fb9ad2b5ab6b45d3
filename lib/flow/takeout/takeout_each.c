/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout_each.c - all take-outs of a ledger, and the one of a volume
 */
#include <stdio.h>
#include <string.h>

#include "takeout.h"
#include "takeout_fold.h"

/*
 * In the order in which they were declared, WINDOW at a time: one reading of the ledger for
 * each window, whatever it holds, and memory for no more than that.
 */
#define WINDOW 1024
#define PLACES (4 * WINDOW) /* of the table that finds one by its id; a power of two */

struct window {
	struct wv_station *st;
	char (*closed)[37]; /* sorted; not these */
	size_t n_closed;
	struct wv__takeout *at[WINDOW];
	uint16_t places[PLACES]; /* 1 + the index into at; 0: free */
	size_t n;
	uint64_t from, seen; /* the first that is in it; how many the ledger has */
};

static void window_clear(struct window *w)
{
	for (size_t i = 0; i < w->n; i++)
		wv__takeout_free(w->at[i]);
	memset(w->places, 0, sizeof(w->places));
	w->n = 0;
	w->seen = 0;
}

static void window_freep(struct window **w)
{
	if (*w) {
		window_clear(*w);
		free((*w)->closed);
	}
	free(*w);
}

/* Where this one is, or would be. */
static uint16_t *place_of(struct window *w, const char *id)
{
	size_t i = 5381;

	for (const char *c = id; *c; c++)
		i = i * 33 + (unsigned char)*c;
	for (i %= PLACES; w->places[i]; i = (i + 1) % PLACES)
		if (strcmp(w->at[w->places[i] - 1]->id, id) == 0)
			break;
	return &w->places[i];
}

static bool begins(const char *kind)
{
	return strcmp(kind, wv__step_kind(WV__STEP_DECLARED)) == 0 ||
	       strcmp(kind, wv__step_kind(WV__STEP_CARRIED)) == 0;
}

static int see(void *data, struct wv_doc *record)
{
	struct window *w = data;
	const char *kind = wv_doc_str(record, "kind"), *id = wv_doc_str(record, "takeout");
	uint16_t *place;
	int r;

	if (!kind || !id)
		return 0;
	place = place_of(w, id);
	if (!*place && begins(kind) && w->seen++ >= w->from && w->n < WINDOW) {
		r = wv__takeout_alloc(w->st, id, &w->at[w->n]);
		if (r < 0)
			return r;
		*place = (uint16_t)++w->n;
	}
	return *place ? wv__takeout_fold(w->at[*place - 1], record) : 0;
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A closed take-out stays so: nothing may follow. */
static int see_closed(void *data, struct wv_doc *record)
{
	struct window *w = data;
	const char *id = wv_doc_str(record, "takeout");
	void *grown;

	if (!id)
		return 0;
	if ((w->n_closed & (w->n_closed - 1)) == 0) { /* 0, or a power of two: it is full */
		grown = reallocarray(w->closed, w->n_closed ? 2 * w->n_closed : 1, sizeof(*w->closed));
		if (!grown)
			return wv__fail_memory(w->st->ctx);
		w->closed = grown;
	}
	snprintf(w->closed[w->n_closed++], sizeof(*w->closed), "%s", id);
	return 0;
}

static int find_closed(struct window *w)
{
	const int r = wv__ledger_each_kind(w->st->ctx, w->st->ledger, wv__step_kind(WV__STEP_CLOSED), see_closed, w);

	if (r == 0 && w->n_closed)
		qsort(w->closed, w->n_closed, sizeof(*w->closed), compare_ids);
	return r;
}

static bool is_wanted(void *data, const char *takeout)
{
	const struct window *w = data;

	return !w->n_closed || !bsearch(takeout, w->closed, w->n_closed, sizeof(*w->closed), compare_ids);
}

static int each(struct wv_station *st, bool closed_too, wv__takeout_fn fn, void *data)
{
	cleanup(window_freep) struct window *w = calloc(1, sizeof(*w));
	int r = 0;

	if (!w)
		return wv__fail_memory(st->ctx);
	w->st = st;
	if (!closed_too)
		r = find_closed(w);
	if (r < 0)
		return r;
	do {
		window_clear(w);
		r = wv__ledger_each_of(st->ctx, st->ledger, is_wanted, see, w);
		for (size_t i = 0; r == 0 && i < w->n; i++)
			r = fn(data, w->at[i]);
		w->from += WINDOW;
	} while (r == 0 && w->seen > w->from);
	return r;
}

int wv__takeout_each(struct wv_station *st, wv__takeout_fn fn, void *data)
{
	return each(st, true, fn, data);
}

int wv__takeout_each_unfinished(struct wv_station *st, wv__takeout_fn fn, void *data)
{
	return each(st, false, fn, data);
}

struct by_volume {
	const char *uuid;
	char id[37];
};

static int match_volume(void *data, struct wv_doc *record)
{
	struct by_volume *want = data;
	const char *uuid = wv_doc_str(wv_doc_get(record, "body"), "volume");
	const char *id = wv_doc_str(record, "takeout");

	if (uuid && id && strcmp(uuid, want->uuid) == 0)
		snprintf(want->id, sizeof(want->id), "%s", id);
	return 0;
}

/* Asked often, and before anything is done: only the records that name a volume are parsed. */
int wv__takeout_by_volume(struct wv_station *st, const char *uuid, struct wv__takeout **ret)
{
	static const enum wv__step naming[] = { WV__STEP_PROVISIONING, WV__STEP_PREPARED, WV__STEP_CARRIED };
	cleanup_takeout struct wv__takeout *t = NULL;
	struct by_volume want = { .uuid = uuid };
	const char *volume;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(naming); i++)
		r = wv__ledger_each_kind(st->ctx, st->ledger, wv__step_kind(naming[i]), match_volume, &want);
	if (r == 0 && *want.id)
		r = wv__takeout_load(st, want.id, &t);
	if (r < 0)
		return r;
	volume = t ? wv__takeout_volume(t) : NULL;
	if (!volume || strcmp(volume, uuid) != 0) /* one that was abandoned, and perhaps made anew */
		return wv__fail(st->ctx, -ENOENT, "the ledger knows no volume %s", uuid);
	*ret = take_ptr(t);
	return 0;
}

int wv__takeout_abandoned(struct wv_station *st, const char *uuid)
{
	struct by_volume want = { .uuid = uuid };
	const int r = wv__ledger_each_kind(st->ctx, st->ledger, wv__step_kind(WV__STEP_ABANDONED), match_volume, &want);

	return r < 0 ? r : *want.id != '\0';
}
