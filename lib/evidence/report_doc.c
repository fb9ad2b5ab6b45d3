/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_doc.c - what the fold found, as one document
 */
#include <string.h>

#include "report_fold.h"
#include "../base/clock.h"

/* ---- what only the end of the period tells --------------------------------------------- */

static uint64_t horizon(const struct wv__report *report)
{
	return MIN(report->to, report->now);
}

/* Back too late within the period, or not back at its end. */
static int overdue(struct wv__report *report, const struct wv__trip *trip)
{
	const char *holder = trip->holder ? trip->holder : "its holder";
	char due[WV_TIME_TEXT], back[WV_TIME_TEXT];
	const bool late = trip->back && trip->back > trip->due && trip->back >= report->from;
	const bool out = !trip->back && trip->due < horizon(report);

	if (!trip->prepared || !trip->due || (!late && !out))
		return 0;
	wv__time_format(trip->due, due);
	wv__time_format(trip->back, back);
	return wv__report_found(report, WV__OVERDUE,
				late ? wv__printf("%s: due %s, its keys destroyed %s", holder, due, back) :
				       wv__printf("%s: due %s, not back", holder, due),
				trip->id, trip->first, trip->last > trip->first ? trip->last : 0);
}

static int add_trip(struct wv__report *report, const struct wv__trip *trip, struct wv_doc *rows)
{
	char due[WV_TIME_TEXT], out[WV_TIME_TEXT], back[WV_TIME_TEXT], closed[WV_TIME_TEXT];

	if (!trip->in_period)
		return 0;
	wv__time_format(trip->due, due);
	wv__time_format(trip->out, out);
	wv__time_format(trip->back, back);
	wv__time_format(trip->closed, closed);
	return wv__doc_append_row(report->ctx, rows, M_STR("takeout", trip->id),
				  M_STR("volume", *trip->volume ? trip->volume : NULL),
				  M_STR("holder", trip->holder), M_STR("due", trip->due ? due : NULL),
				  M_STR("out", trip->out ? out : NULL),
				  M_STR("keys_destroyed", trip->back ? back : NULL),
				  M_STR("closed", trip->closed ? closed : NULL),
				  M_U64("first", trip->first), M_U64("last", trip->last));
}

static int takeouts(struct wv__report *report, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *rows = NULL;
	int r = wv__doc_array(report->ctx, &rows);

	for (size_t i = 0; r == 0 && i < report->trips_n; i++)
		r = add_trip(report, report->trips[i], rows);
	if (r == 0)
		*ret = take_ptr(rows);
	return r;
}

static int overrun(struct wv__report *report, const struct wv__clock *clock)
{
	char deadline[WV_TIME_TEXT];
	const bool ended = clock->told ? clock->told >= report->from : true;

	if (clock->deadline > horizon(report) || !ended ||
	    (clock->told && clock->told <= clock->deadline))
		return 0;
	if (!clock->told && clock->closed && clock->deadline < report->from)
		return 0;
	wv__time_format(clock->deadline, deadline);
	return wv__report_found(report, WV__OVERRUN,
				clock->told ? wv__printf("the client was told %" PRIu64 " minutes after %s",
							 (clock->told - clock->deadline + 59) / 60, deadline) :
					      wv__printf("the client was to be told by %s, and was not", deadline),
				clock->takeout, clock->seq, clock->told_seq);
}

int wv__report_conclude(struct wv__report *report)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < report->trips_n; i++)
		r = overdue(report, report->trips[i]);
	for (size_t i = 0; r == 0 && i < report->clocks_n; i++)
		r = overrun(report, &report->clocks[i]);
	for (size_t i = 0; r == 0 && i < report->begun_n; i++) {
		const struct wv__begun *begun = &report->begun[i];

		if (begun->time >= report->from)
			r = wv__report_found(report, WV__UNFINISHED,
					     wv__printf("%s: killed, or still running", begun->op),
					     begun->takeout, begun->seq, 0);
	}
	return r;
}

int wv__report_roster(struct wv__report *report, const char *digest)
{
	if (!*report->roster || strcmp(report->roster, digest) == 0 || report->to < report->now)
		return 0;
	return wv__report_found(report, WV__ROSTER_CHANGED,
				wv__printf("the roster is another than in the last record of it, SHA-256 %s", digest),
				NULL, report->roster_seq, 0);
}

