/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_insert.c - workvol insert: what the udev rule starts
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FLAG("diskseq", diskseq, "DEVICE ends in :N, the disk sequence number that it must have"),
	OPT_FLAG("notify", notify, "tell those who are logged in, as the service does"),
	OPT_END,
};

static int insert(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const uint32_t flags = (cli->args.notify ? WV_INSERT_NOTIFY : 0) |
			       (cli->args.diskseq ? WV_INSERT_DISKSEQ : 0);

	return wv_flow_insert(desk->station, cli->args.argv[0], flags, ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, insert, NULL);
}

const struct cmd cmd_insert = {
	.name = "insert",
	.args = "DEVICE",
	.summary = N_("look at an inserted medium and record it"),
	.about = N_("Identifies, checks, records, notifies. It never mounts and never wipes."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
