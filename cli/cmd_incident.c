/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_incident.c - workvol incident: the 60-minute clock
 */
#include "cli.h"

/* [VOLUME [TEXT]] after the action; each action says itself what it lacks. */
static int incident(struct cli *cli, const char *action)
{
	const struct args *a = &cli->args;
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = wv_flow_incident(station, action, a->argc > 0 ? a->argv[0] : NULL,
			     a->argc > 1 ? a->argv[1] : NULL, &result);
	return finish(cli, r, result, NULL);
}

static int open_(struct cli *cli)
{
	return incident(cli, "open");
}

static int notify(struct cli *cli)
{
	return incident(cli, "notify");
}

static int close_(struct cli *cli)
{
	return incident(cli, "close");
}

static int list(struct cli *cli)
{
	return incident(cli, "list");
}

static int due(struct cli *cli)
{
	return incident(cli, "due");
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "open", open_, 2, 2 }, { "notify", notify, 2, 2 }, { "close", close_, 2, 2 },
		{ "list", list, 0, 0 },	 { "due", due, 0, 0 },	     { .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_incident = {
	.name = "incident",
	.args = "open|notify|close VOLUME TEXT | list | due",
	.summary = "record a loss or a leak, and the notice to the client",
	.about = "open    a loss, a leak, or the likelihood of one: the 60 minutes begin\n"
		 "notify  the client was told; TEXT says whom and how\n"
		 "close   it is settled\n"
		 "list    all incidents\n"
		 "due     those of which the client has not been told, and the minutes left",
	.run = run,
	.min = 1,
	.max = -1,
};
