/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forms.c - what the client is handed of the registers: where data is kept, what changed
 * of that since he was told, what was given back to him
 */
#include <string.h>

#include "registers.h"
#include "../../base/clock.h"

#define DAY_SECONDS UINT64_C(86400)

struct form {
	struct wv_ctx *ctx;
	struct wv__registers list;
	const char *const *names; /* return: of these alone; NULL: all */
	const char *since;        /* as it was given; NULL: what was not told yet */
	uint64_t since_time;
	struct wv_doc *rows, *outstanding; /* arrays */
};

static void form_clear(struct form *f)
{
	wv__registers_clear(&f->list);
	wv_doc_free(f->rows);
	wv_doc_free(f->outstanding);
}

static bool says(struct wv_doc *doc, const char *key, const char *what)
{
	const char *text = wv_doc_str(doc, key);

	return text && what && strcmp(text, what) == 0;
}

static const char *field(struct wv_doc *row, const char *key)
{
	return wv_doc_str(wv_doc_get(row, "fields"), key);
}

static uint64_t time_of(struct wv_doc *row, const char *key)
{
	const char *text = wv_doc_str(row, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : 0;
}

/* The last entry that says on which day the client was told of it; NULL: there is none. */
static struct wv_doc *last_told(const struct form *f)
{
	for (size_t i = wv_doc_count(f->list.rows); i-- > 0;) {
		struct wv_doc *row = wv_doc_at(f->list.rows, i);

		if (says(row, "register", "storage") && field(row, "notified"))
			return row;
	}
	return NULL;
}

/* ---- where data is kept --------------------------------------------------------------- */

static int storage(struct form *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(f->list.rows); i++) {
		struct wv_doc *row = wv_doc_at(f->list.rows, i);

		if (says(row, "register", "storage") && says(row, "state", "current"))
			r = wv__doc_append_row(f->ctx, f->rows, M_U64("entry", wv_doc_u64(row, "entry")),
					       M_STR("name", wv_doc_str(row, "name")), M_STR("place", field(row, "place")),
					       M_STR("provider", field(row, "provider")),
					       M_STR("entered", wv_doc_str(row, "entered")),
					       M_STR("notified", field(row, "notified")));
	}
	return r;
}

/* ---- what changed of it ----------------------------------------------------------------- */

/*
 * What was in force before an entry: the one that it superseded, or of what the client knows the one that
 * he was told of. NULL: it is the first of its name, or the one before had ended.
 */
static struct wv_doc *before_of(const struct form *f, struct wv_doc *row)
{
	for (size_t i = wv_doc_count(f->list.rows); i-- > 0;) {
		struct wv_doc *before = wv_doc_at(f->list.rows, i);

		if (wv_doc_u64(before, "entry") >= wv_doc_u64(row, "entry") || !says(before, "register", "storage") ||
		    !says(before, "name", wv_doc_str(row, "name")))
			continue;
		if (!says(before, "state", "superseded"))
			return NULL;
		if (f->since || field(before, "notified"))
			return before;
	}
	return NULL;
}

/* An entry with the day on which the client was told is told; so is one in whose place such a one came. */
static bool is_new(const struct form *f, struct wv_doc *row)
{
	return f->since ? time_of(row, "entered") >= f->since_time :
			  !field(row, "notified") && !says(row, "state", "superseded");
}

/* Whoever tells the client of a place tells of what has ended by then, too. */
static bool is_over(const struct form *f, struct wv_doc *row, struct wv_doc *told)
{
	return says(row, "state", "ended") && (f->since ? time_of(row, "ended") >= f->since_time :
							  wv_doc_u64(row, "ended_by") > wv_doc_u64(told, "entry"));
}

static int add_change(struct form *f, const char *kind, struct wv_doc *row, struct wv_doc *before, struct wv_doc *after,
		      const char *when)
{
	return wv__doc_append_row(f->ctx, f->rows, M_STR("kind", kind), M_STR("name", wv_doc_str(row, "name")),
				  M_STR("place_before", field(before, "place")),
				  M_STR("provider_before", field(before, "provider")),
				  M_STR("place", field(after, "place")), M_STR("provider", field(after, "provider")),
				  M_STR("when", when),
				  M_STR("text", after ? NULL : wv_doc_str(row, "text")));
}

