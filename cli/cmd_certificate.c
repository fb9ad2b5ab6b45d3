/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_certificate.c - workvol certificate: show one, verify one
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("roster", "FILE", roster, "verify, PDF: allowed_signers file; default the station's"),
	OPT_STR("format", "FORMAT", format, "show: text (default), json or pdf"),
	OPT_STR("lang", "LANG", lang, "of a PDF: ja, en or both (default)"),
	OPT_END,
};

static int show_json(struct cli *cli)
{
	cleanup_doc struct wv_doc *doc = NULL;
	const int r = wv_doc_read(cli->ctx, cli->args.argv[0], &doc);

	return finish(cli, r, doc, NULL);
}

static void print_lines(char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!rest && !*line)
			break; /* after the last newline */
		put_safe_line(stdout, line);
	}
}

static int show_text(struct cli *cli)
{
	cleanup_free char *text = NULL;
	const int r = wv_certificate_text(cli->ctx, cli->args.argv[0], language_name(), &text);

	if (r < 0)
		return report(cli, r);
	print_lines(text);
	return EXIT_OK;
}

/* Paper is believed: none is made of a certificate whose signature does not hold. */
static int show_pdf(struct cli *cli)
{
	const struct args *a = &cli->args;
	cleanup_station struct wv_station *station = NULL;
	cleanup_free char *pdf = NULL;
	size_t size;
	int r;

	r = check_page(cli, true);
	if (r == EXIT_OK)
		r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_certificate_pdf(station, a->argv[0], a->roster, a->lang ? a->lang : "both", &pdf, &size);
	return r < 0 ? report(cli, r) : put_pdf(cli, pdf, size);
}

static int show(struct cli *cli)
{
	static const struct format formats[] = {
		{ "text", NULL }, { "json", NULL }, { "pdf", NULL }, { .name = NULL },
	};
	const bool pdf = cli->args.format && strcmp(cli->args.format, "pdf") == 0;
	printer unused;
	const int r = choose_format(cli, formats, &unused);

	if (r)
		return r;
	return pdf ? show_pdf(cli) : cli->args.json ? show_json(cli) : show_text(cli);
}

static int verify_at(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_certificate_verify(desk->station, cli->args.argv[0], cli->args.roster, ret_result);
}

static int verify(struct cli *cli)
{
	return at_desk(cli, verify_at, NULL);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "show", show, 1, 1 },
		{ "verify", verify, 1, 1 },
		{ .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_certificate = {
	.name = "certificate",
	.args = "show|verify FILE",
	.summary = N_("show a certificate, or verify it offline"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
