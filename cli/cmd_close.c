/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_close.c - workvol close: sync, unmount, deactivate
 */
#include "cli.h"

static int close_(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_close(desk->station, cli->args.argv[0], ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, close_, NULL);
}

const struct cmd cmd_close = {
	.name = "close",
	.args = "TARGET",
	.summary = N_("sync, unmount, deactivate"),
	.run = run,
	.min = 1,
	.max = 1,
};
