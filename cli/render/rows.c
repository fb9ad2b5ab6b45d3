/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rows.c - what a page's sections are made of
 */
#include "rows.h"
#include "words.h"

const struct style row_value_style = { .size = 8, .lines = 2 };
const struct style row_label_style = { .size = 7, .grey = 0.33, .lines = 2 };
const struct style row_small_style = { .size = 6.5, .grey = 0.2, .lines = 2 };
const struct style row_title_style = { .size = 9.5, .bold = true, .lines = 1 };

double row_words(struct paper *p, double x, double width, const struct style *style, const char *english)
{
	char *text = words_in(p->lang, english, p->lang == WV__LANG_BOTH ? "  " : "");
	const double height = paper_text(p, x, width, style, text);

	g_free(text);
	return height;
}

double row_sentence(struct paper *p, double x, double width, const struct style *style, const char *english)
{
	const char *ja = p->lang == WV__LANG_EN ? NULL : wv__words_ja(english);

	return paper_pair(p, x, width, style, ja ? ja : english, ja && p->lang == WV__LANG_BOTH ? english : NULL);
}

void row_head(struct paper *p, double x, double width, const char *english)
{
	paper_gap(p, 6);
	p->y += row_words(p, x, width, &row_title_style, english);
	paper_rule(p, x, p->y + 1, width, 0.6, 0);
	paper_gap(p, 4);
}

void row_value(struct paper *p, double x, double width, const char *label, const char *value)
{
	double left, right;

	if (!value)
		return;
	left = row_words(p, x, ROW_LABEL - 6, &row_label_style, label);
	right = row_sentence(p, x + ROW_LABEL, width - ROW_LABEL, &row_value_style, value);
	p->y += MAX(left, right);
	paper_gap(p, 2.5);
}

void row_when(struct paper *p, double x, double width, const char *label, const char *time)
{
	char *text = time ? words_moment(p->lang, time) : NULL;

	row_value(p, x, width, label, text);
	g_free(text);
}

void row_number(struct paper *p, double x, double width, const char *label, uint64_t n, const char *unit)
{
	char *words = words_in(p->lang, unit, " / ");
	char *text = g_strdup_printf("%" PRIu64 " %s", n, words);

	row_value(p, x, width, label, text);
	g_free(text);
	g_free(words);
}

void row_list(struct paper *p, double x, double width, struct wv_doc *list, size_t most)
{
	const size_t n = wv_doc_count(list);

	for (size_t i = 0; i < n && i < most; i++) {
		char *text = words_sentence(p->lang, wv_doc_str_at(list, i) ? wv_doc_str_at(list, i) : "?", " / ");

		paper_text(p, x, 8, &row_value_style, "\xe3\x83\xbb");
		p->y += paper_text(p, x + 9, width - 9, &row_value_style, text);
		paper_gap(p, 2);
		g_free(text);
	}
	if (n > most)
		p->y += paper_textf(p, x + 9, width - 9, &row_value_style, "+%zu: %s", n - most,
				    p->lang == WV__LANG_EN ? "more: see the document" : wv__words_ja("more: see the document"));
}

void row_signature(struct paper *p, const char *title)
{
	static const char *const fields[] = { "name", "title", "date", "signature" };
	static const double widths[] = { 0.27, 0.23, 0.18, 0.32 };
	const double high = SIGNATURE_HIGH * p->scale;
	double x = MARGIN;

	p->y += row_words(p, MARGIN, TEXT_WIDTH, &row_title_style, title);
	paper_gap(p, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const double wide = TEXT_WIDTH * widths[i];

		paper_frame(p, x, p->y, wide, high, 0.7, (struct rgb){ 0, 0, 0 });
		p->y += 2;
		row_words(p, x + 4, wide - 8, &row_label_style, fields[i]);
		p->y -= 2;
		x += wide;
	}
	p->y += high;
	paper_gap(p, 4);
}
