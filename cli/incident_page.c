/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * incident_page.c - an incident's clock, and its report, as text for people
 */
#include <inttypes.h>
#include <stdarg.h>

#include "incident_page.h"

#define PATHS_SHOWN 40 /* the JSON has all of them */

/* "2 h 5 min", "59 min", "4 min 20 s" */
static void format_span(char *buf, size_t size, uint64_t seconds)
{
	if (seconds >= 7200)
		snprintf(buf, size, _("%" PRIu64 " h %" PRIu64 " min"), seconds / 3600, seconds / 60 % 60);
	else if (seconds >= 300)
		snprintf(buf, size, _("%" PRIu64 " min"), seconds / 60);
	else if (seconds >= 60)
		snprintf(buf, size, _("%" PRIu64 " min %" PRIu64 " s"), seconds / 60, seconds % 60);
	else
		snprintf(buf, size, _("%" PRIu64 " s"), seconds);
}

void format_notice(char *buf, size_t size, struct wv_doc *incident)
{
	const char *notified = wv_doc_str(incident, "notified");
	const char *deadline = doc_str(incident, "deadline", "-");
	const bool late = wv_doc_bool(incident, "late");
	char span[64], when[WHEN_TEXT];

	time_text(notified ? notified : deadline, when);
	format_span(span, sizeof(span),
		    wv_doc_u64(incident, late ? "overrun_seconds" : "margin_seconds"));
	if (notified)
		snprintf(buf, size, late ? _("told %s, %s LATE") : _("told %s, %s to spare"), when, span);
	else if (late)
		snprintf(buf, size, _("LATE by %s since %s"), span, when);
	else
		snprintf(buf, size, _("%s left, until %s"), span, when);
}

/* ---- the page ---------------------------------------------------------------------------- */

static void head(FILE *to, const char *english, const char *japanese)
{
	fprintf(to, _("\n%s / %s\n"), english, japanese);
}

static void __attribute__((format(printf, 3, 4))) line(FILE *to, const char *label,
						       const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fputs("  ", to);
	put_padded(to, label, 20);
	put_safe_line(to, text);
}

/* A member that is a time. */
static void line_when(FILE *to, const char *label, struct wv_doc *doc, const char *key)
{
	char when[WHEN_TEXT];

	line(to, label, "%s", time_text(doc_str(doc, key, "-"), when));
}

static void put_incident(FILE *to, struct wv_doc *report, struct wv_doc *incident)
{
	char notice[128];

	format_notice(notice, sizeof(notice), incident);
	head(to, "What happened", "事故の内容");
	line(to, _("incident"), "%" PRIu64 ", %s, %s", wv_doc_u64(incident, "incident"),
	     tr_word(doc_str(incident, "certainty", "-")), tr_word(doc_str(incident, "state", "-")));
	line(to, _("what"), "%s", doc_str(incident, "text", "-"));
	line_when(to, _("first recognised"), incident, "recognised");
	line_when(to, _("put on record"), incident, "opened");
	line(to, _("published"), "%s", wv_doc_bool(incident, "published") ? _("by the client") :
								       _("no; the client may (S11)"));
	head(to, "Who was told", "連絡状況");
	line(to, _("client"), "%s", doc_str(report, "client", "-"));
	line(to, _("contact"), "%s", doc_str(report, "contact", "-"));
	line_when(to, _("deadline"), incident, "deadline");
	line(to, _("clock"), "%s", notice);
}

static void put_notices(FILE *to, struct wv_doc *notices)
{
	for (size_t i = 0; i < wv_doc_count(notices); i++) {
		struct wv_doc *one = wv_doc_at(notices, i);
		const char *whom = doc_str(one, "whom", "");
		const char *how = doc_str(one, "how", "");
		const char *text = doc_str(one, "text", "");
		char when[WHEN_TEXT];

		line(to, wv_doc_bool(one, "client") ? _("told: client") : _("told: other"), "%s  %s%s%s%s%s",
		     time_text(doc_str(one, "notified", "-"), when), whom, *whom && *how ? ", " : "", how,
		     (*whom || *how) && *text ? ": " : "", text);
	}
	if (!wv_doc_count(notices))
		line(to, _("told"), _("nobody yet"));
}

