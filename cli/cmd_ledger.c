/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_ledger.c - workvol ledger: verify, export, sign where it stands, prove a record
 */
#include <unistd.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("against", "FILE", checkpoint, "verify: and that it still holds this checkpoint"),
	OPT_STR("checkpoint", "FILE", checkpoint, "the same as --against"),
	OPT_STR("station", "NAME", station, "verify, export: the records of this station, in a ledger that several share"),
	OPT_FLAG("all-stations", all_stations, "verify, export: the records of every station"),
	OPT_END,
};

/* Whose records: NULL in *ret_name for every station. Return: false for those of our own. */
static bool of_others(const struct cli *cli, const char **ret_name)
{
	*ret_name = cli->args.station;
	return cli->args.station || cli->args.all_stations;
}

static int verify_at(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const char *name;

	if (of_others(cli, &name))
		return wv_ledger_verify_stations(desk->station, name, ret_result);
	return wv_ledger_verify(desk->station, cli->args.checkpoint, ret_result);
}

static void print_chains(struct wv_doc *results)
{
	static const struct column columns[] = {
		{ N_("STATION"), "station", NULL },
		{ N_("RECORDS"), "records", NULL },
		{ N_("STATUS"), "status", NULL },
		{ N_("FIRST BAD"), "first_bad", NULL },
		{ N_("WHY"), "detail", NULL },
	};

	print_table(results, columns, ARRAY_SIZE(columns));
}

static int check_whose(struct cli *cli)
{
	if (cli->args.station && cli->args.all_stations)
		return usage_error(cli, "give --station or --all-stations");
	if (cli->args.checkpoint && (cli->args.station || cli->args.all_stations))
		return usage_error(cli, "a checkpoint is of this station's own records: leave out --station");
	return EXIT_OK;
}

static int verify(struct cli *cli)
{
	const char *name;
	const int rc = check_whose(cli);

	return rc ? rc : at_desk(cli, verify_at, of_others(cli, &name) ? print_chains : NULL);
}

static int export(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	const char *name;
	int r = check_whose(cli);

	if (r == EXIT_OK)
		r = open_station(cli, &station);
	if (r)
		return r;
	if (of_others(cli, &name))
		r = wv_ledger_export_stations(station, name, STDOUT_FILENO);
	else
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

static int prove_at(struct cli *cli, struct desk *desk, struct wv_doc **ret_proof)
{
	const char *text = cli->args.argv[0];

	return wv_ledger_prove(desk->station, strtoull(text, NULL, 10), ret_proof);
}

/* One line of JSON, for people too: it is a file for somebody else. */
static int prove(struct cli *cli)
{
	const char *text = cli->args.argv[0];

	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 18)
		return usage_error(cli, "%s is no number of a record", text);
	cli->args.json = true;
	return at_desk(cli, prove_at, NULL);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "verify", verify, 0, 0 },
		{ "export", export, 0, 0 },
		{ "checkpoint", checkpoint, 1, 1 },
		{ "prove", prove, 1, 1 },
		{ .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_ledger = {
	.name = "ledger",
	.args = "verify | export | checkpoint FILE | prove RECORD",
	.summary = N_("verify the ledger, export it, sign where it stands, prove a record"),
	.about = N_("verify           every record, the chain, the last signed checkpoint\n"
		 "export           one canonical record a line, on stdout\n"
		 "checkpoint FILE  sign the length and the head into FILE and FILE.sig"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
