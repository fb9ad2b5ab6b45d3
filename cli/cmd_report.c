/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_report.c - workvol report: a period, by the clauses of the contract
 */
#include <inttypes.h>

#include "cli.h"

#define PAGE_WIDTH 80
#define RECORDS_SHOWN 20 /* single numbers or ranges */

static const struct opt options[] = {
	OPT_STR("from", "DATE", from, "the first day: YYYY-MM-DD, UTC"),
	OPT_STR("to", "DATE", to, "the last day"),
	OPT_STR("format", "FORMAT", format, "text (default), json, html or pdf"),
	OPT_STR("lang", "LANG", lang, "of a page: ja, en or both; default both of a PDF, en of HTML"),
	OPT_END,
};

/* "records 3, 7-9, 12", wrapped; a year's numbers would be all that there is to read. */
static void print_records(struct wv_doc *records, int indent)
{
	const size_t n = wv_doc_count(records);
	char word[64];
	int column, shown = 0;

	column = printf("%*s", indent, "");
	fputs(tr_n("record", "records", n), stdout);
	column += (int)columns_of(tr_n("record", "records", n));
	for (size_t i = 0, k; i < n; i = k) {
		uint64_t first, last;

		if (shown++ == RECORDS_SHOWN) {
			printf("\n%*s", indent + 8, "");
			printf(_("and %zu more: --json has all"), n - i);
			break;
		}
		k = wv_doc_range_at(records, i, &first, &last);
		if (last > first)
			snprintf(word, sizeof(word), "%" PRIu64 "-%" PRIu64 "%s", first, last, k < n ? "," : "");
		else
			snprintf(word, sizeof(word), "%" PRIu64 "%s", first, k < n ? "," : "");
		if (column + 1 + (int)strlen(word) > PAGE_WIDTH)
			column = printf("\n%*s", indent + 7, "") - 1;
		column += printf(" %s", word);
	}
	putchar('\n');
}

static void print_head(struct wv_doc *report)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{ "station", N_("station") }, { "client", N_("client") }, { "contact", N_("contact") },
		{ "created", N_("made") },    { "ledger_head", N_("ledger") },
	};
	char from[WHEN_TEXT], to[WHEN_TEXT];

	if (wv_doc_bool(report, "lab"))
		puts(_("LAB, NOT EVIDENCE\n"));
	printf(_("Compliance report, %s to %s\n\n"), day_text(doc_str(report, "from", "-"), from),
	       day_text(doc_str(report, "to", "-"), to));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_padded(stdout, tr(rows[i].label), 10);
		put_sentence(stdout, doc_str(report, rows[i].key, "-"));
	}
	put_padded(stdout, _("records"), 10);
	printf(_("%" PRIu64 " in this period, of %" PRIu64 "; the chain is intact\n"),
	       wv_doc_u64(report, "counted"), wv_doc_u64(report, "ledger_size"));
}

static void print_exceptions(struct wv_doc *rows)
{
	printf(_("\nExceptions: %zu\n"), wv_doc_count(rows));
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		const char *clause = wv_doc_str(row, "clause");

		printf("\n  %s%s%s%s\n    ", tr_said(doc_str(row, "title", "-")), clause ? " (" : "",
		       clause ? clause : "", clause ? ")" : "");
		put_sentence(stdout, tr_said(doc_str(row, "sentence", "-")));
		if (wv_doc_str(row, "takeout"))
			printf(_("    take-out %s\n"), wv_doc_str(row, "takeout"));
		print_records(wv_doc_get(row, "records"), 4);
	}
}

static void print_clauses(struct wv_doc *rows)
{
	puts(_("\nBy clause"));
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		struct wv_doc *done = wv_doc_get(row, "done");
		const char *note = wv_doc_str(row, "note");

		printf("\n  %-5s %s\n", doc_str(row, "clause", "-"), tr_said(doc_str(row, "obliges", "-")));
		for (size_t k = 0; k < wv_doc_count(done); k++) {
			struct wv_doc *deed = wv_doc_at(done, k);

			printf("%8s%s: %" PRIu64 "\n", "", tr_said(doc_str(deed, "what", "-")), wv_doc_u64(deed, "count"));
			if (wv_doc_u64(deed, "count"))
				print_records(wv_doc_get(deed, "records"), 10);
		}
		if (note)
			printf("%8s%s\n", "", tr_said(note));
	}
}

