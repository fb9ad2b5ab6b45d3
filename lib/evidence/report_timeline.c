/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_timeline.c - the take-outs of a period as bars, a row for each holder
 *
 * The rows are pictures of their own, so that a page break does not cut one. Places
 * along the period are per cent: it fits any width.
 */
#include <stdio.h>
#include <string.h>

#include "report_html.h"
#include "../base/clock.h"

#define LANE 14    /* high, in pixels */
#define BAR 6
#define LATE_BAR 12 /* what is late is thicker, not only of another colour */
#define SLICES 4   /* of the period, between the lines */

struct trip {
	const char *holder, *takeout;
	uint64_t out, due, back; /* back 0: not yet */
	size_t lane;
};

struct timeline {
	struct wv__markup *m;
	uint64_t from, to;
	struct trip *trips; /* by holder, then by when they went */
	size_t n;
};

static uint64_t time_of(struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : 0;
}

static int compare(const void *a, const void *b)
{
	const struct trip *x = a, *y = b;
	const int by_holder = strcmp(x->holder, y->holder);

	return by_holder ? by_holder : (x->out > y->out) - (x->out < y->out);
}

/* Those that went out; the others have no bar. */
static void collect(struct timeline *t, struct wv_doc *rows)
{
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		const char *holder = wv_doc_str(row, "holder"), *takeout = wv_doc_str(row, "takeout");
		const uint64_t out = time_of(row, "out");

		if (out)
			t->trips[t->n++] = (struct trip){
				.holder = holder ? holder : "-", .takeout = takeout ? takeout : "-", .out = out,
				.due = time_of(row, "due"), .back = time_of(row, "keys_destroyed"),
			};
	}
	if (t->n)
		qsort(t->trips, t->n, sizeof(*t->trips), compare);
}

static double place(const struct timeline *t, uint64_t when)
{
	const uint64_t inside = MIN(MAX(when, t->from), t->to) - t->from;

	return t->to > t->from ? (double)inside * 100 / (double)(t->to - t->from) : 0;
}

static uint64_t end_of(const struct timeline *t, const struct trip *trip)
{
	return trip->back ? trip->back : MAX(t->to, trip->out);
}

static bool is_late(const struct timeline *t, const struct trip *trip)
{
	return trip->due && end_of(t, trip) > trip->due;
}

/* Trips of one holder that overlap lie below each other. Return: how many lanes they need. */
static size_t lay_out(const struct timeline *t, struct trip *trips, size_t n)
{
	size_t lanes = 0;

	for (size_t i = 0; i < n; i++) {
		size_t lane = 0;

		for (size_t k = 0; k < i; k++)
			if (trips[k].lane == lane && end_of(t, &trips[k]) >= trips[i].out) {
				lane++;
				k = (size_t)-1; /* look at all of them again */
			}
		trips[i].lane = lane;
		lanes = MAX(lanes, lane + 1);
	}
	return lanes;
}

static void put_bar(struct timeline *t, const char *class, uint64_t from, uint64_t to, size_t lane, int high)
{
	const double x = place(t, from), wide = place(t, to) - x;

	/* An hour of a year would be no pixel wide: its outline has one. */
	wv__markup(t->m, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%zu\" width=\"%.3f%%\" height=\"%d\"/>", class, x,
		   lane * LANE + (LANE - high) / 2, wide > 0.2 ? wide : 0.2, high);
}

static void put_day(struct timeline *t, const char *word, uint64_t when)
{
	char text[WV_TIME_TEXT];

	wv__time_format(when, text);
	wv__markup(t->m, "%s %.10s", word, text);
}

static void put_trip(struct timeline *t, const struct trip *trip)
{
	const bool late = is_late(t, trip);
	const uint64_t end = end_of(t, trip);

	wv__markup(t->m, "<g><title>");
	wv__markup_text(t->m, trip->takeout);
	put_day(t, ": out", trip->out);
	if (trip->due)
		put_day(t, ", due", trip->due);
	if (trip->back)
		put_day(t, ", keys destroyed", trip->back);
	else
		wv__markup(t->m, ", not back");
	wv__markup(t->m, "</title>");
	put_bar(t, trip->back ? "bar" : "bar open", trip->out, late ? MAX(trip->due, trip->out) : end, trip->lane, BAR);
	if (late)
		put_bar(t, trip->back ? "late" : "late open", MAX(trip->due, trip->out), end, trip->lane, LATE_BAR);
	wv__markup(t->m, "</g>\n");
}

