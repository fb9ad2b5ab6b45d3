/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.c - a report as A4 pages: exceptions first, the take-outs as bars, the clauses, a list
 */
#include "evidence/timeline.h"
#include "pages.h"
#include "rows.h"
#include "sheets.h"
#include "words.h"

#include <math.h>
#include <string.h>

#define HOLDER 96 /* points, beside the bars */
#define LANE 9
#define LANES_HIGH 600.0 /* the lanes of one holder are narrower where they would not fit on a sheet */
#define BAR (4.0 / LANE)
#define LATE_BAR (8.0 / LANE) /* what is late is thicker, not only of another colour */

static const struct rgb blue = { 0.16, 0.36, 0.56 }, red = { 0.55, 0.06, 0.15 }, white = { 1, 1, 1 };

static char *day_of(struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);

	return text ? g_strndup(text, strlen("YYYY-MM-DD")) : g_strdup("-");
}

/* "" without memory: the numbers are in the document. */
static char *records_of(struct wv_doc *row)
{
	struct wv_buf text = WV_BUF_INIT;
	char *copy = g_strdup(wv__records_text(wv_doc_get(row, "records"), &text) < 0 ? "" : wv__buf_str(&text));

	wv__buf_free(&text);
	return copy;
}

static void section(struct sheets *s, const char *english, size_t n)
{
	static const struct style style = { .size = 13, .bold = true, .lines = 1 };
	struct paper *p = s->paper;
	char *words = words_in(p->lang, english, "  ");

	sheets_close(s);
	sheets_need(s, 90);
	p->y += 12;
	p->y += n == SIZE_MAX ? paper_text(p, MARGIN, TEXT_WIDTH, &style, words) :
				paper_textf(p, MARGIN, TEXT_WIDTH, &style, "%s: %zu", words, n);
	p->y += 4;
	g_free(words);
}

static void facts(struct sheets *s, struct wv_doc *report)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{ "station", "station" }, { "client", "client" }, { "contact", "contact" }, { "ledger_head", "ledger" },
	};
	struct paper *p = s->paper;
	char *from = day_of(report, "from"), *to = day_of(report, "to"), *counted, *words;

	p->y += row_words(p, MARGIN, TEXT_WIDTH, &(struct style){ .size = 18, .bold = true, .lines = 1 }, "Compliance report");
	p->y += 3;
	p->y += paper_textf(p, MARGIN, TEXT_WIDTH, &(struct style){ .size = 12, .lines = 1 }, "%s \xe2\x80\x93 %s", from, to);
	p->y += 6;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		row_value(p, MARGIN, TEXT_WIDTH, rows[i].label, wv_doc_str(report, rows[i].key));
	row_when(p, MARGIN, TEXT_WIDTH, "made", wv_doc_str(report, "created"));
	counted = g_strdup_printf("%" PRIu64 " in this period, of %" PRIu64 "; the chain is intact",
				  wv_doc_u64(report, "counted"), wv_doc_u64(report, "ledger_size"));
	words = words_sentence(p->lang, counted, " / ");
	row_value(p, MARGIN, TEXT_WIDTH, "records", words);
	g_free(words);
	g_free(counted);
	g_free(from);
	g_free(to);
}

/* ---- exceptions ------------------------------------------------------------------------------ */

static void exception(struct sheets *s, struct wv_doc *row)
{
	const char *sentence = wv_doc_str(row, "sentence"), *takeout = wv_doc_str(row, "takeout");
	char *records = records_of(row), *words = words_in(s->paper->lang, "take-out", " / ");
	char *whose = takeout ? g_strdup_printf("%s %s", words, takeout) : NULL;

	sheets_row(s, (const char *const[]){ sentence, records }, whose);
	g_free(whose);
	g_free(words);
	g_free(records);
}

static bool same_kind(struct wv_doc *a, struct wv_doc *b)
{
	const char *x = wv_doc_str(a, "kind"), *y = wv_doc_str(b, "kind");

	return x && y && strcmp(x, y) == 0;
}

#define WHAT_HAPPENED(k) \
	{ { .title = "What happened", .at = 4, .wide = 370, .kind = k }, \
	  { .title = "Records", .at = 384, .wide = TEXT_WIDTH - 384, .kind = COLUMN_SENTENCE } }

/* What people told in their own words, or an inserted medium says of itself, is never put in others. */
static bool is_ours(struct wv_doc *row)
{
	const char *kind = wv_doc_str(row, "kind");

	return !kind || (strcmp(kind, "incident") != 0 && strcmp(kind, "alert") != 0);
}

