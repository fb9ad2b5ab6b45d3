/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.c - titles, sections, facts, and boxes to sign
 */
#include "parts.h"
#include "rows.h"
#include "words.h"

#include <math.h>
#include <string.h>

#define LABEL 132
#define BLANK 25 /* high */
#define SHORT 24
#define VALUE_LINES 24

static const struct style value_style = { .size = 8.5, .lines = VALUE_LINES };
static const struct style label_style = { .size = 7.5, .grey = 0.25, .lines = 3 };
static const struct style words_style = { .size = 9, .lines = VALUE_LINES };

void part_title(struct sheets *s, const char *english)
{
	const struct style big = { .size = 17, .bold = true, .lines = 2, .align = PANGO_ALIGN_CENTER };
	const struct style below = { .size = 10.5, .lines = 2, .align = PANGO_ALIGN_CENTER };
	struct paper *p = s->paper;
	const char *ja = p->lang == WV__LANG_EN ? NULL : wv__words_ja(english);

	p->y += paper_text(p, MARGIN, TEXT_WIDTH, &big, ja ? ja : english);
	if (ja && p->lang == WV__LANG_BOTH)
		p->y += paper_text(p, MARGIN, TEXT_WIDTH, &below, english);
	p->y += 8;
}

void part_section(struct sheets *s, const char *english)
{
	struct paper *p = s->paper;

	sheets_close(s);
	sheets_need(s, 90);
	p->y += 4;
	row_head(p, MARGIN, TEXT_WIDTH, english);
}

/* What is short in both languages stands on one line. */
static double put_value(struct paper *p, const char *value)
{
	const char *ja = p->lang == WV__LANG_BOTH ? wv__words_ja(value) : NULL;
	double high;
	char *text;

	if (!ja || strlen(value) > SHORT)
		return row_sentence(p, MARGIN + LABEL, TEXT_WIDTH - LABEL, &value_style, value);
	text = g_strconcat(ja, "  ", value, NULL);
	high = paper_text(p, MARGIN + LABEL, TEXT_WIDTH - LABEL, &value_style, text);
	g_free(text);
	return high;
}

/* Once to measure: a fact does not begin on a sheet where it has no room. */
static double put_fact(struct paper *p, const char *label, const char *value)
{
	const double left = row_words(p, MARGIN + 4, LABEL - 12, &label_style, label);

	return fmax(left, put_value(p, value));
}

void part_fact(struct sheets *s, const char *label, const char *value)
{
	struct paper *p = s->paper;
	const bool dry = p->dry;
	double high;

	value = value ? value : "-";
	p->dry = true;
	high = put_fact(p, label, value);
	p->dry = dry;
	sheets_need(s, high + 3);
	p->y += put_fact(p, label, value) + 3;
}

void part_factf(struct sheets *s, const char *label, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	part_fact(s, label, text);
	g_free(text);
}

void part_when(struct sheets *s, const char *label, const char *time)
{
	char *text = time ? words_moment(s->paper->lang, time) : NULL;

	part_fact(s, label, text);
	g_free(text);
}

void part_day(struct sheets *s, const char *label, const char *time)
{
	char *day = words_day(s->paper->lang, time);

	part_fact(s, label, day);
	g_free(day);
}

void part_words(struct sheets *s, const char *english)
{
	struct paper *p = s->paper;
	const bool dry = p->dry;
	double high;

	p->dry = true;
	high = row_sentence(p, MARGIN, TEXT_WIDTH, &words_style, english);
	p->dry = dry;
	sheets_need(s, high + 5);
	p->y += row_sentence(p, MARGIN, TEXT_WIDTH, &words_style, english) + 5;
}

void part_letter(struct sheets *s, struct wv_doc *doc)
{
	const struct style left = { .size = 11, .lines = 2 }, right = { .size = 9.5, .lines = 3, .align = PANGO_ALIGN_RIGHT };
	const double half = TEXT_WIDTH / 2;
	const char *client = wv_doc_str(doc, "client"), *station = wv_doc_str(doc, "station");
	const char *created = wv_doc_str(doc, "created");
	struct paper *p = s->paper;
	char *day = words_day(p->lang, created ? created : "-"), *from = words_in(p->lang, "contractor", " / ");

	p->y += paper_text(p, MARGIN + half, half, &right, day) + 8;
	p->y += paper_textf(p, MARGIN, half, &left, p->lang == WV__LANG_EN ? "To: %s" : "%s 様", client ? client : "-") + 8;
	p->y += paper_textf(p, MARGIN + half, half, &right, "%s  %s", from, station ? station : "-") + 10;
	g_free(from);
	g_free(day);
}

void part_medium(struct sheets *s, struct wv_doc *identity)
{
	part_fact(s, "kind", wv_doc_str(identity, "kind"));
	part_fact(s, "model", wv_doc_str(identity, "model"));
	part_fact(s, "serial", wv_doc_str(identity, "serial"));
	part_factf(s, "size", "%" PRIu64 " B", wv_doc_u64(identity, "size"));
}

void part_blank(struct sheets *s, const char *label)
{
	struct paper *p = s->paper;

	sheets_need(s, BLANK);
	paper_frame(p, MARGIN, p->y, TEXT_WIDTH, BLANK, 0.6, (struct rgb){ 0, 0, 0 });
	paper_box(p, MARGIN + LABEL - 6, p->y, 0.6, BLANK, (struct rgb){ 0, 0, 0 });
	p->y += 4;
	row_words(p, MARGIN + 4, LABEL - 14, &label_style, label);
	p->y += BLANK - 4;
}

void part_files(struct sheets *s, struct wv_doc *list, size_t most)
{
	static const struct column columns[] = {
		{ .title = "File", .at = 4, .wide = 196 }, { .title = "Bytes", .at = 206, .wide = 54, .size = 7 },
		{ .title = "SHA-256", .at = 266, .wide = TEXT_WIDTH - 266, .size = 6.2 },
	};
	const size_t n = wv_doc_count(list);
	char *unnamed = words_in(s->paper->lang, "a name that is not UTF-8", " / ");

	if (n)
		sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < n && i < most; i++) {
		struct wv_doc *file = wv_doc_at(list, i);
		const char *path = wv_doc_str(file, "path");
		char *size = g_strdup_printf("%" PRIu64, wv_doc_u64(file, "size"));

		sheets_row(s, (const char *const[]){ path ? path : unnamed, size, wv_doc_str(file, "sha256") }, NULL);
		g_free(size);
	}
	sheets_close(s);
	if (n > most)
		part_factf(s, "more files: see the document", "%zu", n - most);
	g_free(unnamed);
}

void part_signatures(struct sheets *s, const char *const *titles)
{
	struct paper *p = s->paper;
	size_t n = 0;

	while (titles[n])
		n++;
	sheets_close(s);
	sheets_need(s, 14 + (double)n * (SIGNATURE_HIGH + 26));
	p->y += 14;
	for (size_t i = 0; i < n; i++) {
		row_signature(p, titles[i]);
		p->y += 6;
	}
}