static void put_lines(struct timeline *t, int high)
{
	for (int i = 0; i <= SLICES; i++)
		wv__markup(t->m, "<line x1=\"%d%%\" x2=\"%d%%\" y1=\"0\" y2=\"%d\"/>", i * 100 / SLICES,
			   i * 100 / SLICES, high);
}

static void put_row(struct timeline *t, struct trip *trips, size_t n)
{
	const int high = (int)lay_out(t, trips, n) * LANE;
	size_t late = 0, away = 0;

	for (size_t i = 0; i < n; i++) {
		late += is_late(t, &trips[i]);
		away += !trips[i].back;
	}
	wv__markup(t->m, "<tr><th scope=\"row\">");
	wv__markup_text(t->m, trips->holder);
	wv__markup(t->m, "</th><td><svg role=\"img\" width=\"100%%\" height=\"%d\" aria-label=\"%zu take-out%s, %zu late, "
			 "%zu not back\">\n", high, n, n == 1 ? "" : "s", late, away);
	put_lines(t, high);
	for (size_t i = 0; i < n; i++)
		put_trip(t, &trips[i]);
	wv__markup(t->m, "</svg></td></tr>\n");
}

static void put_axis(struct timeline *t)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	const bool days = t->to - t->from > 3 * 86400;

	wv__markup(t->m, "<svg class=\"axis\" role=\"img\" width=\"100%%\" height=\"18\" aria-label=\"the period, from left to right\">");
	for (unsigned int i = 0; i < ARRAY_SIZE(anchors); i++) {
		char text[WV_TIME_TEXT];

		wv__time_format(t->from + (t->to - t->from) / 2 * i, text);
		if (text[10] == 'T')
			text[10] = ' ';
		wv__markup(t->m, "<text x=\"%u%%\" y=\"13\" text-anchor=\"%s\">%.*s</text>", i * 50, anchors[i],
			   days ? 10 : 11, days ? text : text + 5);
	}
	wv__markup(t->m, "</svg>");
}

static void put_key(struct timeline *t)
{
	static const struct {
		const char *class;
		int high;
		const char *text;
	} rows[] = {
		{ "bar", BAR, "out, until the keys were destroyed" },
		{ "late", LATE_BAR, "past the day it was due" },
		{ "bar open", BAR, "outlined: not back at the end of the period" },
	};

	wv__markup(t->m, "<ul class=\"key\">");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		wv__markup(t->m, "<li><svg aria-hidden=\"true\" width=\"28\" height=\"%d\"><rect class=\"%s\" x=\"1\" "
				 "y=\"%d\" width=\"26\" height=\"%d\"/></svg> %s</li>\n", LANE, rows[i].class,
			   (LANE - rows[i].high) / 2, rows[i].high, rows[i].text);
	wv__markup(t->m, "</ul>\n");
}

int wv__report_timeline(struct wv_ctx *ctx, struct wv__markup *m, struct wv_doc *report)
{
	struct wv_doc *rows = wv_doc_get(report, "takeouts");
	struct timeline t = { .m = m, .from = time_of(report, "from"), .to = time_of(report, "to") };
	cleanup_free struct trip *trips = calloc(wv_doc_count(rows) + 1, sizeof(*trips));

	if (!trips)
		return wv__fail_memory(ctx);
	t.trips = trips;
	collect(&t, rows);
	if (!t.n) {
		wv__markup(m, "<p>Nothing was out in this period.</p>\n");
		return 0;
	}
	put_key(&t);
	wv__markup(m, "<table class=\"timeline\"><caption>When each holder had something out; times are UTC</caption>\n"
		      "<thead><tr><th scope=\"col\">Holder</th><th scope=\"col\">");
	put_axis(&t);
	wv__markup(m, "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, k; i < t.n; i = k) {
		for (k = i + 1; k < t.n && strcmp(trips[k].holder, trips[i].holder) == 0; k++)
			;
		put_row(&t, trips + i, k - i);
	}
	wv__markup(m, "</tbody></table>\n");
	return 0;
}
