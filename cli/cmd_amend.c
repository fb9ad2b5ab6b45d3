/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_amend.c - workvol amend: declare what changed in the field
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("purpose", "TEXT", purpose, "why it was added, modified or removed"),
	OPT_STR("sign-with", "KEY", sign_with, "the holder's key"),
	OPT_FACTORS,
	OPT_TAKEOUT,
	OPT_END,
};

static void print(struct wv_doc *result)
{
	print_changes(stdout, result, 0);
}

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	struct wv_amend_opts opts = WV_AMEND_OPTS_INIT;
	cleanup_desk struct desk desk = DESK_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	if (!a->purpose)
		return usage_error(cli, "give --purpose");
	r = desk_open(cli, &desk);
	if (r)
		return r;
	opts.paths = (const char *const *)a->argv + 1; /* main's argv ends with NULL */
	opts.purpose = a->purpose;
	opts.sign_with = a->sign_with;
	opts.open = &desk.open;
	r = wv_flow_amend(desk.station, a->argv[0], &opts, &result);
	return finish(cli, r, result, print);
}

const struct cmd cmd_amend = {
	.name = "amend",
	.args = "TARGET PATH...",
	.summary = "declare what was added, modified or removed in the field",
	.about = "PATH is below the volume's root. The amendment is put before the approver at\n"
		 "the return. Files inside the approved --output globs need none.",
	.options = options,
	.run = run,
	.min = 2,
	.max = -1,
};
