/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_html.c - a report as one page of HTML
 */
#include <stdio.h>
#include <string.h>

#include "embed.h"
#include "report_html.h"
#include "timeline.h"

EMBED(wv__report_css, "lib/evidence/report.css");

static void put_day(struct wv__markup *m, struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);
	char day[sizeof("YYYY-MM-DD")] = "";

	if (text)
		memcpy(day, text, wv__utf8_cut(text, sizeof(day) - 1));
	wv__markup_text(m, *day ? day : "-");
}

/* An element with words of ours in it. */
static void put_in(struct wv__markup *m, const char *open, const char *english, const char *close)
{
	wv__markup(m, "%s", open);
	wv__markup_words(m, english);
	wv__markup(m, "%s", close);
}

static void put_records(struct wv__markup *m, struct wv_doc *records)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const int r = wv__records_text(records, &text);

	if (m->error == 0)
		m->error = r;
	if (wv_doc_count(records))
		wv__markup_words(m, wv__buf_str(&text));
	else
		put_in(m, "<span class=\"none\">", wv__buf_str(&text), "</span>");
}

static void put_period(struct wv__markup *m, struct wv_doc *report)
{
	put_day(m, report, "from");
	wv__markup(m, m->lang == WV__LANG_EN ? " to " : " \xe2\x80\x93 ");
	put_day(m, report, "to");
}

/* ---- the head ---------------------------------------------------------------------------- */

static void put_head(struct wv__markup *m, struct wv_doc *report)
{
	wv__markup(m, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>", m->lang == WV__LANG_EN ? "en" : "ja");
	wv__markup_words(m, "Compliance report");
	wv__markup(m, ", ");
	put_period(m, report);
	wv__markup(m, ": ");
	wv__markup_text(m, wv_doc_str(report, "station"));
	wv__markup(m, "</title>\n<style>\n%s", wv__report_css);
	put_in(m, "@page { @bottom-left { content: \"", "Compliance report", "\"; font: 9pt sans-serif; } }\n");
	if (wv_doc_bool(report, "lab")) /* on each sheet of paper too */
		put_in(m, "@page { @top-center { content: \"", "LAB, NOT EVIDENCE", "\"; font: bold 9pt sans-serif; } }\n");
	wv__markup(m, "</style>\n</head>\n");
}

static void put_facts(struct wv__markup *m, struct wv_doc *report)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{ "station", "station" }, { "client", "client" }, { "contact", "contact" },
		{ "created", "made" },	  { "ledger_head", "ledger" },
	};

	if (wv_doc_bool(report, "lab"))
		put_in(m, "<p class=\"lab\">", "LAB, NOT EVIDENCE", "</p>\n");
	put_in(m, "<h1>", "Compliance report", "</h1>\n<p class=\"period\">");
	put_period(m, report);
	wv__markup(m, "</p>\n<dl>\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = wv_doc_str(report, rows[i].key);

		put_in(m, "<dt>", rows[i].label, "</dt>");
		wv__markup(m, "<dd%s>", strcmp(rows[i].key, "ledger_head") == 0 ? " class=\"id\"" : "");
		wv__markup_text(m, text ? text : "-");
		wv__markup(m, "</dd>\n");
	}
	put_in(m, "<dt>", "records", "</dt><dd>");
	wv__markup_wordsf(m, "%" PRIu64 " in this period, of %" PRIu64 "; the chain is intact", wv_doc_u64(report, "counted"),
			  wv_doc_u64(report, "ledger_size"));
	wv__markup(m, "</dd>\n</dl>\n");
}

static void put_nav(struct wv__markup *m, struct wv_doc *report)
{
	put_in(m, "<nav aria-label=\"", "Sections", "\"><ul>\n<li><a href=\"#exceptions\">");
	put_in(m, "", "Exceptions", "");
	wv__markup(m, " (%zu)</a></li>\n", wv_doc_count(wv_doc_get(report, "exceptions")));
	put_in(m, "<li><a href=\"#timeline\">", "Timeline", "</a></li>\n");
	put_in(m, "<li><a href=\"#clauses\">", "By clause", "</a></li>\n");
	put_in(m, "<li><a href=\"#takeouts\">", "Take-outs", "");
	wv__markup(m, " (%zu)</a></li>\n</ul></nav>\n", wv_doc_count(wv_doc_get(report, "takeouts")));
}

/* ---- exceptions ----------------------------------------------------------------------------- */

static bool same(struct wv_doc *a, struct wv_doc *b, const char *key)
{
	const char *x = wv_doc_str(a, key), *y = wv_doc_str(b, key);

	return x == y || (x && y && strcmp(x, y) == 0);
}

