/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_handover.c - workvol handover: the holder acknowledges the rules and takes it
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("sign-with", "KEY", sign_with, "the holder's key"),
	OPT_END,
};

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_flow_handover(station, a->argv[0], a->sign_with, &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_handover = {
	.name = "handover",
	.args = "TARGET",
	.summary = "the holder acknowledges the rules and takes the medium",
	.about = "By this the holder acknowledges: not mislaid, not lost (R4-3), and never taken\n"
		 "along to a drinking party (R3-4, R4-4).",
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
