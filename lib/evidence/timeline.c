/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline.c - when each holder of a report had something out
 */
#include <stdio.h>
#include <string.h>

#include "timeline.h"
#include "../base/clock.h"

#define RECORDS_SHOWN 20 /* single numbers or ranges: a year's would be all that there is to read */
#define FEW_DAYS (3 * 86400)

static uint64_t time_of(struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : 0;
}

static int compare(const void *a, const void *b)
{
	const struct wv__bar *x = a, *y = b;
	const int by_holder = strcmp(x->holder, y->holder);

	return by_holder ? by_holder : (x->out > y->out) - (x->out < y->out);
}

static struct wv__bar bar_of(const struct wv__timeline *t, struct wv_doc *row, uint64_t made)
{
	const char *holder = wv_doc_str(row, "holder"), *takeout = wv_doc_str(row, "takeout");
	struct wv__bar bar = {
		.holder = holder ? holder : "-", .takeout = takeout ? takeout : "-",
		.out = time_of(row, "out"), .due = time_of(row, "due"), .back = time_of(row, "keys_destroyed"),
	};

	/* what is not back yet is not late before its day, though the period goes on */
	bar.end = bar.back ? bar.back : MAX(made ? MIN(t->to, made) : t->to, bar.out);
	if (bar.due && bar.end > bar.due)
		bar.late = MAX(bar.due, bar.out);
	return bar;
}

int wv__timeline_build(struct wv_ctx *ctx, struct wv_doc *report, struct wv__timeline *ret)
{
	struct wv_doc *rows = wv_doc_get(report, "takeouts");
	struct wv__timeline t = { .from = time_of(report, "from"), .to = time_of(report, "to") };

	t.bars = calloc(wv_doc_count(rows) + 1, sizeof(*t.bars));
	if (!t.bars)
		return wv__fail_memory(ctx);
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		t.bars[t.n] = bar_of(&t, wv_doc_at(rows, i), time_of(report, "created"));
		t.n += t.bars[t.n].out != 0; /* those that never went have no bar */
	}
	if (t.n)
		qsort(t.bars, t.n, sizeof(*t.bars), compare);
	*ret = t;
	return 0;
}

/* The first lane in which nothing of this holder is out then; there are no more lanes than bars. */
static size_t lane_of(const struct wv__bar *bars, size_t lanes, uint64_t out)
{
	size_t lane = 0;

	while (lane < lanes && bars[lane].lane_end >= out)
		lane++;
	return lane;
}

size_t wv__timeline_holder(const struct wv__timeline *t, size_t first, size_t *ret_lanes)
{
	struct wv__bar *bars = t->bars + first;
	size_t lanes = 0, i = 0;

	for (; first + i < t->n && strcmp(bars[i].holder, bars[0].holder) == 0; i++) {
		const size_t lane = bars[i].lane = lane_of(bars, lanes, bars[i].out);

		bars[lane].lane_end = lane == lanes ? bars[i].end : MAX(bars[lane].lane_end, bars[i].end);
		lanes += lane == lanes;
	}
	*ret_lanes = lanes;
	return first + i;
}

double wv__timeline_place(const struct wv__timeline *t, uint64_t when)
{
	const uint64_t inside = MIN(MAX(when, t->from), MAX(t->to, t->from)) - t->from;

	return t->to > t->from ? (double)inside / (double)(t->to - t->from) : 0;
}

void wv__timeline_label(const struct wv__timeline *t, unsigned int which, char ret[12])
{
	const uint64_t length = t->to > t->from ? t->to - t->from : 0;
	char text[WV_TIME_TEXT];

	wv__time_format(t->from + length / 2 * which, text);
	if (length > FEW_DAYS)
		snprintf(ret, 12, "%.10s", text);
	else /* the hour tells more than the year */
		snprintf(ret, 12, "%.5s %.5s", text + 5, text + 11);
}

int wv__records_text(struct wv_doc *records, struct wv_buf *ret)
{
	const size_t n = wv_doc_count(records);
	int shown = 0, r = n ? 0 : wv__buf_puts(ret, "none");

	for (size_t i = 0, next; r == 0 && i < n; i = next) {
		uint64_t first, last;

		if (shown++ == RECORDS_SHOWN)
			return wv__buf_printf(ret, " and %zu more: the JSON has all", n - i);
		next = wv_doc_range_at(records, i, &first, &last);
		r = wv__buf_printf(ret, last > first ? "%s%" PRIu64 "\xe2\x80\x93%" PRIu64 : "%s%" PRIu64, i ? ", " : "",
				   first, last);
	}
	return r;
}
