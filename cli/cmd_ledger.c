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

static int verify(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_ledger_verify(station, cli->args.checkpoint, &result);
	return finish(cli, r, result, NULL);
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

static int checkpoint(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_ledger_checkpoint(station, cli->args.argv[0], &result);
	return finish(cli, r, result, NULL);
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
	.summary = "verify the ledger, export it, sign where it stands",
	.about = "verify           every record, the chain, the last signed checkpoint\n"
		 "export           one canonical record a line, on stdout\n"
		 "checkpoint FILE  sign the length and the head into FILE and FILE.sig",
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
