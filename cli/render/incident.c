/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * incident.c - what was lost, how it was protected, who was told when, and what the law asks
 */
#include "pages.h"
#include "parts.h"
#include "rows.h"
#include "words.h"

#include <string.h>

#define PATHS_SHOWN 2000
#define BAND 34 /* of the clock, high */

static const char *str(struct wv_doc *doc, const char *key)
{
	const char *text = wv_doc_str(doc, key);

	return text ? text : "-";
}

/* ---- what happened, and the clock ------------------------------------------------------------- */

static void happened(struct sheets *s, struct wv_doc *incident)
{
	part_section(s, "What happened");
	part_factf(s, "incident number", "%" PRIu64, wv_doc_u64(incident, "incident"));
	part_fact(s, "certainty", wv_doc_str(incident, "certainty"));
	part_fact(s, "what", wv_doc_str(incident, "text"));
	part_when(s, "first recognised", wv_doc_str(incident, "recognised"));
	part_when(s, "put on record", wv_doc_str(incident, "opened"));
	part_fact(s, "state", wv_doc_str(incident, "state"));
	part_fact(s, "published by the client", wv_doc_bool(incident, "published") ? "yes" : "no");
}

/* Seen from across a desk: in time, late, or not told yet. */
static void clock_band(struct sheets *s, struct wv_doc *incident)
{
	const struct style big = { .size = 13, .bold = true, .lines = 1, .align = PANGO_ALIGN_CENTER };
	struct style style = big;
	const bool late = wv_doc_bool(incident, "late"), told = wv_doc_str(incident, "notified") != NULL;
	const uint64_t span = wv_doc_u64(incident, late ? "overrun_seconds" : "margin_seconds");
	const char *english = told ? (late ? "client told late, by" : "client told in time, to spare") :
				     (late ? "CLIENT NOT TOLD, late by" : "client not told yet, left");
	struct paper *p = s->paper;
	char *ja = g_strdup_printf("%s %" PRIu64 "分%02" PRIu64 "秒", wv__words_ja(english), span / 60, span % 60);
	char *en = g_strdup_printf("%s %" PRIu64 " min %02" PRIu64 " s", english, span / 60, span % 60);
	double y;

	sheets_need(s, BAND + 8);
	y = p->y;
	if (late)
		paper_box(p, MARGIN, y, TEXT_WIDTH, BAND, (struct rgb){ 0.53, 0.05, 0.13 });
	else
		paper_frame(p, MARGIN + 1, y + 1, TEXT_WIDTH - 2, BAND - 2, 1.5, (struct rgb){ 0, 0, 0 });
	style.grey = late ? 1 : 0;
	p->y = y + (p->lang == WV__LANG_BOTH ? 4 : 9);
	p->y += paper_text(p, MARGIN + 6, TEXT_WIDTH - 12, &style, p->lang == WV__LANG_EN ? en : ja);
	style.size = 9;
	if (p->lang == WV__LANG_BOTH)
		paper_text(p, MARGIN + 6, TEXT_WIDTH - 12, &style, en);
	p->y = y + BAND + 6;
	g_free(ja);
	g_free(en);
}

static void notices(struct sheets *s, struct wv_doc *list)
{
	static const struct column columns[] = {
		{ .title = "When", .at = 4, .wide = 124, .kind = COLUMN_WHEN }, { .title = "Whom", .at = 134, .wide = 108 },
		{ .title = "How", .at = 248, .wide = 88 }, { .title = "Client", .at = 342, .wide = 40, .kind = COLUMN_WORDS },
		{ .title = "What was said", .at = 388, .wide = TEXT_WIDTH - 392 },
	};

	if (!wv_doc_count(list)) {
		sheets_note(s, "Nobody has been told yet.");
		return;
	}
	sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < wv_doc_count(list); i++) {
		struct wv_doc *row = wv_doc_at(list, i);

		sheets_row(s, (const char *const[]){ wv_doc_str(row, "notified"), wv_doc_str(row, "whom"), wv_doc_str(row, "how"),
						     wv_doc_bool(row, "client") ? "yes" : "no", wv_doc_str(row, "text") }, NULL);
	}
	sheets_close(s);
}

