/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - the machine that a volume was used on, and what was searched for on it
 */
#include "evidence/certificate.h"
#include "machine.h"
#include "rows.h"
#include "words.h"

#define SEARCHED_SHOWN 3

static void put_row(void *paper, const char *label, const char *name, const char *words)
{
	struct paper *p = paper;
	char *in_words = name && words ? words_in(p->lang, words, " / ") : NULL;
	char *text = name ? g_strconcat(name, words ? ": " : "", in_words, NULL) : g_strdup(words);

	row_value(p, MARGIN, TEXT_WIDTH, label, text);
	g_free(text);
	g_free(in_words);
}

void machine_host(struct paper *p, struct wv_doc *doc)
{
	if (!doc)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Machine that it was used on");
	wv__certificate_host(doc, put_row, p);
}

static void put_place(void *paper, const char *label, const char *name, const char *words)
{
	struct paper *p = paper;
	char *text = g_strconcat(name, words ? ": " : "", words, NULL);

	(void)label;
	p->y += paper_text(p, MARGIN + ROW_LABEL, TEXT_WIDTH - ROW_LABEL, &row_value_style, text);
	paper_gap(p, 2);
	g_free(text);
}

/* The first of those that the document names, and how many there are besides. */
static void places(struct paper *p, struct wv_doc *list, uint64_t count)
{
	const size_t shown = wv__certificate_places(list, NULL, put_place, p);

	if (count > shown) {
		char *words = words_in(p->lang, "more: see the document", " / ");

		p->y += paper_textf(p, MARGIN + ROW_LABEL, TEXT_WIDTH - ROW_LABEL, &row_value_style, "+%" PRIu64 ": %s",
				    count - shown, words);
		paper_gap(p, 2);
		g_free(words);
	}
}

void machine_copies(struct paper *p, struct wv_doc *doc)
{
	struct wv_doc *searched = wv_doc_get(doc, "searched");
	const uint64_t left_out = wv_doc_u64(doc, "not_searched_count");

	if (!doc)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Search for declared content outside of the volume");
	row_number(p, MARGIN, TEXT_WIDTH, "found", wv_doc_u64(doc, "found_count"), "");
	places(p, wv_doc_get(doc, "found"), wv_doc_u64(doc, "found_count"));
	for (size_t i = 0; i < wv_doc_count(searched) && i < SEARCHED_SHOWN; i++)
		row_value(p, MARGIN, TEXT_WIDTH, "searched", wv_doc_str_at(searched, i));
	if (!left_out)
		return;
	row_number(p, MARGIN, TEXT_WIDTH, "not searched", left_out, "");
	places(p, wv_doc_get(doc, "not_searched"), left_out);
}
