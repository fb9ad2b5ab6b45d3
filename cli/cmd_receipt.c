/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_receipt.c - workvol receipt: the server's side of sync
 */
#include <unistd.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("root", "DIR", root, "where the take-outs lie"),
	OPT_STR("key", "FILE", key, "the private key that signs receipts"),
	OPT_STR("format", "FORMAT", format, "show: text (default), json or pdf"),
	OPT_STR("lang", "LANG", lang, "show, of a PDF: ja, en or both (default)"),
	OPT_END,
};

/* ---- at the station ---------------------------------------------------------------------- */

static void print_receipt(struct wv_doc *receipt)
{
	static const struct column columns[] = { { N_("BYTES"), "size", NULL }, { N_("FILE"), "path", NULL } };
	struct wv_doc *files = wv_doc_get(receipt, "files");

	if (wv_doc_bool(receipt, "lab"))
		puts(_("LAB, NOT EVIDENCE"));
	printf(_("receipt of %s for volume %s\n"), doc_str(receipt, "time", "-"), doc_str(receipt, "volume", "-"));
	printf(_("signed by %s\n"), doc_str(wv_doc_get(receipt, "server"), "id", "-"));
	if (wv_doc_bool(receipt, "self_verified"))
		puts(_("the station signed it itself: the server is a directory of its own"));
	if (wv_doc_count(files))
		print_table(files, columns, ARRAY_SIZE(columns));
}

static int ask_receipt(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return wv_flow_receipt(desk->station, cli->args.argv[0], ret);
}

static int show(struct cli *cli)
{
	return at_desk_paper(cli, ask_receipt, print_receipt);
}

/* ---- at the server ------------------------------------------------------------------------- */

static int serve(struct cli *cli)
{
	const struct args *a = &cli->args;
	const char *command = getenv("SSH_ORIGINAL_COMMAND");
	int r;

	if (!a->root || !a->key)
		return usage_error(cli, "give --root and --key");
	if (command)
		r = wv_sync_serve(cli->ctx, a->root, a->key, command);
	else
		r = wv_sync_receipt(cli->ctx, a->root, a->key, STDIN_FILENO, STDOUT_FILENO);
	/* stdout is the protocol's: the failure is told on stderr alone */
	cli->args.json = false;
	return r < 0 ? report(cli, r) : EXIT_OK;
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = { { "show", show, 1, 1 }, { .name = NULL } };

	return cli->args.argc ? run_verb(cli, verbs) : serve(cli);
}

const struct cmd cmd_receipt = {
	.name = "receipt",
	.args = "[show VOLUME]",
	.summary = N_("the server's side of sync: re-read, hash, sign"),
	.about = N_("Reads a request on stdin and writes the signed receipt to stdout. As the forced\n"
		 "command of authorized_keys it also serves the write-only rsync into a take-out.\n"
		 "show VOLUME, at the station: what the server has signed for, proven anew"),
	.options = options,
	.run = run,
	.max = -1,
};