static void put_ours(struct wv__markup *m, const char *english)
{
	if (english)
		wv__markup_words(m, english);
}

/* What people told in their own words, or an inserted medium says of itself, is never put in others. */
static void put_sentence(struct wv__markup *m, struct wv_doc *row)
{
	const char *kind = wv_doc_str(row, "kind");

	if (kind && (strcmp(kind, "incident") == 0 || strcmp(kind, "alert") == 0))
		wv__markup_text(m, wv_doc_str(row, "sentence"));
	else
		put_ours(m, wv_doc_str(row, "sentence"));
}

static void put_kind(struct wv__markup *m, struct wv_doc *row, size_t n)
{
	const char *clause = wv_doc_str(row, "clause");

	wv__markup(m, "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">");
	put_ours(m, wv_doc_str(row, "title"));
	if (clause) {
		wv__markup(m, " (");
		wv__markup_text(m, clause);
		wv__markup(m, ")");
	}
	wv__markup(m, ": %zu</th></tr>\n", n);
}

static void put_exception(struct wv__markup *m, struct wv_doc *row)
{
	wv__markup(m, "<tr><td>");
	put_sentence(m, row);
	if (wv_doc_str(row, "takeout")) {
		put_in(m, "<br/><span class=\"id\">", "take-out", " ");
		wv__markup_text(m, wv_doc_str(row, "takeout"));
		wv__markup(m, "</span>");
	}
	wv__markup(m, "</td><td class=\"records\">");
	put_records(m, wv_doc_get(row, "records"));
	wv__markup(m, "</td></tr>\n");
}

/* The document has those of a kind together. */
static void put_exceptions(struct wv__markup *m, struct wv_doc *rows)
{
	const size_t n = wv_doc_count(rows);

	put_in(m, "<section aria-labelledby=\"exceptions\">\n<h2 id=\"exceptions\">", "Exceptions", "");
	wv__markup(m, ": %zu</h2>\n", n);
	if (!n) {
		put_in(m, "<p>", "Nothing in this period was out of order.", "</p>\n</section>\n");
		return;
	}
	put_in(m, "<table class=\"exceptions\"><caption>", "What was not in order, the gravest first, with the numbers of "
	       "the ledger\xe2\x80\x99s records", "</caption>\n");
	put_in(m, "<thead><tr><th scope=\"col\">", "What happened", "</th>");
	put_in(m, "<th scope=\"col\" class=\"records\">", "Records", "</th></tr></thead>\n");
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && same(wv_doc_at(rows, i), wv_doc_at(rows, k), "kind"); k++)
			;
		put_kind(m, wv_doc_at(rows, i), k - i);
		for (size_t row = i; row < k; row++)
			put_exception(m, wv_doc_at(rows, row));
		wv__markup(m, "</tbody>\n");
	}
	wv__markup(m, "</table>\n</section>\n");
}

/* ---- clauses ----------------------------------------------------------------------------------- */

static void put_deed(struct wv__markup *m, struct wv_doc *deed)
{
	wv__markup(m, "<tr><td>");
	put_ours(m, wv_doc_str(deed, "what"));
	wv__markup(m, "</td><td class=\"count\">%" PRIu64 "</td><td class=\"records\">", wv_doc_u64(deed, "count"));
	put_records(m, wv_doc_get(deed, "records"));
	wv__markup(m, "</td></tr>\n");
}

static void put_clause(struct wv__markup *m, struct wv_doc *row)
{
	struct wv_doc *done = wv_doc_get(row, "done");
	const char *note = wv_doc_str(row, "note");

	wv__markup(m, "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"3\"><span class=\"clause\">");
	wv__markup_text(m, wv_doc_str(row, "clause"));
	wv__markup(m, "</span> ");
	put_ours(m, wv_doc_str(row, "obliges"));
	wv__markup(m, "</th></tr>\n");
	for (size_t i = 0; i < wv_doc_count(done); i++)
		put_deed(m, wv_doc_at(done, i));
	if (note) {
		wv__markup(m, "<tr><td colspan=\"3\" class=\"note\">");
		wv__markup_words(m, note);
		wv__markup(m, "</td></tr>\n");
	}
	wv__markup(m, "</tbody>\n");
}