static void group_of_kind(struct sheets *s, struct wv_doc *row, size_t n)
{
	const char *title = wv_doc_str(row, "title"), *clause = wv_doc_str(row, "clause");
	char *words = words_in(s->paper->lang, title ? title : "-", " / ");
	char *text = g_strdup_printf("%s%s%s%s: %zu", words, clause ? " (" : "", clause ? clause : "", clause ? ")" : "", n);

	sheets_group(s, text, 26);
	g_free(text);
	g_free(words);
}

static void exceptions(struct sheets *s, struct wv_doc *rows)
{
	static const struct column ours[2] = WHAT_HAPPENED(COLUMN_SENTENCE), theirs[2] = WHAT_HAPPENED(COLUMN_TEXT);
	const size_t n = wv_doc_count(rows);

	section(s, "Exceptions", n);
	if (!n) {
		sheets_note(s, "Nothing in this period was out of order.");
		return;
	}
	sheets_open(s, ours, G_N_ELEMENTS(ours));
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && same_kind(wv_doc_at(rows, i), wv_doc_at(rows, k)); k++)
			;
		group_of_kind(s, wv_doc_at(rows, i), k - i);
		s->columns = is_ours(wv_doc_at(rows, i)) ? ours : theirs;
		for (size_t row = i; row < k; row++)
			exception(s, wv_doc_at(rows, row));
	}
}

/* ---- the timeline ------------------------------------------------------------------------------ */

static void put_bar(struct paper *p, const struct wv__timeline *t, const struct wv__bar *bar, uint64_t from, uint64_t to,
		    double lane, double part, struct rgb ink)
{
	const double room = TEXT_WIDTH - HOLDER, x = MARGIN + HOLDER + room * wv__timeline_place(t, from);
	const double wide = fmax(MARGIN + HOLDER + room * wv__timeline_place(t, to) - x, 0.8), high = lane * part;
	const double y = p->y + lane * (double)bar->lane + (lane - high) / 2;

	paper_box(p, x, y, wide, high, bar->back ? ink : white);
	if (!bar->back)
		paper_frame(p, x, y, wide, high, 0.8, ink);
}

static void holder(struct sheets *s, const struct wv__timeline *t, size_t first, size_t end, size_t lanes)
{
	struct paper *p = s->paper;
	const double lane = fmin(LANE, LANES_HIGH / (double)lanes), high = fmax(lane * (double)lanes, 12);

	sheets_need(s, high + 4);
	paper_text(p, MARGIN + 4, HOLDER - 10, &(struct style){ .size = 7.5, .lines = lanes > 1 ? 2 : 1 }, t->bars[first].holder);
	for (int i = 0; i <= 4; i++)
		paper_rule(p, MARGIN + HOLDER + (TEXT_WIDTH - HOLDER) * i / 4 - 0.2, p->y, 0.4, high, 0.7);
	for (size_t i = first; i < end; i++) {
		const struct wv__bar *bar = &t->bars[i];

		put_bar(p, t, bar, bar->out, bar->late ? bar->late : bar->end, lane, BAR, blue);
		if (bar->late)
			put_bar(p, t, bar, bar->late, bar->end, lane, LATE_BAR, red);
	}
	p->y += high + 2;
	paper_rule(p, MARGIN, p->y, TEXT_WIDTH, 0.3, 0.6);
	p->y += 2;
}

static void bars_of(struct sheets *s, const struct wv__timeline *t)
{
	static const double ends = (TEXT_WIDTH - HOLDER) / 2;
	struct paper *p = s->paper;
	double high = 0;
	size_t lanes;

	sheets_note(s, "A bar each, out until the keys were destroyed; thick: overdue; outlined: not back at the end of the "
		       "period; UTC");
	for (unsigned int i = 0; i < 3; i++) {
		char text[12];

		wv__timeline_label(t, i, text);
		high = paper_text(p, MARGIN + HOLDER + ends * i - (i ? i * 40 : 0), 80,
				  &(struct style){ .size = 7, .align = i == 0 ? PANGO_ALIGN_LEFT :
							 i == 1 ? PANGO_ALIGN_CENTER : PANGO_ALIGN_RIGHT }, text);
	}
	p->y += high + 2;
	for (size_t i = 0, end; i < t->n; i = end) {
		end = wv__timeline_holder(t, i, &lanes);
		holder(s, t, i, end, lanes);
	}
}

/* ---- clauses, take-outs ---------------------------------------------------------------------------- */

