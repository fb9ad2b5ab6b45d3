/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_close.c - workvol close: sync, unmount, deactivate
 */
#include "cli.h"

static int run(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_flow_close(station, cli->args.argv[0], &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_close = {
	.name = "close",
	.args = "TARGET",
	.summary = "sync, unmount, deactivate",
	.run = run,
	.min = 1,
	.max = 1,
};
