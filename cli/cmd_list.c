/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_list.c - workvol list: volumes, holders, due dates, states
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FLAG("overdue", overdue, "only those that should be back"),
	OPT_FLAG("all-stations", all_stations, "of every station, in a ledger that several share"),
	OPT_END,
};

static void format_due(char *buf, size_t size, struct wv_doc *row)
{
	char day[WHEN_TEXT];

	snprintf(buf, size, "%s%s", day_text(doc_str(row, "due", "-"), day),
		 wv_doc_bool(row, "overdue") ? _(" OVERDUE") : "");
}

static void print(struct wv_doc *volumes)
{
	static const struct column columns[] = {
		{ N_("VOLUME"), "volume", format_volume }, { N_("STATE"), "state", format_state },
		{ N_("HOLDER"), "holder", NULL },	       { N_("DUE"), "due", format_due },
		{ N_("TARGET"), "target", NULL },
	};

	if (wv_doc_count(volumes))
		print_table(volumes, columns, ARRAY_SIZE(columns));
	else
		puts(_("no volumes"));
}

static void print_stations(struct wv_doc *volumes)
{
	static const struct column columns[] = {
		{ N_("STATION"), "station", NULL },    { N_("VOLUME"), "volume", format_volume },
		{ N_("STATE"), "state", format_state }, { N_("HOLDER"), "holder", NULL },
		{ N_("DUE"), "due", format_due },       { N_("TARGET"), "target", NULL },
	};

	if (wv_doc_count(volumes))
		print_table(volumes, columns, ARRAY_SIZE(columns));
	else
		puts(_("no volumes"));
}

static int list(struct cli *cli, struct desk *desk, struct wv_doc **ret_volumes)
{
	if (cli->args.all_stations)
		return wv_flow_list_stations(desk->station, cli->args.overdue, ret_volumes);
	return wv_flow_list(desk->station, cli->args.overdue, ret_volumes);
}

static int run(struct cli *cli)
{
	return at_desk(cli, list, cli->args.all_stations ? print_stations : print);
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "",
	.summary = N_("volumes, holders, due dates, states"),
	.options = options,
	.run = run,
};