static void format_day(char *buf, size_t size, struct wv_doc *row, const char *key)
{
	char day[WHEN_TEXT];

	snprintf(buf, size, "%s", day_text(doc_str(row, key, "-"), day));
}

static void format_due(char *buf, size_t size, struct wv_doc *row)
{
	format_day(buf, size, row, "due");
}

static void format_out(char *buf, size_t size, struct wv_doc *row)
{
	format_day(buf, size, row, "out");
}

static void format_back(char *buf, size_t size, struct wv_doc *row)
{
	format_day(buf, size, row, "keys_destroyed");
}

static void format_records(char *buf, size_t size, struct wv_doc *row)
{
	snprintf(buf, size, _("%" PRIu64 " to %" PRIu64), wv_doc_u64(row, "first"), wv_doc_u64(row, "last"));
}

static void print(struct wv_doc *report)
{
	static const struct column columns[] = {
		{ N_("VOLUME"), "volume", format_volume }, { N_("OUT"), "out", format_out },
		{ N_("DUE"), "due", format_due },	       { N_("KEYS DESTROYED"), "keys_destroyed", format_back },
		{ N_("RECORDS"), "first", format_records }, { N_("HOLDER"), "holder", NULL },
	};
	struct wv_doc *takeouts = wv_doc_get(report, "takeouts");

	print_head(report);
	print_exceptions(wv_doc_get(report, "exceptions"));
	print_clauses(wv_doc_get(report, "clauses"));
	printf(_("\nTake-outs: %zu\n\n"), wv_doc_count(takeouts));
	if (wv_doc_count(takeouts))
		print_table(takeouts, columns, ARRAY_SIZE(columns));
}

static int report_(struct cli *cli, struct desk *desk, struct wv_doc **ret_report)
{
	return wv_flow_report(desk->station, cli->args.from, cli->args.to, ret_report);
}

static int write_html(struct cli *cli, struct wv_doc *doc)
{
	cleanup_free char *text = NULL;
	const int r = wv_report_html(cli->ctx, doc, cli->args.lang ? cli->args.lang : "en", &text);

	if (r < 0)
		return report(cli, r);
	fputs(text, stdout);
	return EXIT_OK;
}

/* A page is made of the document, which --json would print instead. */
static int write_page(struct cli *cli, bool pdf)
{
	cleanup_desk struct desk desk = DESK_INIT;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = check_page(cli, pdf);
	if (r == EXIT_OK)
		r = desk_open(cli, &desk);
	if (r)
		return r;
	r = report_(cli, &desk, &doc);
	if (r < 0)
		return report(cli, r);
	return pdf ? put_paper(cli, doc) : write_html(cli, doc);
}

static int run(struct cli *cli)
{
	static const struct format formats[] = {
		{ "text", print }, { "json", NULL }, { "html", NULL }, { "pdf", NULL }, { .name = NULL },
	};
	const struct args *a = &cli->args;
	const char *format = a->format ? a->format : "text";
	printer print_as;
	int r;

	if (!a->from || !a->to)
		return usage_error(cli, "give the period with --from DATE and --to DATE");
	r = choose_format(cli, formats, &print_as);
	if (r)
		return r;
	if (strcmp(format, "html") == 0 || strcmp(format, "pdf") == 0)
		return write_page(cli, strcmp(format, "pdf") == 0);
	return at_desk(cli, report_, print_as);
}

const struct cmd cmd_report = {
	.name = "report",
	.args = "--from DATE --to DATE",
	.summary = N_("what was done in a period, clause by clause"),
	.about = N_("Exceptions first, then each clause of the contract with what was done for it,\n"
		 "how often, and the numbers of the ledger's records that show it."),
	.options = options,
	.run = run,
};
