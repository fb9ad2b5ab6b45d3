/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_incident.c - workvol incident: the 60-minute clock
 */
#include <inttypes.h>
#include <unistd.h>

#include "cli.h"
#include "incident_page.h"

static const struct opt options[] = {
	OPT_FLAG("suspected", suspected, "open: it is likely, not certain"),
	OPT_STR("recognised-at", "TIME", recognised_at, "open: when it was first recognised; default now"),
	OPT_STR("key-was", "WHERE", key_was, "open, notify: the key file was apart, with it, or unknown"),
	OPT_STR("notified-at", "TIME", notified_at, "notify: when; default now"),
	OPT_STR("whom", "NAME", whom, "notify: who was told"),
	OPT_STR("how", "TEXT", how, "notify: how, by telephone for instance"),
	OPT_FLAG("other", other, "notify: somebody else than the client; the clock runs on"),
	OPT_FLAG("published", published, "notify, close: the client has published it (S11)"),
	OPT_FLAG("warn", warn, "due: say each warning once: 30, 15, 5 and 0 minutes before"),
	OPT_STR("format", "FORMAT", format, "report, form: text (default), json or pdf"),
	OPT_STR("lang", "LANG", lang, "report, form, of a PDF: ja, en or both (default)"),
	OPT_END,
};

static void print_list(struct wv_doc *incidents)
{
	static const struct column columns[] = {
		{ N_("NO"), "incident", NULL }, { N_("VOLUME"), "volume", format_volume },
		{ N_("STATE"), "state", format_state }, { N_("CLIENT"), "deadline", format_notice },
		{ N_("WHAT"), "text", NULL },
	};

	if (wv_doc_count(incidents))
		print_table(incidents, columns, ARRAY_SIZE(columns));
	else
		puts(_("no incidents"));
}

static void print_one(struct wv_doc *incident)
{
	char notice[128];

	format_notice(notice, sizeof(notice), incident);
	printf(_("incident %" PRIu64 ", %s, %s, volume %s\n  client  %s\n  what    "),
	       wv_doc_u64(incident, "incident"), tr_word(doc_str(incident, "state", "-")),
	       tr_word(doc_str(incident, "certainty", "-")), doc_str(incident, "volume", "-"), notice);
	put_safe_line(stdout, doc_str(incident, "text", "-"));
}

/* [VOLUME [TEXT]] after the verb, which is the action; each says itself what it lacks. */
static int ask(struct cli *cli, struct desk *desk, const char *action, struct wv_doc **ret)
{
	const struct args *a = &cli->args;
	struct wv_incident_opts opts = WV_INCIDENT_OPTS_INIT;

	opts.volume = a->argc > 0 ? a->argv[0] : NULL;
	opts.text = a->argc > 1 ? a->argv[1] : NULL;
	opts.recognised_at = a->recognised_at;
	opts.notified_at = a->notified_at;
	opts.whom = a->whom;
	opts.how = a->how;
	opts.key = a->key_was;
	opts.flags = (a->suspected ? WV_INCIDENT_SUSPECTED : 0) | (a->other ? WV_INCIDENT_OTHER : 0) |
		     (a->published ? WV_INCIDENT_PUBLISHED : 0) | (a->warn ? WV_INCIDENT_WARN : 0);
	return wv_flow_incident(desk->station, action, &opts, ret);
}

static int ask_open(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return ask(cli, desk, "open", ret);
}

static int open_(struct cli *cli)
{
	return at_desk(cli, ask_open, print_one);
}

static int ask_notify(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return ask(cli, desk, "notify", ret);
}

static int notify(struct cli *cli)
{
	if (cli->args.argc < 2 && !(cli->args.whom && cli->args.how))
		return usage_error(cli, "say whom and how: TEXT, or --whom and --how");
	return at_desk(cli, ask_notify, print_one);
}

static int ask_close(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return ask(cli, desk, "close", ret);
}

static int close_(struct cli *cli)
{
	return at_desk(cli, ask_close, print_one);
}

static int ask_list(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return ask(cli, desk, "list", ret);
}

static int list(struct cli *cli)
{
	return at_desk(cli, ask_list, print_list);
}

/* ---- due --------------------------------------------------------------------------------- */

/* An emergency is what journald writes to every terminal, as wall does: ForwardToWall= in journald.conf(5). */
static void print_warnings(struct wv_doc *incidents)
{
	const char *level = stderr_is_journal() ? "<0>" : "";

	for (size_t i = 0; i < wv_doc_count(incidents); i++) {
		const char *warning = wv_doc_str(wv_doc_at(incidents, i), "warning");

		if (!warning)
			continue;
		fprintf(stderr, "%sworkvol: ", level);
		put_sentence(stderr, tr_said(warning));
	}
}

static void print_nothing(struct wv_doc *incidents)
{
	(void)incidents;
}

static int ask_due(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	const int r = ask(cli, desk, "due", ret);

	if (r == 0)
		print_warnings(*ret);
	return r;
}

static int due(struct cli *cli)
{
	return at_desk(cli, ask_due, cli->args.warn ? print_nothing : print_list);
}

/* ---- report -------------------------------------------------------------------------------- */

static void print_reports(struct wv_doc *reports)
{
	for (size_t i = 0; i < wv_doc_count(reports); i++) {
		if (i)
			putchar('\f');
		print_incident_page(stdout, wv_doc_at(reports, i));
	}
}

static int ask_report(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return wv_flow_incident_report(desk->station, cli->args.argc ? cli->args.argv[0] : NULL, ret);
}

static int report_(struct cli *cli)
{
	return at_desk_paper(cli, ask_report, print_reports);
}

/* ---- form ----------------------------------------------------------------------------------- */

static int ask_form(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return wv_flow_incident_form(desk->station, cli->args.argv[0], cli->args.argv[1], ret);
}

static int form(struct cli *cli)
{
	return at_desk_paper(cli, ask_form, NULL);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "open", open_, 2, 2 }, { "notify", notify, 1, 2 }, { "close", close_, 2, 2 },
		{ "list", list, 0, 0 },	 { "due", due, 0, 0 },	     { "report", report_, 0, 1 },
		{ "form", form, 2, 2 },	 { .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_incident = {
	.name = "incident",
	.args = "open|notify|close VOLUME TEXT | list | due | report | form",
	.summary = N_("record a loss or a leak, and the notice to the client"),
	.about = N_("open    a loss, a leak, or the likelihood of one: the 60 minutes begin\n"
		 "notify  the client was told; TEXT says whom and how\n"
		 "close   it is settled\n"
		 "list    all incidents, with the margin or the overrun\n"
		 "due     those of which the client has not been told, and the minutes left:\n"
		 "        exit 0 none, 3 there is time left, 4 the time has passed\n"
		 "report  what was on the volume, how it was protected, who was told when;\n"
		 "        ID is a number of the list, or a volume; without it, of all open ones\n"
		 "form    destruction|unrecoverable|found VOLUME: the paper of a take-out that\n"
		 "        did not end as it should, with room to write by hand"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
