/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_ledger.c - workvol ledger: verify, export, sign where it stands
 */
#include <unistd.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("checkpoint", "FILE", checkpoint, "verify: and that it still holds this checkpoint"),
	OPT_END,
};

static int verify_at(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_ledger_verify(desk->station, cli->args.checkpoint, ret_result);
}

static int verify(struct cli *cli)
{
	return at_desk(cli, verify_at, NULL);
}

static int export(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_ledger_export(station, STDOUT_FILENO);
	return r < 0 ? report(cli, r) : EXIT_OK;
}

static int checkpoint_at(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_ledger_checkpoint(desk->station, cli->args.argv[0], ret_result);
}

static int checkpoint(struct cli *cli)
{
	return at_desk(cli, checkpoint_at, NULL);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "verify", verify, 0, 0 },
		{ "export", export, 0, 0 },
		{ "checkpoint", checkpoint, 1, 1 },
		{ .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_ledger = {
	.name = "ledger",
	.args = "verify | export | checkpoint FILE",
	.summary = N_("verify the ledger, export it, sign where it stands"),
	.about = N_("verify           every record, the chain, the last signed checkpoint\n"
		 "export           one canonical record a line, on stdout\n"
		 "checkpoint FILE  sign the length and the head into FILE and FILE.sig"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
