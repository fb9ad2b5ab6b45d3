/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheets.c - a table that goes on over sheets
 */
#include "rows.h"
#include "sheets.h"
#include "words.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define FOOT 26 /* high, above the margin */
#define BOTTOM (SHEET_HEIGHT - MARGIN - FOOT)
#define CELL_LINES 24 /* two such texts below each other fit on a sheet */

static const struct style head_style = { .size = 7.5, .bold = true };
static const struct style group_style = { .size = 8.5, .bold = true, .lines = 3 };
static const struct style note_style = { .size = 8, .grey = 0.33, .lines = CELL_LINES };
static const struct style foot_style = { .size = 7, .grey = 0.33, .lines = 1 };

static void foot(struct sheets *s)
{
	struct paper *p = s->paper;
	const double y = p->y;
	struct style right = foot_style;

	right.align = PANGO_ALIGN_RIGHT;
	p->y = SHEET_HEIGHT - MARGIN - FOOT + 6;
	paper_rule(p, MARGIN, p->y, TEXT_WIDTH, 0.5, 0.5);
	p->y += 3;
	paper_textf(p, MARGIN + TEXT_WIDTH - 60, 60, &right, "%d / %d", s->number, s->total);
	p->y += paper_text(p, MARGIN, TEXT_WIDTH - 70, &foot_style, s->about);
	paper_textf(p, MARGIN, TEXT_WIDTH, &foot_style, "SHA-256 %s", s->digest);
	p->y = y;
}

void sheets_begin(struct sheets *s)
{
	static const struct style style = { .size = 9, .bold = true, .lines = 1, .align = PANGO_ALIGN_CENTER };
	struct paper *p = s->paper;

	s->number++;
	p->y = MARGIN;
	if (!s->lab)
		return;
	p->y = MARGIN - 16;
	row_words(p, MARGIN, TEXT_WIDTH, &style, "LAB, NOT EVIDENCE");
	p->y = MARGIN;
}

void sheets_end(struct sheets *s)
{
	foot(s);
}

/* The lines beside the cells of a row that ends at the paper's y. */
static void sides(struct sheets *s, double top)
{
	struct paper *p = s->paper;

	for (size_t i = 0; s->boxed && i <= s->n; i++)
		paper_box(p, i < s->n ? MARGIN + s->columns[i].at - 4 : MARGIN + TEXT_WIDTH - 0.5, top, 0.5, p->y - top,
			  (struct rgb){ 0, 0, 0 });
}

static void heads(struct sheets *s)
{
	struct paper *p = s->paper;
	double high = 0, top = p->y;

	if (!s->columns || !s->columns[0].title)
		return;
	if (s->boxed) {
		paper_rule(p, MARGIN, top, TEXT_WIDTH, 0.8, 0);
		p->y += 2;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct column *c = &s->columns[i];

		high = fmax(high, row_sentence(p, MARGIN + c->at, c->wide, &head_style, c->title));
	}
	p->y += high + 1;
	paper_rule(p, MARGIN, p->y, TEXT_WIDTH, 0.8, 0);
	sides(s, top);
	p->y += s->boxed ? 2 : 3;
}

void sheets_need(struct sheets *s, double height)
{
	if (s->paper->y + height <= BOTTOM)
		return;
	foot(s);
	paper_next_sheet(s->paper);
	sheets_begin(s);
	heads(s);
}

void sheets_open(struct sheets *s, const struct column *columns, size_t n)
{
	sheets_need(s, 60);
	s->columns = columns;
	s->n = n;
	heads(s);
}

void sheets_close(struct sheets *s)
{
	s->columns = NULL;
	s->boxed = false;
}

static double height_of(struct sheets *s, const struct style *style, const char *text)
{
	const bool dry = s->paper->dry;
	double high;

	s->paper->dry = true;
	high = row_sentence(s->paper, MARGIN + 4, TEXT_WIDTH - 8, style, text);
	s->paper->dry = dry;
	return high;
}

void sheets_group(struct sheets *s, const char *text, double follows)
{
	struct paper *p = s->paper;
	const double high = height_of(s, &group_style, text);

	sheets_need(s, high + 6 + follows);
	paper_box(p, MARGIN, p->y, TEXT_WIDTH, high + 4, (struct rgb){ 0.92, 0.92, 0.94 });
	p->y += 2;
	row_sentence(p, MARGIN + 4, TEXT_WIDTH - 8, &group_style, text);
	p->y += high + 4;
}

