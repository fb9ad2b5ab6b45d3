/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results.c - results that several commands print: findings, and a wipe's
 */
#include <inttypes.h>

#include "cli.h"

void print_findings(struct wv_doc *findings)
{
	for (size_t i = 0; i < wv_doc_count(findings); i++) {
		struct wv_doc *f = wv_doc_at(findings, i);
		const char *path = wv_doc_str(f, "path");

		put_padded(stdout, tr_word(doc_str(f, "kind", "-")), 12);
		put_safe(stdout, path ? path : doc_str(f, "path_b64", "-"));
		if (!path)
			fputs(" (base64)", stdout);
		if (wv_doc_str(f, "detail")) {
			fputs(": ", stdout);
			put_safe(stdout, tr_said(wv_doc_str(f, "detail")));
		}
		putchar('\n');
	}
}

static void print_change(FILE *to, struct wv_doc *change)
{
	static const char *const verbs[][2] = {
		{ "add", N_("added") }, { "modify", N_("modified") }, { "remove", N_("removed") }
	};
	const char *action = doc_str(change, "action", "-"), *path = wv_doc_str(change, "path");
	struct wv_doc *state = wv_doc_get(change, "new");

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(action, verbs[i][0]) == 0)
			action = tr(verbs[i][1]);
	put_padded(to, action, 10);
	put_safe(to, path ? path : doc_str(change, "path_b64", "-"));
	if (!path)
		fputs(" (base64)", to);
	if (wv_doc_str(state, "sha256"))
		fprintf(to, _(", %" PRIu64 " bytes"), wv_doc_u64(state, "size"));
}

void print_changes(FILE *to, struct wv_doc *amendment, int indent)
{
	struct wv_doc *changes = wv_doc_get(amendment, "changes");

	for (size_t i = 0; i < wv_doc_count(changes); i++) {
		fprintf(to, "%*s", indent, "");
		print_change(to, wv_doc_at(changes, i));
		if (wv_doc_str(amendment, "purpose")) {
			fputs(": ", to);
			put_safe(to, wv_doc_str(amendment, "purpose"));
		}
		fputc('\n', to);
	}
}

static void print_passes(struct wv_doc *passes)
{
	for (size_t i = 0; i < wv_doc_count(passes); i++) {
		struct wv_doc *p = wv_doc_at(passes, i);

		if (!wv_doc_u64(p, "written") && !wv_doc_u64(p, "verified") &&
		    !wv_doc_u64(p, "mismatched"))
			continue; /* not begun */
		printf(_("  pass %-4" PRIu64 "%-8s  written %" PRIu64 ", read back %" PRIu64
			 ", different %" PRIu64 ", %.0f MB/s\n"),
		       wv_doc_u64(p, "pass"), doc_str(p, "pattern", "-"), wv_doc_u64(p, "written"),
		       wv_doc_u64(p, "verified"), wv_doc_u64(p, "mismatched"),
		       wv_doc_real(p, "mb_per_s"));
	}
}

/* What the device was told to do itself, and what was seen of it. */
static void print_sanitize(struct wv_doc *own)
{
	struct wv_doc *marks = wv_doc_get(own, "marks");

	if (!own)
		return;
	printf(_("  device   %s: %s, %" PRIu64 " marks laid, %" PRIu64 " left"), doc_str(own, "command", "-"),
	       wv_doc_bool(own, "completed") ? _("completed") :
	       wv_doc_bool(own, "begun")     ? _("begun, not completed") :
					       _("not begun"),
	       wv_doc_u64(marks, "laid"), wv_doc_u64(marks, "survived"));
	if (wv_doc_str(own, "found"))
		printf(_(", reads %s"), tr_word(wv_doc_str(own, "found")));
	putchar('\n');
}

static void print_bad(struct wv_doc *bad)
{
	for (size_t i = 0; i < wv_doc_count(bad); i++) {
		struct wv_doc *b = wv_doc_at(bad, i);

		printf(_("  bad      %" PRIu64 " bytes at %" PRIu64 ": %s %s\n"),
		       wv_doc_u64(b, "length"), wv_doc_u64(b, "offset"), tr_word(doc_str(b, "op", "-")),
		       doc_str(b, "error", ""));
	}
}

void print_wipe(struct wv_doc *wipe)
{
	const uint64_t claimed = wv_doc_u64(wipe, "claimed"), real = wv_doc_u64(wipe, "real");
	struct wv_doc *unproven = wv_doc_get(wipe, "not_proven");
	const char *error = wv_doc_str(wipe, "error");
	char size[32];

	format_size(size, sizeof(size), wv_doc_u64(wipe, "size"));
	put_safe(stdout, doc_str(wipe, "device", "-"));
	printf(": %s", tr_word(doc_str(wipe, "status", "-")));
	if (wv_doc_str(wipe, "method"))
		printf(" (%s, %s)", size, wv_doc_str(wipe, "method"));
	putchar('\n');
	if (error) {
		fputs(_("  why      "), stdout);
		put_safe(stdout, tr_said(error));
		putchar('\n');
	}
	print_sanitize(wv_doc_get(wipe, "sanitize"));
	print_passes(wv_doc_get(wipe, "passes"));
	print_bad(wv_doc_get(wipe, "bad"));
	if (real && real < claimed)
		printf(_("  FAKE     claims %" PRIu64 " bytes, has %" PRIu64 "\n"), claimed, real);
	for (size_t i = 0; i < wv_doc_count(unproven); i++) {
		fputs(_("  not proven: "), stdout);
		put_safe(stdout, tr_said(wv_doc_str_at(unproven, i)));
		putchar('\n');
	}
}

static void print_places(FILE *to, struct wv_doc *list, uint64_t count, const char *what, int indent)
{
	const size_t shown = wv_doc_count(list);

	for (size_t i = 0; i < shown; i++) {
		struct wv_doc *row = wv_doc_at(list, i);
		const char *declared = wv_doc_str(row, "declared"), *why = wv_doc_str(row, "why");

		fprintf(to, "%*s", indent, "");
		put_padded(to, what, 14);
		put_safe(to, doc_str(row, "path", _("(a name that is not UTF-8)")));
		fputs(declared ? _(" is ") : why ? ": " : "", to);
		put_safe_line(to, declared ? declared : why ? tr_said(why) : "");
	}
	if (count > shown)
		fprintf(to, _("%*sand %" PRIu64 " more\n"), indent, "", count - shown);
}

void print_copies(FILE *to, struct wv_doc *copies, int indent)
{
	print_places(to, wv_doc_get(copies, "found"), wv_doc_u64(copies, "found_count"), C_("label", "copy"), indent);
	print_places(to, wv_doc_get(copies, "not_searched"), wv_doc_u64(copies, "not_searched_count"),
		     _("not searched"), indent);
}
