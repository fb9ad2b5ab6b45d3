/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_policy.c - workvol policy: every setting, and where it comes from; further instructions
 */
#include <inttypes.h>

#include "cli.h"

static void format_origin(char *buf, size_t size, struct wv_doc *row)
{
	const uint64_t line = wv_doc_u64(row, "line");
	const char *file = wv_doc_str(row, "file");

	if (!file)
		snprintf(buf, size, "%s", _("default"));
	else if (line)
		snprintf(buf, size, "%s:%" PRIu64, file, line);
	else
		snprintf(buf, size, "%s", file);
}

static void print(struct wv_doc *settings)
{
	static const struct column columns[] = {
		{ N_("SETTING"), "key", NULL },
		{ N_("VALUE"), "value", NULL },
		{ N_("FROM"), "file", format_origin },
	};

	print_table(settings, columns, ARRAY_SIZE(columns));
}

static int ask_settings(struct cli *cli, struct desk *desk, struct wv_doc **ret_settings)
{
	(void)cli;
	return wv_station_policy(desk->station, ret_settings);
}

static int ask_instruct(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_instruct(desk->station, cli->args.argv[0], cli->args.approve_with, ret_result);
}

static int instruct(struct cli *cli)
{
	return at_desk(cli, ask_instruct, NULL);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = { { "instruct", instruct, 1, 1 }, { .name = NULL } };

	return cli->args.argc ? run_verb(cli, verbs) : at_desk(cli, ask_settings, print);
}

static const struct opt options[] = {
	OPT_STR("approve-with", "KEY", approve_with, "instruct: sign FILE with this key now"),
	OPT_END,
};

const struct cmd cmd_policy = {
	.name = "policy",
	.args = "[instruct FILE]",
	.summary = N_("every effective setting and where it comes from"),
	.about = N_("instruct FILE   settings of the client's further instructions (S12), signed by\n"
		 "                an approver: each may only be stricter than the policy. They are\n"
		 "                in force until another FILE is; one without a setting ends them"),
	.options = options,
	.run = run,
	.max = -1,
};
