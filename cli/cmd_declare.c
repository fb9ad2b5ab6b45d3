/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_declare.c - workvol declare: every file of a tree, with size and SHA-256
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_("to", 'o', "FILE", output, OPT_KIND_STR, "write the declaration to FILE"),
	OPT_STR("purpose", "TEXT", purpose, "what the files are taken out for"),
	OPT_LIST("output", "GLOB[:MAXSIZE]", outputs, "files that the field work may make (repeatable)"),
	OPT_END,
};

static void print(struct wv_doc *result)
{
	struct wv_doc *findings = wv_doc_get(result, "findings");

	if (!wv_doc_count(findings)) {
		print_members(stdout, result, 0);
		return;
	}
	print_findings(findings);
}

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	struct wv_declare_opts opts = WV_DECLARE_OPTS_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	if (!a->output)
		return usage_error(cli, "give -o FILE");
	opts.purpose = a->purpose;
	opts.outputs = a->outputs.items;
	r = wv_declare_tree(cli->ctx, a->argv[0], a->output, &opts, &result);
	return finish(cli, r, result, print);
}

const struct cmd cmd_declare = {
	.name = "declare",
	.args = "DIR",
	.summary = N_("declare a tree: every file with size and SHA-256"),
	.about = N_("Refuses (exit 4, each one listed) names with control bytes, paths over 4000\n"
		 "bytes, links, special files and whatever else must not be taken out."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