static void clause(struct sheets *s, struct wv_doc *row)
{
	const char *id = wv_doc_str(row, "clause"), *obliges = wv_doc_str(row, "obliges"), *note = wv_doc_str(row, "note");
	struct wv_doc *done = wv_doc_get(row, "done");
	char *words = words_in(s->paper->lang, obliges ? obliges : "-", " / ");
	char *title = g_strdup_printf("%s  %s", id ? id : "-", words);

	sheets_group(s, title, 16);
	g_free(title);
	g_free(words);
	for (size_t i = 0; i < wv_doc_count(done); i++) {
		struct wv_doc *deed = wv_doc_at(done, i);
		char *count = g_strdup_printf("%" PRIu64, wv_doc_u64(deed, "count")), *records = records_of(deed);

		sheets_row(s, (const char *const[]){ wv_doc_str(deed, "what"), count, records }, NULL);
		g_free(count);
		g_free(records);
	}
	if (note)
		sheets_note(s, note);
}

static void clauses(struct sheets *s, struct wv_doc *rows)
{
	static const struct column columns[] = {
		{ .title = "What was done", .at = 4, .wide = 230, .kind = COLUMN_WORDS }, { .title = "Count", .at = 244, .wide = 40 },
		{ .title = "Records", .at = 292, .wide = TEXT_WIDTH - 292, .kind = COLUMN_SENTENCE },
	};

	section(s, "By clause", SIZE_MAX);
	sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		clause(s, wv_doc_at(rows, i));
}

static void takeout(struct sheets *s, struct wv_doc *row)
{
	const char *id = wv_doc_str(row, "takeout"), *volume = wv_doc_str(row, "volume");
	char *out = day_of(row, "out"), *due = day_of(row, "due"), *back = day_of(row, "keys_destroyed");
	char *records = g_strdup_printf("%" PRIu64 " \xe2\x80\x93 %" PRIu64, wv_doc_u64(row, "first"), wv_doc_u64(row, "last"));

	sheets_row(s, (const char *const[]){ id, wv_doc_str(row, "holder"), out, due, back, records },
		   volume ? volume : "-");
	g_free(out);
	g_free(due);
	g_free(back);
	g_free(records);
}

static void takeouts(struct sheets *s, struct wv_doc *rows)
{
	static const struct column columns[COLUMNS_MAX] = {
		{ .title = "Take-out, its volume", .at = 4, .wide = 170, .size = 7 },
		{ .title = "Holder", .at = 180, .wide = 100 }, { .title = "Out", .at = 286, .wide = 54 },
		{ .title = "Due", .at = 342, .wide = 54 },     { .title = "Keys destroyed", .at = 398, .wide = 54 },
		{ .title = "Records", .at = 456, .wide = TEXT_WIDTH - 456, .size = 7 },
	};

	section(s, "Take-outs", wv_doc_count(rows));
	if (!wv_doc_count(rows)) {
		sheets_note(s, "No take-out has a record in this period.");
		return;
	}
	sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		takeout(s, wv_doc_at(rows, i));
}

struct whole {
	struct wv_doc *report;
	const struct wv__timeline *t;
};

static void put_all(struct sheets *s, const void *data)
{
	const struct whole *whole = data;
	struct wv_doc *report = whole->report;

	facts(s, report);
	exceptions(s, wv_doc_get(report, "exceptions"));
	section(s, "Timeline", SIZE_MAX);
	if (whole->t->n)
		bars_of(s, whole->t);
	else
		sheets_note(s, "Nothing was out in this period.");
	clauses(s, wv_doc_get(report, "clauses"));
	takeouts(s, wv_doc_get(report, "takeouts"));
}

int page_of_report(struct wv_ctx *ctx, const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest,
		   GByteArray *pdf)
{
	char *from = day_of(doc, "from"), *to = day_of(doc, "to");
	char *about = g_strdup_printf("%s  %s \xe2\x80\x93 %s", wv_doc_str(doc, "station") ? wv_doc_str(doc, "station") : "-", from, to);
	struct wv__timeline t = { 0 };
	const struct sheets_page page = {
		.title = "Compliance report", .about = about, .created = wv_doc_str(doc, "created"),
		.lab = wv_doc_bool(doc, "lab"), .put = put_all, .data = &(struct whole){ doc, &t },
	};
	int r;

	r = wv__timeline_build(ctx, doc, &t);
	if (r == 0)
		r = sheets_draw(fonts, lang, &page, digest, pdf);
	free(t.bars);
	g_free(from);
	g_free(to);
	g_free(about);
	return r;
}
