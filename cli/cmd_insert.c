/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_insert.c - workvol insert: what the udev rule starts
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FLAG("diskseq", diskseq, "DEVICE ends in :N, a disk sequence number, which is left out"),
	OPT_FLAG("notify", notify, "tell those who are logged in, as the service does"),
	OPT_END,
};

static int insert(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_insert(desk->station, cli->args.argv[0], cli->args.notify ? WV_INSERT_NOTIFY : 0,
			      ret_result);
}

/* The rule's unit is named after both, so that another medium is another unit; what is there is looked at. */
static bool cut_diskseq(char *device)
{
	char *colon = strrchr(device, ':');

	if (!colon || colon[1 + strspn(colon + 1, "0123456789")])
		return false;
	*colon = '\0';
	return true;
}

static int run(struct cli *cli)
{
	if (cli->args.diskseq && !cut_diskseq(cli->args.argv[0]))
		return usage_error(cli, _("%s does not end in a disk sequence number: give DEVICE:N"), cli->args.argv[0]);
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