/* A text of ours in Japanese; NULL: it has none. g_free() it. */
static char *japanese(enum column_kind kind, const char *text)
{
	char *ja = kind == COLUMN_SENTENCE ? wv__sentence_ja(text) : NULL, *copy = g_strdup(ja);

	free(ja);
	return kind == COLUMN_SENTENCE ? copy :
	       kind == COLUMN_WORDS    ? g_strdup(wv__words_ja(text)) :
	       kind == COLUMN_DAY      ? words_day(WV__LANG_JA, text) :
	       kind == COLUMN_WHEN     ? words_when(text) : NULL;
}

static double put_cell(struct sheets *s, const struct column *c, const char *text, const char *under)
{
	const struct style style = { .size = c->size > 0 ? c->size : 8, .lines = CELL_LINES };
	struct paper *p = s->paper;
	const double x = MARGIN + c->at;
	char *ja = text && p->lang != WV__LANG_EN ? japanese(c->kind, text) : NULL;
	char *en = text && c->kind == COLUMN_DAY ? words_day(WV__LANG_EN, text) : g_strdup(text ? text : "-");
	double high, more;

	high = paper_pair(p, x, c->wide, &style, ja ? ja : en,
			  ja && p->lang == WV__LANG_BOTH && strcmp(ja, en) != 0 ? en : NULL);
	if (under) {
		p->y += high;
		more = paper_text(p, x, c->wide, &style, under);
		p->y -= high;
		high += more;
	}
	g_free(en);
	g_free(ja);
	return high;
}

static double put_texts(struct sheets *s, const char *const *texts, const char *under)
{
	double high = 0;

	for (size_t i = 0; i < s->n; i++) /* no macro: it would draw the tallest twice */
		high = fmax(high, put_cell(s, &s->columns[i], texts[i], i ? NULL : under));
	return high;
}

/* Measured when the sheets are counted, remembered when they are drawn. */
static double height_of_row(struct sheets *s, const char *const *texts, const char *under)
{
	double high;

	if (!s->paper->dry && s->row < s->heights->len)
		return g_array_index(s->heights, double, s->row++);
	high = put_texts(s, texts, under);
	g_array_append_val(s->heights, high);
	return high;
}

void sheets_row(struct sheets *s, const char *const *texts, const char *under)
{
	const double high = height_of_row(s, texts, under);
	struct paper *p = s->paper;
	double top;

	sheets_need(s, high + 4);
	top = p->y - 2;
	if (!p->dry)
		put_texts(s, texts, under);
	p->y += high + 2;
	paper_rule(p, MARGIN, p->y, TEXT_WIDTH, s->boxed ? 0.5 : 0.3, s->boxed ? 0 : 0.6);
	sides(s, top);
	p->y += 2;
}

void sheets_note(struct sheets *s, const char *text)
{
	struct paper *p = s->paper;

	sheets_need(s, height_of(s, &note_style, text) + 4);
	p->y += row_sentence(p, MARGIN + 4, TEXT_WIDTH - 8, &note_style, text);
	p->y += 4;
}

static void put_page(struct sheets *s, const struct sheets_page *page)
{
	s->number = 0;
	s->columns = NULL;
	s->row = 0;
	sheets_begin(s);
	page->put(s, page->data);
	sheets_end(s);
}

int sheets_draw(const struct fonts *fonts, enum wv__lang lang, const struct sheets_page *page, const char *digest,
		GByteArray *pdf)
{
	struct paper p;
	struct sheets s = { .paper = &p, .about = page->about, .digest = digest, .lab = page->lab };
	const int r = paper_open(&p, fonts, lang, pdf);

	s.heights = g_array_new(FALSE, FALSE, sizeof(double));
	if (r == 0) {
		paper_title(&p, page->title, page->created);
		p.dry = true;
		put_page(&s, page);
		s.total = s.number;
		p.dry = false;
		put_page(&s, page);
	}
	g_array_unref(s.heights);
	return paper_close(&p) < 0 ? -EIO : r;
}