static void put_clauses(struct wv__markup *m, struct wv_doc *rows)
{
	put_in(m, "<section aria-labelledby=\"clauses\">\n<h2 id=\"clauses\">", "By clause", "</h2>\n");
	put_in(m, "<table class=\"clauses\"><caption>", "What was done for each clause of the contract, how often, and the "
	       "numbers of the ledger\xe2\x80\x99s records", "</caption>\n");
	put_in(m, "<thead><tr><th scope=\"col\">", "What was done", "</th>");
	put_in(m, "<th scope=\"col\" class=\"count\">", "Count", "</th>");
	put_in(m, "<th scope=\"col\" class=\"records\">", "Records", "</th></tr></thead>\n");
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		put_clause(m, wv_doc_at(rows, i));
	wv__markup(m, "</table>\n</section>\n");
}

/* ---- take-outs ------------------------------------------------------------------------------------ */

static void put_cell(struct wv__markup *m, const char *class, const char *label)
{
	wv__markup(m, "<td role=\"cell\" class=\"%s\" data-label=\"", class);
	put_in(m, "", label, "\">");
}

static void put_takeout(struct wv__markup *m, struct wv_doc *row)
{
	static const struct {
		const char *key, *label;
	} days[] = { { "out", "Out" }, { "due", "Due" }, { "keys_destroyed", "Keys destroyed" } };
	const char *volume = wv_doc_str(row, "volume"), *holder = wv_doc_str(row, "holder");
	const uint64_t first = wv_doc_u64(row, "first"), last = wv_doc_u64(row, "last");

	wv__markup(m, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\" class=\"id\">");
	wv__markup_text(m, wv_doc_str(row, "takeout"));
	put_in(m, "<br/><span data-label=\"", "Volume", "\">");
	wv__markup_text(m, volume ? volume : "-");
	wv__markup(m, "</span></th>");
	put_cell(m, "holder", "Holder");
	wv__markup_text(m, holder ? holder : "-");
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		wv__markup(m, "</td>");
		put_cell(m, "day", days[i].label);
		put_day(m, row, days[i].key);
	}
	wv__markup(m, "</td>");
	put_cell(m, "seqs", "Records");
	wv__markup(m, "%" PRIu64, first);
	if (last > first)
		wv__markup(m, "\xe2\x80\x93%" PRIu64, last);
	wv__markup(m, "</td></tr>\n");
}

static void put_takeouts(struct wv__markup *m, struct wv_doc *rows)
{
	static const char *const titles[] = { "Take-out, its volume", "Holder", "Out", "Due", "Keys destroyed", "Records" };

	put_in(m, "<section aria-labelledby=\"takeouts\">\n<h2 id=\"takeouts\">", "Take-outs", "");
	wv__markup(m, ": %zu</h2>\n", wv_doc_count(rows));
	if (!wv_doc_count(rows)) {
		put_in(m, "<p>", "No take-out has a record in this period.", "</p>\n</section>\n");
		return;
	}
	put_in(m, "<table class=\"stack\" role=\"table\"><caption>", "Those with a record in this period; days are UTC", "</caption>\n"
	       "<thead role=\"rowgroup\"><tr role=\"row\">");
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		put_in(m, "<th role=\"columnheader\" scope=\"col\">", titles[i], "</th>");
	wv__markup(m, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		put_takeout(m, wv_doc_at(rows, i));
	wv__markup(m, "</tbody></table>\n</section>\n");
}

int wv__report_html(struct wv_ctx *ctx, struct wv_doc *report, enum wv__lang lang, char **ret_text)
{
	const char *type = wv_doc_str(report, "type");
	struct wv__markup m = { .lang = lang };
	int r;

	if (!type || strcmp(type, "report") != 0)
		return wv__fail(ctx, -EBADMSG, "this is no report");
	put_head(&m, report);
	put_in(&m, "<body>\n<a class=\"skip\" href=\"#main\">", "To the exceptions", "</a>\n<header>\n");
	put_facts(&m, report);
	put_nav(&m, report);
	wv__markup(&m, "</header>\n<main id=\"main\">\n");
	put_exceptions(&m, wv_doc_get(report, "exceptions"));
	put_in(&m, "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">", "Timeline", "</h2>\n");
	r = wv__report_timeline(ctx, &m, report);
	wv__markup(&m, "</section>\n");
	put_clauses(&m, wv_doc_get(report, "clauses"));
	put_takeouts(&m, wv_doc_get(report, "takeouts"));
	wv__markup(&m, "</main>\n<footer><p>workvol %s. ", wv_version());
	put_in(&m, "", "Made from a ledger whose chain was proven first. A record\xe2\x80\x99s number is its line in the ledger\xe2\x80\x99s export:",
	       " <code>workvol ledger export</code></p></footer>\n</body>\n</html>\n");
	if (r < 0) {
		wv__buf_free(&m.text);
		return r;
	}
	return wv__markup_take(ctx, &m, ret_text);
}
