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
	char day[sizeof("YYYY-MM-DD")];
	int n = text ? (int)MIN(strlen(text), sizeof(day) - 1) : 0;

	while (n && text[n] && (text[n] & 0xc0) == 0x80) /* never inside a character */
		n--;
	snprintf(day, sizeof(day), "%.*s", n, text ? text : "");
	wv__markup_text(m, n ? day : "-");
}

static void put_records(struct wv__markup *m, struct wv_doc *records)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const int r = wv__records_text(records, &text);

	if (m->error == 0)
		m->error = r;
	if (wv_doc_count(records))
		wv__markup_text(m, wv__buf_str(&text));
	else
		wv__markup(m, "<span class=\"none\">%s</span>", wv__buf_str(&text));
}

/* ---- the head ---------------------------------------------------------------------------- */

static void put_head(struct wv__markup *m, struct wv_doc *report)
{
	wv__markup(m, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>Compliance report, ");
	put_day(m, report, "from");
	wv__markup(m, " to ");
	put_day(m, report, "to");
	wv__markup(m, ": ");
	wv__markup_text(m, wv_doc_str(report, "station"));
	wv__markup(m, "</title>\n<style>\n%s", wv__report_css);
	if (wv_doc_bool(report, "lab")) /* on each sheet of paper too */
		wv__markup(m, "@page { @top-center { content: \"LAB, NOT EVIDENCE\"; font: bold 9pt sans-serif; } }\n");
	wv__markup(m, "</style>\n</head>\n");
}

static void put_facts(struct wv__markup *m, struct wv_doc *report)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{ "station", "Station" }, { "client", "Client" }, { "contact", "Contact" },
		{ "created", "Made" },	  { "ledger_head", "Ledger" },
	};

	if (wv_doc_bool(report, "lab"))
		wv__markup(m, "<p class=\"lab\">LAB, NOT EVIDENCE</p>\n");
	wv__markup(m, "<h1>Compliance report</h1>\n<p class=\"period\">");
	put_day(m, report, "from");
	wv__markup(m, " to ");
	put_day(m, report, "to");
	wv__markup(m, "</p>\n<dl>\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = wv_doc_str(report, rows[i].key);

		wv__markup(m, "<dt>%s</dt><dd%s>", rows[i].label,
			   strcmp(rows[i].key, "ledger_head") == 0 ? " class=\"id\"" : "");
		wv__markup_text(m, text ? text : "-");
		wv__markup(m, "</dd>\n");
	}
	wv__markup(m, "<dt>Records</dt><dd>%" PRIu64 " in this period, of %" PRIu64 "; the chain is intact</dd>\n</dl>\n",
		   wv_doc_u64(report, "counted"), wv_doc_u64(report, "ledger_size"));
}

static void put_nav(struct wv__markup *m, struct wv_doc *report)
{
	wv__markup(m, "<nav aria-label=\"Sections\"><ul>\n<li><a href=\"#exceptions\">Exceptions (%zu)</a></li>\n"
		      "<li><a href=\"#timeline\">Timeline</a></li>\n<li><a href=\"#clauses\">By clause</a></li>\n"
		      "<li><a href=\"#takeouts\">Take-outs (%zu)</a></li>\n</ul></nav>\n",
		   wv_doc_count(wv_doc_get(report, "exceptions")), wv_doc_count(wv_doc_get(report, "takeouts")));
}

/* ---- exceptions ----------------------------------------------------------------------------- */

static bool same(struct wv_doc *a, struct wv_doc *b, const char *key)
{
	const char *x = wv_doc_str(a, key), *y = wv_doc_str(b, key);

	return x == y || (x && y && strcmp(x, y) == 0);
}

