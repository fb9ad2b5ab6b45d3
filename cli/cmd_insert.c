/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_insert.c - workvol insert: what the udev rule starts
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
	r = wv_flow_insert(station, cli->args.argv[0], &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_insert = {
	.name = "insert",
	.args = "DEVICE",
	.summary = "look at an inserted medium and record it",
	.about = "Identifies, checks, records, notifies. It never mounts and never wipes.",
	.run = run,
	.min = 1,
	.max = 1,
};
