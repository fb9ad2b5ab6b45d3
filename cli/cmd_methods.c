/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_methods.c - workvol methods: the method table
 */
#include "cli.h"

static void format_sequence(char *buf, size_t size, struct wv_doc *row)
{
	const char *note = tr(doc_str(row, "note", ""));

	snprintf(buf, size, "%s%s%s%s", doc_str(row, "sequence", ""), *note ? " (" : "", note,
		 *note ? ")" : "");
}

static void print(struct wv_doc *methods)
{
	static const struct column columns[] = {
		{ N_("METHOD"), "name", NULL },
		{ N_("PASSES"), "passes", NULL },
		{ N_("SEQUENCE"), "sequence", format_sequence },
	};

	print_table(methods, columns, ARRAY_SIZE(columns));
	puts(_("\nR random, r one random byte, ~ its complement. What is read back: --verify."));
}

static int run(struct cli *cli)
{
	cleanup_doc struct wv_doc *methods = NULL;
	const int r = wv_wipe_methods(cli->ctx, &methods);

	return finish(cli, r, methods, print);
}

const struct cmd cmd_methods = {
	.name = "methods",
	.args = "",
	.summary = N_("the wipe methods and their passes"),
	.run = run,
};
