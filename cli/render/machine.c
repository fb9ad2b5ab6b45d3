/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.c - the machine that a volume was used on, and what was searched for on it
 */
#include "evidence/certificate.h"
#include "machine.h"
#include "rows.h"
#include "words.h"

#define SERVICES_SHOWN 4
#define COPIES_SHOWN 3

void machine_host(struct paper *p, struct wv_doc *doc)
{
	static const struct {
		const char *key, *label;
	} rows[] = { { "swap", "swap" }, { "hibernation", "hibernation" }, { "core_dumps", "core dumps" } };
	struct wv_doc *services = wv_doc_get(wv_doc_get(doc, "login"), "services");

	if (!doc)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Machine that it was used on");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		row_value(p, MARGIN, TEXT_WIDTH, rows[i].label, wv__certificate_standing(wv_doc_get(doc, rows[i].key)));
	row_value(p, MARGIN, TEXT_WIDTH, "cloud folder", wv_doc_str(doc, "cloud"));
	for (size_t i = 0; i < wv_doc_count(services) && i < SERVICES_SHOWN; i++) {
		struct wv_doc *service = wv_doc_at(services, i);
		const char *name = wv_doc_str(service, "service"), *second = wv_doc_str(service, "second_factor");
		char *english = g_strdup_printf("second factor %s", second ? second : "-");
		char *words = words_in(p->lang, english, " / ");
		char *text = g_strdup_printf("%s: %s", name ? name : "-", words);

		row_value(p, MARGIN, TEXT_WIDTH, "log-in", text);
		g_free(text);
		g_free(words);
		g_free(english);
	}
}

/* The first of those that the document names, and how many there are besides. */
static void names(struct paper *p, struct wv_doc *list, uint64_t count)
{
	const double x = MARGIN + ROW_LABEL, width = TEXT_WIDTH - ROW_LABEL;
	uint64_t i;

	for (i = 0; i < wv_doc_count(list) && i < COPIES_SHOWN; i++) {
		struct wv_doc *row = wv_doc_at(list, i);
		const char *path = wv_doc_str(row, "path"), *why = wv_doc_str(row, "why");
		char *text = g_strdup_printf("%s%s%s", path ? path : "a name that is not UTF-8", why ? ": " : "",
					     why ? why : "");

		g_strdelimit(text, "\n\r\t\v\f", '?'); /* a name writes no lines of its own */
		p->y += paper_text(p, x, width, &row_value_style, text);
		paper_gap(p, 2);
		g_free(text);
	}
	if (count > i) {
		char *words = words_in(p->lang, "more: see the document", " / ");

		p->y += paper_textf(p, x, width, &row_value_style, "+%" PRIu64 ": %s", count - i, words);
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
	names(p, wv_doc_get(doc, "found"), wv_doc_u64(doc, "found_count"));
	for (size_t i = 0; i < wv_doc_count(searched) && i < COPIES_SHOWN; i++)
		row_value(p, MARGIN, TEXT_WIDTH, "searched", wv_doc_str_at(searched, i));
	if (!left_out)
		return;
	row_number(p, MARGIN, TEXT_WIDTH, "not searched", left_out, "");
	names(p, wv_doc_get(doc, "not_searched"), left_out);
}