static void put_medium(FILE *to, struct wv_doc *medium)
{
	char size[32];

	format_size(size, sizeof(size), wv_doc_u64(medium, "size"));
	line(to, _("medium"), _("%s, %s, serial %s, %s"), doc_str(medium, "kind", "-"),
	     doc_str(medium, "model", _("no model")), doc_str(medium, "serial", "-"), size);
}

static void put_subject(FILE *to, struct wv_doc *report)
{
	struct wv_doc *holder = wv_doc_get(report, "holder");
	struct wv_doc *approval = wv_doc_get(report, "client_approval");

	head(to, "The volume", "対象の媒体");
	line(to, _("volume"), "%s, %s", doc_str(report, "volume", "-"), tr_word(doc_str(report, "state", "-")));
	line(to, _("take-out"), "%s", doc_str(report, "takeout", "-"));
	put_medium(to, wv_doc_get(report, "medium"));
	line(to, _("holder"), "%s", holder ? doc_str(holder, "name", "-") : "-");
	line_when(to, _("due back"), report, "due");
	if (approval)
		line(to, _("client's approval"), "%s", doc_str(approval, "number", "-"));
}

static void put_last_known(FILE *to, struct wv_doc *last)
{
	const char *opened = wv_doc_str(last, "opened");
	const char *closed = wv_doc_str(last, "closed");
	char when[WHEN_TEXT];

	head(to, "Last known place", "最後に確認された場所");
	line(to, _("seen"), _("%s (%s), at station %s"), time_text(doc_str(last, "time", "-"), when),
	     doc_str(last, "record", "-"), doc_str(last, "station", "-"));
	line(to, _("as"), "%s", doc_str(last, "path", "-"));
	if (wv_doc_bool(last, "open"))
		line(to, _("OPEN"), _("opened %s and not recorded as closed since: if it was lost open, the cipher did not protect it"),
		     time_text(opened ? opened : "-", when));
	else if (closed)
		line(to, C_("label", "closed"), "%s", time_text(closed, when));
	else
		line(to, C_("label", "closed"), _("it was never opened, as far as this station knows"));
}

static void put_paths(FILE *to, struct wv_doc *paths)
{
	const size_t count = wv_doc_count(paths);

	for (size_t i = 0; i < count && i < PATHS_SHOWN; i++) {
		struct wv_doc *file = wv_doc_at(paths, i);
		char size[32];

		format_size(size, sizeof(size), wv_doc_u64(file, "size"));
		line(to, i ? "" : _("file"), "%8s  %s", size, doc_str(file, "path", _("(its name is not UTF-8)")));
	}
	if (count > PATHS_SHOWN)
		line(to, "", _("and %zu more: --format json"), count - PATHS_SHOWN);
}

static void put_contents(FILE *to, struct wv_doc *contents)
{
	char size[32];

	head(to, "What was on it", "記録されていた情報");
	if (!contents) {
		line(to, _("declaration"), _("cannot be read"));
		return;
	}
	format_size(size, sizeof(size), wv_doc_u64(contents, "bytes"));
	line_when(to, C_("label", "declared"), contents, "declared");
	line(to, _("purpose"), "%s", doc_str(contents, "purpose", "-"));
	line(to, _("files"), "%" PRIu64 ", %s", wv_doc_u64(contents, "files"), size);
	if (wv_doc_u64(contents, "outputs"))
		line(to, _("may have more"), _("files that may come into being in the field: %" PRIu64 " patterns"),
		     wv_doc_u64(contents, "outputs"));
	line(to, _("digest"), "%s", doc_str(contents, "declaration", "-"));
	put_paths(to, wv_doc_get(contents, "paths"));
}

