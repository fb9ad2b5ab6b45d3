/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_sync.c - workvol sync: send to the designated server, obtain its receipt
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_TAKEOUT,
	OPT_END,
};

static int sync_(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_sync(desk->station, cli->args.argv[0], &desk->open, ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, sync_, NULL);
}

const struct cmd cmd_sync = {
	.name = "sync",
	.args = "TARGET",
	.summary = N_("send to the designated server and obtain its receipt"),
	.about = N_("A volume that is not open is opened read-only for it: give both factors."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
