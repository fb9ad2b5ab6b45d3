/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_incident.c - workvol incident: the 60-minute clock
 */
#include <inttypes.h>

#include "cli.h"

/* Until when the client is to be told; when he was, that. */
static void format_notice(char *buf, size_t size, struct wv_doc *row)
{
	const char *notified = wv_doc_str(row, "notified");

	if (notified)
		snprintf(buf, size, "told %.20s%s", notified, wv_doc_bool(row, "late") ? " LATE" : "");
	else if (wv_doc_bool(row, "late"))
		snprintf(buf, size, "LATE since %.20s", doc_str(row, "deadline", "-"));
	else
		snprintf(buf, size, "%" PRIu64 " min left, %.20s", wv_doc_u64(row, "minutes_left"),
			 doc_str(row, "deadline", "-"));
}

static void print_list(struct wv_doc *incidents)
{
	static const struct column columns[] = {
		{ "VOLUME", "volume", format_volume }, { "STATE", "state", NULL },
		{ "CLIENT", "deadline", format_notice }, { "WHAT", "text", NULL },
	};

	if (wv_doc_count(incidents))
		print_table(incidents, columns, ARRAY_SIZE(columns));
	else
		puts("no incidents");
}

static void print_one(struct wv_doc *incident)
{
	char notice[128];

	format_notice(notice, sizeof(notice), incident);
	printf("incident %s, volume %s\n  client  %s\n  what    ", doc_str(incident, "state", "-"),
	       doc_str(incident, "volume", "-"), notice);
	put_safe_line(stdout, doc_str(incident, "text", "-"));
}

/* [VOLUME [TEXT]] after the action; each action says itself what it lacks. */
static int incident(struct cli *cli, const char *action, printer print)
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
	return finish(cli, r, result, print);
}

static int open_(struct cli *cli)
{
	return incident(cli, "open", print_one);
}

static int notify(struct cli *cli)
{
	return incident(cli, "notify", print_one);
}

static int close_(struct cli *cli)
{
	return incident(cli, "close", print_one);
}

static int list(struct cli *cli)
{
	return incident(cli, "list", print_list);
}

static int due(struct cli *cli)
{
	return incident(cli, "due", print_list);
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