static void put_since(FILE *to, struct wv_doc *report)
{
	struct wv_doc *amendments = wv_doc_get(report, "amendments");
	struct wv_doc *checked = wv_doc_get(report, "checked");
	const char *saved = wv_doc_str(report, "saved");
	char when[WHEN_TEXT];

	for (size_t i = 0; i < wv_doc_count(amendments); i++) {
		struct wv_doc *one = wv_doc_at(amendments, i);

		line(to, _("amendment"), "%" PRIu64 ", %s", wv_doc_u64(one, "n"),
		     time_text(doc_str(one, "created", "-"), when));
		print_changes(to, one, 22);
	}
	if (!wv_doc_count(amendments))
		line(to, _("amendments"), _("none"));
	if (checked)
		line(to, _("last check"), _("%s, %zu findings"), time_text(doc_str(checked, "time", "-"), when),
		     wv_doc_count(wv_doc_get(checked, "findings")));
	else
		line(to, _("last check"), _("none since it was prepared"));
	line(to, _("saved to server"), "%s", saved ? time_text(saved, when) : _("no: what was done in the field may be lost"));
}

static void put_protection(FILE *to, struct wv_doc *protection)
{
	struct wv_doc *copies = wv_doc_get(protection, "key_copies");

	head(to, "How it was protected", "講じていた保護措置");
	if (!protection) {
		line(to, _("take-out record"), _("cannot be read"));
		return;
	}
	line(to, _("encryption"), "%s, %s", doc_str(protection, "format", "-"),
	     doc_str(protection, "cipher", "-"));
	line(to, _("factors"), _("key file and passphrase, both needed"));
	for (size_t i = 0; i < wv_doc_count(copies); i++) {
		const char *copy = wv_doc_str_at(copies, i);
		char local[SENTENCE_TEXT];

		line(to, _("key copy"), "%s", copy && tr_form(copy, local, sizeof(local)) ? local : tr_said(copy));
	}
}

static const char *answer_of(const char *kept_apart)
{
	return strcmp(kept_apart, "yes") == 0 ? _("YES, as was said on record") :
	       strcmp(kept_apart, "no") == 0  ? _("NO: the key file was with the volume") :
						_("NOT KNOWN: say it with incident notify --key-was");
}

static void put_key(FILE *to, struct wv_doc *key)
{
	const char *prepared = doc_str(key, "at_prepare", "");

	head(to, "Was the key kept apart from the data?", "復号鍵の分離管理");
	line(to, _("answer"), "%s", answer_of(doc_str(key, "kept_apart", "unknown")));
	line(to, _("at prepare"), "%s", strcmp(prepared, "apart") == 0 ?
					     _("the key file was on another disk than the volume") :
					     _("not examined: of a station for trials"));
}

/* 1 and 2, and one of 3 to 5: lib/flow/incident/exemption.c */
static void put_exemption(FILE *to, struct wv_doc *rows)
{
	head(to, "What the law's exemptions ask", "報告義務の例外に関する確認事項");
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		char label[64];

		snprintf(label, sizeof(label), "%zu: %s", i + 1, _(doc_str(row, "answer", "-")));
		line(to, label, "%s:", tr_said(doc_str(row, "asks", "-")));
		line(to, "", "  %s", tr_said(doc_str(row, "on_record", "-")));
	}
	line(to, _("note"), _("1 and 2 are asked, and one of 3 to 5; whether it exempts from a report is for the PPC's rules to say, not for this page"));
}

static void put_problems(FILE *to, struct wv_doc *problems)
{
	if (!wv_doc_count(problems))
		return;
	head(to, "What could not be read", "読み取れなかった事項");
	for (size_t i = 0; i < wv_doc_count(problems); i++)
		line(to, _("problem"), "%s", tr_said(wv_doc_str_at(problems, i)));
}

void print_incident_page(FILE *to, struct wv_doc *report)
{
	struct wv_doc *incident = wv_doc_get(report, "incident");
	struct wv_doc *protection = wv_doc_get(report, "protection");

	if (wv_doc_bool(report, "lab"))
		fputs(_("LAB, NOT EVIDENCE\n"), to);
	fputs(_("Incident report / 事故報告\n"), to);
	line_when(to, _("made"), report, "created");
	put_incident(to, report, incident);
	put_notices(to, wv_doc_get(incident, "notices"));
	put_subject(to, report);
	put_last_known(to, wv_doc_get(report, "last_known"));
	put_contents(to, wv_doc_get(report, "contents"));
	put_since(to, report);
	put_protection(to, protection);
	if (protection)
		put_key(to, wv_doc_get(protection, "key"));
	put_exemption(to, wv_doc_get(report, "exemption"));
	put_problems(to, wv_doc_get(report, "problems"));
}
