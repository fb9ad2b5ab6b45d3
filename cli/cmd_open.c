/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_open.c - workvol open: both factors and the take-out record, then mount
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_TAKEOUT,
	OPT_FLAG("read-only", read_only, "nothing can be changed"),
	OPT_END,
};

static int open_(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const struct args *a = &cli->args;

	desk->open.dir = a->argc > 1 ? a->argv[1] : NULL;
	desk->open.read_only = a->read_only;
	return wv_flow_open(desk->station, a->argv[0], &desk->open, ret_result);
}

static int run(struct cli *cli)
{
	if (!cli->args.key_file)
		return usage_error(cli, "give --key-file");
	return at_desk(cli, open_, NULL);
}

const struct cmd cmd_open = {
	.name = "open",
	.args = "TARGET [DIR]",
	.summary = N_("open with both factors, and mount"),
	.about = N_("Without DIR it is mounted at /run/workvol/mnt/UUID."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 2,
};
