/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_policy.c - workvol policy: every setting, and where it comes from
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

static int policy(struct cli *cli, struct desk *desk, struct wv_doc **ret_settings)
{
	(void)cli;
	return wv_station_policy(desk->station, ret_settings);
}

static int run(struct cli *cli)
{
	return at_desk(cli, policy, print);
}

const struct cmd cmd_policy = {
	.name = "policy",
	.args = "",
	.summary = N_("every effective setting and where it comes from"),
	.run = run,
};