static void told(struct sheets *s, struct wv_doc *report, struct wv_doc *incident)
{
	part_section(s, "Who was told, and the 60-minute clock");
	part_fact(s, "client", wv_doc_str(report, "client"));
	part_fact(s, "contact", wv_doc_str(report, "contact"));
	part_when(s, "deadline", wv_doc_str(incident, "deadline"));
	part_when(s, "client told at", wv_doc_str(incident, "notified"));
	clock_band(s, incident);
	notices(s, wv_doc_get(incident, "notices"));
}

/* ---- the volume ---------------------------------------------------------------------------------- */

static void subject(struct sheets *s, struct wv_doc *report)
{
	struct wv_doc *approval = wv_doc_get(report, "client_approval");

	part_section(s, "The volume");
	part_fact(s, "volume", wv_doc_str(report, "volume"));
	part_fact(s, "take-out", wv_doc_str(report, "takeout"));
	part_fact(s, "state", wv_doc_str(report, "state"));
	part_medium(s, wv_doc_get(report, "medium"));
	part_fact(s, "holder", wv_doc_str(wv_doc_get(report, "holder"), "name"));
	part_when(s, "due back", wv_doc_str(report, "due"));
	part_fact(s, "client's approval", wv_doc_str(approval, "number"));
}

static void last_known(struct sheets *s, struct wv_doc *last)
{
	part_section(s, "Last known place");
	part_when(s, "last seen", wv_doc_str(last, "time"));
	part_fact(s, "by the record", wv_doc_str(last, "record"));
	part_fact(s, "at station", wv_doc_str(last, "station"));
	part_fact(s, "path", wv_doc_str(last, "path"));
	part_when(s, "last opened", wv_doc_str(last, "opened"));
	part_when(s, "last closed", wv_doc_str(last, "closed"));
	if (wv_doc_bool(last, "open"))
		part_fact(s, "OPEN", "it was opened, and not recorded as closed since: if it was lost open, the cipher did not protect it");
}

/* ---- what was on it -------------------------------------------------------------------------------- */

static void contents(struct sheets *s, struct wv_doc *doc)
{
	part_section(s, "What was on it");
	if (!doc) {
		sheets_note(s, "The declaration cannot be read.");
		return;
	}
	part_when(s, "declared", wv_doc_str(doc, "declared"));
	part_fact(s, "purpose", wv_doc_str(doc, "purpose"));
	part_factf(s, "files", "%" PRIu64, wv_doc_u64(doc, "files"));
	part_factf(s, "all their bytes", "%" PRIu64 " B", wv_doc_u64(doc, "bytes"));
	part_factf(s, "patterns of files that may come into being", "%" PRIu64, wv_doc_u64(doc, "outputs"));
	part_fact(s, "declaration", wv_doc_str(doc, "declaration"));
	part_files(s, wv_doc_get(doc, "paths"), PATHS_SHOWN);
}

static void amendments(struct sheets *s, struct wv_doc *list)
{
	static const struct column columns[] = {
		{ .title = "Amendment", .at = 4, .wide = 60 }, { .title = "When", .at = 70, .wide = 124, .kind = COLUMN_WHEN },
		{ .title = "Action", .at = 200, .wide = 66, .kind = COLUMN_WORDS }, { .title = "File", .at = 272, .wide = TEXT_WIDTH - 272 },
	};

	part_section(s, "Amendments since");
	if (!wv_doc_count(list)) {
		sheets_note(s, "There is none.");
		return;
	}
	sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < wv_doc_count(list); i++) {
		struct wv_doc *one = wv_doc_at(list, i), *changes = wv_doc_get(one, "changes");
		char *n = g_strdup_printf("%" PRIu64, wv_doc_u64(one, "n"));

		for (size_t k = 0; k < wv_doc_count(changes); k++) {
			struct wv_doc *change = wv_doc_at(changes, k);

			sheets_row(s, (const char *const[]){ n, wv_doc_str(one, "created"), wv_doc_str(change, "action"),
							     wv_doc_str(change, "path") }, NULL);
		}
		g_free(n);
	}
	sheets_close(s);
}

