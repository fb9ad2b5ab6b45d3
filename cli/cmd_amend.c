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

static int amend(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const struct args *a = &cli->args;
	struct wv_amend_opts opts = WV_AMEND_OPTS_INIT;

	opts.paths = (const char *const *)a->argv + 1; /* main's argv ends with NULL */
	opts.purpose = a->purpose;
	opts.sign_with = a->sign_with;
	opts.open = &desk->open;
	return wv_flow_amend(desk->station, a->argv[0], &opts, ret_result);
}

static int run(struct cli *cli)
{
	if (!cli->args.purpose)
		return usage_error(cli, "give --purpose");
	return at_desk(cli, amend, print);
}

const struct cmd cmd_amend = {
	.name = "amend",
	.args = "TARGET PATH...",
	.summary = N_("declare what was added, modified or removed in the field"),
	.about = N_("PATH is below the volume's root. The amendment is put before the approver at\n"
		 "the return. Files inside the approved --output globs need none."),
	.options = options,
	.run = run,
	.min = 2,
	.max = -1,
};