static int change(struct form *f)
{
	struct wv_doc *told = last_told(f);
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(f->list.rows); i++) {
		struct wv_doc *row = wv_doc_at(f->list.rows, i), *before;

		if (!says(row, "register", "storage"))
			continue;
		before = before_of(f, row);
		if (is_new(f, row))
			r = add_change(f, before ? "changed" : "entered", row, before, row, wv_doc_str(row, "entered"));
		if (r == 0 && is_over(f, row, told))
			r = add_change(f, "ended", row, row, NULL, wv_doc_str(row, "ended"));
	}
	return r;
}

/* ---- what was given back ------------------------------------------------------------------ */

static bool is_wanted(const struct form *f, struct wv_doc *row)
{
	const char *const *name = f->names;

	if (!says(row, "register", "asset"))
		return false;
	for (; name && *name; name++)
		if (says(row, "name", *name))
			return true;
	return !f->names || !*f->names;
}

static int given_back(struct form *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(f->list.rows); i++) {
		struct wv_doc *row = wv_doc_at(f->list.rows, i);
		const bool back = says(row, "state", "ended") && time_of(row, "ended") >= f->since_time;

		if (is_wanted(f, row) && (back || says(row, "state", "current")))
			r = wv__doc_append_row(f->ctx, back ? f->rows : f->outstanding,
					       M_U64("entry", wv_doc_u64(row, "entry")), M_STR("name", wv_doc_str(row, "name")),
					       M_STR("from", field(row, "from")), M_STR("received", field(row, "received")),
					       M_STR("due", field(row, "due")), M_STR("ended", wv_doc_str(row, "ended")),
					       M_STR("text", wv_doc_str(row, "text")));
	}
	return r < 0 || !f->names || !*f->names || wv_doc_count(f->rows) + wv_doc_count(f->outstanding) ? r :
		wv__fail(f->ctx, -ENOENT, "the register asset has no %s", *f->names);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*fill)(struct form *f);
} forms[] = { { "storage", storage }, { "change", change }, { "return", given_back } };

static int fill(struct wv_station *st, struct form *f, const char *name)
{
	int r = wv__registers_read(st, &f->list);

	if (r == 0)
		r = wv__doc_array(st->ctx, &f->rows);
	if (r == 0)
		r = wv__doc_array(st->ctx, &f->outstanding);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return forms[i].fill(f);
	return r < 0 ? r : wv__fail(st->ctx, -EINVAL, "there is no form %s: they are storage, change, return", name);
}

static int document(struct wv_station *st, const struct form *f, const char *name, struct wv_doc **ret)
{
	const struct wv__policy *policy = st->policy;
	const bool returns = strcmp(name, "return") == 0;
	struct wv_doc *told = returns ? NULL : last_told(f);
	char created[WV_TIME_TEXT];

	wv__time_format(wv__now(), created);
	return wv__doc_build(st->ctx, ret, M_STR("type", "form"), M_U64("v", 1), M_STR("form", name),
			     M_BOOL("lab", policy->lab), M_STR("created", created), M_STR("station", policy->station),
			     M_STR("client", policy->client), M_STR("contact", policy->contact), M_STR("since", f->since),
			     M_STR("last_told", told ? field(told, "notified") : NULL), M_DOC("rows", f->rows),
			     M_OPT_DOC("outstanding", returns ? f->outstanding : NULL));
}

/* That a form was made is on record; that it was handed over is said by an entry's notified= . */
static int make(struct wv_station *st, struct form *f, const char *name, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *body = NULL, *doc = NULL;
	struct wv__door door;
	int r = fill(st, f, name);

	if (r == 0)
		r = document(st, f, name, &doc);
	if (r == 0)
		r = wv__doc_build(st->ctx, &body, M_STR("form", name), M_STR("since", f->since));
	if (r == 0)
		r = wv__door_enter(&door, st, "register", NULL, body);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, 0, NULL);
	if (r == 0)
		*ret = take_ptr(doc);
	return r;
}

WV_API int wv_flow_register_form(struct wv_station *st, const char *form, const char *since, const char *const *names,
				 struct wv_doc **ret_form)
{
	cleanup(form_clear) struct form f = { .ctx = st->ctx, .since = since, .names = names };

	if (since && wv__date_parse(since, &f.since_time) < 0)
		return wv__fail(st->ctx, -EINVAL, "%s is no date: write it as 2026-11-25", since);
	if (since && strlen(since) == strlen("YYYY-MM-DD"))
		f.since_time -= DAY_SECONDS - 1; /* its first second */
	return make(st, &f, form, ret_form);
}