static void since(struct sheets *s, struct wv_doc *report)
{
	struct wv_doc *checked = wv_doc_get(report, "checked");

	amendments(s, wv_doc_get(report, "amendments"));
	part_section(s, "Last check, last save");
	part_when(s, "last check", wv_doc_str(checked, "time"));
	if (checked)
		part_factf(s, "findings", "%zu", wv_doc_count(wv_doc_get(checked, "findings")));
	part_when(s, "saved to the server", wv_doc_str(report, "saved"));
}

/* ---- how it was protected, and what the law asks --------------------------------------------------- */

static void protection(struct sheets *s, struct wv_doc *doc)
{
	struct wv_doc *copies = wv_doc_get(doc, "key_copies");

	part_section(s, "How it was protected");
	if (!doc) {
		sheets_note(s, "The take-out record cannot be read.");
		return;
	}
	part_factf(s, "encryption", "%s, %s", str(doc, "format"), str(doc, "cipher"));
	part_fact(s, "factors", "a key file and a passphrase, both needed");
	for (size_t i = 0; i < wv_doc_count(copies); i++)
		part_fact(s, "known copies", wv_doc_str_at(copies, i));
	if (!wv_doc_count(copies))
		part_fact(s, "known copies", "no copy is known");
	part_fact(s, "header digest", wv_doc_str(doc, "header"));
}

static void exemption(struct sheets *s, struct wv_doc *rows)
{
	static const struct column columns[] = {
		{ .title = "No", .at = 2, .wide = 20 }, { .title = "What is asked", .at = 26, .wide = 202, .kind = COLUMN_WORDS },
		{ .title = "What is on record", .at = 236, .wide = 206, .kind = COLUMN_WORDS },
		{ .title = "Answer", .at = 450, .wide = TEXT_WIDTH - 450, .kind = COLUMN_WORDS },
	};

	part_section(s, "What the law's exemptions ask");
	sheets_note(s, "Of the Personal Information Protection Commission (PPC), for data under advanced encryption: 1 and 2, "
		       "and one of 3 to 5. Whether it exempts from a report is for the PPC's rules to say, not for this page.");
	sheets_open(s, columns, G_N_ELEMENTS(columns));
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		const char *answer = str(row, "answer");
		char *n = g_strdup_printf("%zu", i + 1);

		sheets_row(s, (const char *const[]){ n, str(row, "asks"), str(row, "on_record"), strcmp(answer, "yes") == 0 ? "YES" :
						     strcmp(answer, "no") == 0 ? "NO" : "NOT KNOWN" }, NULL);
		g_free(n);
	}
	sheets_close(s);
}

static void problems(struct sheets *s, struct wv_doc *list)
{
	if (!wv_doc_count(list))
		return;
	part_section(s, "What could not be read");
	for (size_t i = 0; i < wv_doc_count(list); i++)
		part_fact(s, "problem", wv_doc_str_at(list, i));
}

static void put_report(struct sheets *s, const void *data)
{
	static const char *const signatures[] = { "Reported by", "Received by the client", NULL };
	struct wv_doc *report = *(struct wv_doc *const *)data;
	struct wv_doc *incident = wv_doc_get(report, "incident");

	part_title(s, "Incident report");
	part_letter(s, report);
	happened(s, incident);
	told(s, report, incident);
	subject(s, report);
	last_known(s, wv_doc_get(report, "last_known"));
	protection(s, wv_doc_get(report, "protection"));
	exemption(s, wv_doc_get(report, "exemption"));
	contents(s, wv_doc_get(report, "contents"));
	since(s, report);
	problems(s, wv_doc_get(report, "problems"));
	part_signatures(s, signatures);
}

int page_of_incident(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf)
{
	char *about = g_strdup_printf("%s  %" PRIu64, str(doc, "station"), wv_doc_u64(wv_doc_get(doc, "incident"), "incident"));
	const struct sheets_page page = {
		.title = "Incident report", .about = about, .created = wv_doc_str(doc, "created"),
		.lab = wv_doc_bool(doc, "lab"), .put = put_report, .data = &doc,
	};
	const int r = sheets_draw(fonts, lang, &page, digest, pdf);

	g_free(about);
	return r;
}