static void put_kind(struct wv__markup *m, struct wv_doc *row, size_t n)
{
	const char *clause = wv_doc_str(row, "clause");

	wv__markup(m, "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">");
	wv__markup_text(m, wv_doc_str(row, "title"));
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
	wv__markup_text(m, wv_doc_str(row, "sentence"));
	if (wv_doc_str(row, "takeout")) {
		wv__markup(m, "<br/><span class=\"id\">take-out ");
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

	wv__markup(m, "<section aria-labelledby=\"exceptions\">\n<h2 id=\"exceptions\">Exceptions: %zu</h2>\n", n);
	if (!n) {
		wv__markup(m, "<p>Nothing in this period was out of order.</p>\n</section>\n");
		return;
	}
	wv__markup(m, "<table class=\"exceptions\"><caption>What was not in order, the gravest first, with the numbers of "
		      "the ledger&#8217;s records</caption>\n<thead><tr><th scope=\"col\">What happened</th>"
		      "<th scope=\"col\" class=\"records\">Records</th></tr></thead>\n");
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
	wv__markup_text(m, wv_doc_str(deed, "what"));
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
	wv__markup_text(m, wv_doc_str(row, "obliges"));
	wv__markup(m, "</th></tr>\n");
	for (size_t i = 0; i < wv_doc_count(done); i++)
		put_deed(m, wv_doc_at(done, i));
	if (note) {
		wv__markup(m, "<tr><td colspan=\"3\" class=\"note\">");
		wv__markup_text(m, note);
		wv__markup(m, "</td></tr>\n");
	}
	wv__markup(m, "</tbody>\n");
}

static void put_clauses(struct wv__markup *m, struct wv_doc *rows)
{
	wv__markup(m, "<section aria-labelledby=\"clauses\">\n<h2 id=\"clauses\">By clause</h2>\n"
		      "<table class=\"clauses\"><caption>What was done for each clause of the contract, how often, and the "
		      "numbers of the ledger&#8217;s records</caption>\n<thead><tr><th scope=\"col\">What was done</th>"
		      "<th scope=\"col\" class=\"count\">Count</th><th scope=\"col\" class=\"records\">Records</th></tr>"
		      "</thead>\n");
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		put_clause(m, wv_doc_at(rows, i));
	wv__markup(m, "</table>\n</section>\n");
}

/* ---- take-outs ------------------------------------------------------------------------------------ */

static void put_cell(struct wv__markup *m, const char *class, const char *label)
{
	wv__markup(m, "<td role=\"cell\" class=\"%s\" data-label=\"%s\">", class, label);
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
	wv__markup(m, "<br/><span data-label=\"Volume\">");
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

	wv__markup(m, "<section aria-labelledby=\"takeouts\">\n<h2 id=\"takeouts\">Take-outs: %zu</h2>\n", wv_doc_count(rows));
	if (!wv_doc_count(rows)) {
		wv__markup(m, "<p>No take-out has a record in this period.</p>\n</section>\n");
		return;
	}
	wv__markup(m, "<table class=\"stack\" role=\"table\"><caption>Those with a record in this period; days are UTC</caption>\n"
		      "<thead role=\"rowgroup\"><tr role=\"row\">");
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		wv__markup(m, "<th role=\"columnheader\" scope=\"col\">%s</th>", titles[i]);
	wv__markup(m, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
	for (size_t i = 0; i < wv_doc_count(rows); i++)
		put_takeout(m, wv_doc_at(rows, i));
	wv__markup(m, "</tbody></table>\n</section>\n");
}

int wv__report_html(struct wv_ctx *ctx, struct wv_doc *report, char **ret_text)
{
	const char *type = wv_doc_str(report, "type");
	struct wv__markup m = { 0 };
	int r;

	if (!type || strcmp(type, "report") != 0)
		return wv__fail(ctx, -EBADMSG, "this is no report");
	put_head(&m, report);
	wv__markup(&m, "<body>\n<a class=\"skip\" href=\"#main\">To the exceptions</a>\n<header>\n");
	put_facts(&m, report);
	put_nav(&m, report);
	wv__markup(&m, "</header>\n<main id=\"main\">\n");
	put_exceptions(&m, wv_doc_get(report, "exceptions"));
	wv__markup(&m, "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline</h2>\n");
	r = wv__report_timeline(ctx, &m, report);
	wv__markup(&m, "</section>\n");
	put_clauses(&m, wv_doc_get(report, "clauses"));
	put_takeouts(&m, wv_doc_get(report, "takeouts"));
	wv__markup(&m, "</main>\n<footer><p>Made by workvol %s from a ledger whose chain was proven first. Record 7 is line 7 of "
		       "<code>workvol ledger export</code>.</p></footer>\n</body>\n</html>\n", wv_version());
	if (r < 0) {
		wv__buf_free(&m.text);
		return r;
	}
	return wv__markup_take(ctx, &m, ret_text);
}
