/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_handover.c - workvol handover: the holder acknowledges the rules and takes it
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("sign-with", "KEY", sign_with, "the holder's key"),
	OPT_END,
};

static int handover(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_handover(desk->station, cli->args.argv[0], cli->args.sign_with, ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, handover, NULL);
}

const struct cmd cmd_handover = {
	.name = "handover",
	.args = "TARGET",
	.summary = N_("the holder acknowledges the rules and takes the medium"),
	.about = N_("By this the holder acknowledges: not mislaid, not lost (R4-3), and never taken\n"
		 "along to a drinking party (R3-4, R4-4)."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
