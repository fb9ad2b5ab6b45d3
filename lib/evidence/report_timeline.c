/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_timeline.c - the take-outs of a period as bars, a row for each holder
 *
 * The rows are pictures of their own, so that a page break does not cut one. Places
 * along the period are per cent: it fits any width.
 */
#include "report_html.h"
#include "timeline.h"
#include "../base/clock.h"

#define LANE 14     /* high, in pixels */
#define BAR 6
#define LATE_BAR 12 /* what is late is thicker, not only of another colour */
#define SLICES 4    /* of the period, between the lines */

static void put_bar(struct wv__markup *m, const struct wv__timeline *t, const char *class, uint64_t from, uint64_t to,
		    size_t lane, int high)
{
	const double x = 100 * wv__timeline_place(t, from), wide = 100 * wv__timeline_place(t, to) - x;

	/* An hour of a year would be no pixel wide: its outline has one. */
	wv__markup(m, "<rect class=\"%s\" x=\"%.3f%%\" y=\"%zu\" width=\"%.3f%%\" height=\"%d\"/>", class, x,
		   lane * LANE + (LANE - high) / 2, MAX(wide, 0.2), high);
}

static void put_day(struct wv__markup *m, const char *word, uint64_t when)
{
	char text[WV_TIME_TEXT];

	wv__time_format(when, text);
	wv__markup_wordsf(m, "%s %.10s", word, text);
}

static void put_trip(struct wv__markup *m, const struct wv__timeline *t, const struct wv__bar *bar)
{
	wv__markup(m, "<g><title>");
	wv__markup_text(m, bar->takeout);
	wv__markup(m, ": ");
	put_day(m, "out", bar->out);
	if (bar->due) {
		wv__markup(m, ", ");
		put_day(m, "due", bar->due);
	}
	wv__markup(m, ", ");
	if (bar->back)
		put_day(m, "keys destroyed", bar->back);
	else
		wv__markup_words(m, "not back");
	wv__markup(m, "</title>");
	put_bar(m, t, bar->back ? "bar" : "bar open", bar->out, bar->late ? bar->late : bar->end, bar->lane, BAR);
	if (bar->late)
		put_bar(m, t, bar->back ? "late" : "late open", bar->late, bar->end, bar->lane, LATE_BAR);
	wv__markup(m, "</g>\n");
}

static void put_row(struct wv__markup *m, const struct wv__timeline *t, size_t first, size_t end, size_t lanes)
{
	const int high = (int)lanes * LANE;
	size_t late = 0, away = 0;

	for (size_t i = first; i < end; i++) {
		late += t->bars[i].late != 0;
		away += !t->bars[i].back;
	}
	wv__markup(m, "<tr><th scope=\"row\">");
	wv__markup_text(m, t->bars[first].holder);
	wv__markup(m, "</th><td><svg role=\"img\" width=\"100%%\" height=\"%d\" aria-label=\"", high);
	wv__markup_wordsf(m, "%zu take-out%s, %zu late, %zu not back", end - first, end - first == 1 ? "" : "s", late, away);
	wv__markup(m, "\">\n");
	for (int i = 0; i <= SLICES; i++)
		wv__markup(m, "<line x1=\"%d%%\" x2=\"%d%%\" y1=\"0\" y2=\"%d\"/>", i * 100 / SLICES, i * 100 / SLICES, high);
	for (size_t i = first; i < end; i++)
		put_trip(m, t, &t->bars[i]);
	wv__markup(m, "</svg></td></tr>\n");
}

static void put_axis(struct wv__markup *m, const struct wv__timeline *t)
{
	static const char *const anchors[] = { "start", "middle", "end" };

	wv__markup(m, "<svg class=\"axis\" role=\"img\" width=\"100%%\" height=\"18\" aria-label=\"");
	wv__markup_words(m, "the period, from left to right");
	wv__markup(m, "\">");
	for (unsigned int i = 0; i < ARRAY_SIZE(anchors); i++) {
		char text[12];

		wv__timeline_label(t, i, text);
		wv__markup(m, "<text x=\"%u%%\" y=\"13\" text-anchor=\"%s\">%s</text>", i * 50, anchors[i], text);
	}
	wv__markup(m, "</svg>");
}

static void put_key(struct wv__markup *m)
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

	wv__markup(m, "<ul class=\"key\">");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		wv__markup(m, "<li><svg aria-hidden=\"true\" width=\"28\" height=\"%d\"><rect class=\"%s\" x=\"1\" "
			      "y=\"%d\" width=\"26\" height=\"%d\"/></svg> ", LANE, rows[i].class,
			   (LANE - rows[i].high) / 2, rows[i].high);
		wv__markup_words(m, rows[i].text);
		wv__markup(m, "</li>\n");
	}
	wv__markup(m, "</ul>\n");
}

static void put_table(struct wv__markup *m, const struct wv__timeline *t)
{
	size_t lanes;

	put_key(m);
	wv__markup(m, "<table class=\"timeline\"><caption>");
	wv__markup_words(m, "When each holder had something out; times are UTC");
	wv__markup(m, "</caption>\n<thead><tr><th scope=\"col\">");
	wv__markup_words(m, "Holder");
	wv__markup(m, "</th><th scope=\"col\">");
	put_axis(m, t);
	wv__markup(m, "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, end; i < t->n; i = end) {
		end = wv__timeline_holder(t, i, &lanes);
		put_row(m, t, i, end, lanes);
	}
	wv__markup(m, "</tbody></table>\n");
}

int wv__report_timeline(struct wv_ctx *ctx, struct wv__markup *m, struct wv_doc *report)
{
	struct wv__timeline t;
	const int r = wv__timeline_build(ctx, report, &t);

	if (r < 0)
		return r;
	if (t.n) {
		put_table(m, &t);
	} else {
		wv__markup(m, "<p>");
		wv__markup_words(m, "Nothing was out in this period.");
		wv__markup(m, "</p>\n");
	}
	free(t.bars);
	return 0;
}