/* ---- the document -------------------------------------------------------------------------- */

static int numbers(struct wv_ctx *ctx, const struct wv__seqs *seqs, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r = wv__doc_array(ctx, &array);

	for (size_t i = 0; r == 0 && i < seqs->n; i++)
		r = wv__doc_append_u64(ctx, array, seqs->at[i]);
	if (r == 0)
		*ret = take_ptr(array);
	return r;
}

static int add_found(struct wv__report *report, const struct wv__found *found, struct wv_doc *rows)
{
	const struct wv__exception_row *row = &wv__exceptions[found->what];
	cleanup_doc struct wv_doc *records = NULL;
	const int r = numbers(report->ctx, &found->records, &records);

	if (r < 0)
		return r;
	return wv__doc_append_row(report->ctx, rows, M_STR("kind", row->name), M_STR("title", row->title),
				  M_STR("clause", row->clause), M_STR("sentence", found->sentence),
				  M_STR("takeout", *found->takeout ? found->takeout : NULL),
				  M_DOC("records", records));
}

static int exceptions(struct wv__report *report, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *rows = NULL;
	int r = wv__doc_array(report->ctx, &rows);

	for (int what = 0; r == 0 && what < WV__EXCEPTIONS; what++)
		for (size_t i = 0; r == 0 && i < report->found_n; i++)
			if ((int)report->found[i].what == what)
				r = add_found(report, &report->found[i], rows);
	if (r == 0)
		*ret = take_ptr(rows);
	return r;
}

static int deeds_of(struct wv__report *report, const char *clause, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *rows = NULL;
	int r = wv__doc_array(report->ctx, &rows);

	for (size_t i = 0; r == 0 && i < WV__DEEDS; i++) {
		cleanup_doc struct wv_doc *records = NULL;

		if (strcmp(wv__deeds[i].clause, clause) != 0)
			continue;
		r = numbers(report->ctx, &report->deeds[i], &records);
		if (r == 0)
			r = wv__doc_append_row(report->ctx, rows, M_STR("what", wv__deeds[i].what),
					       M_STR("kind", wv__deeds[i].kind),
					       M_U64("count", report->deeds[i].n),
					       M_DOC("records", records));
	}
	if (r == 0)
		*ret = take_ptr(rows);
	return r;
}

static int clauses(struct wv__report *report, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *rows = NULL;
	int r = wv__doc_array(report->ctx, &rows);

	for (size_t i = 0; r == 0 && i < wv__clauses_count; i++) {
		cleanup_doc struct wv_doc *done = NULL;

		r = deeds_of(report, wv__clauses[i].id, &done);
		if (r == 0)
			r = wv__doc_append_row(report->ctx, rows, M_STR("clause", wv__clauses[i].id),
					       M_STR("obliges", wv__clauses[i].obliges),
					       M_STR("note", wv__clauses[i].note), M_DOC("done", done));
	}
	if (r == 0)
		*ret = take_ptr(rows);
	return r;
}

int wv__report_build(struct wv__report *report, struct wv_doc *head, struct wv_doc **ret)
{
	struct wv_ctx *ctx = report->ctx;
	cleanup_doc struct wv_doc *found = NULL;
	cleanup_doc struct wv_doc *rows = NULL;
	cleanup_doc struct wv_doc *trips = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	char from[WV_TIME_TEXT], to[WV_TIME_TEXT];
	int r;

	r = wv__report_conclude(report);
	if (r == 0)
		r = exceptions(report, &found);
	if (r == 0)
		r = clauses(report, &rows);
	if (r == 0)
		r = takeouts(report, &trips);
	if (r < 0)
		return r;
	wv__time_format(report->from, from);
	wv__time_format(report->to, to);
	r = wv__doc_copy(ctx, head, &doc);
	if (r == 0)
		r = wv__doc_set(ctx, doc, M_U64("v", 1), M_STR("type", "report"), M_STR("from", from),
				M_STR("to", to), M_U64("counted", report->counted),
				M_U64("first", report->first), M_U64("last", report->last),
				M_DOC("exceptions", found), M_DOC("clauses", rows),
				M_DOC("takeouts", trips));
	if (r == 0)
		*ret = take_ptr(doc);
	return r;
}
