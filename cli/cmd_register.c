/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_register.c - workvol register, and workvol recall, which is one of the
 * registers with words of its own
 */
#include <inttypes.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_FLAG("all", all, "list: also what was superseded or ended"),
	OPT_STR("since", "DATE", since, "form: from that day on"),
	OPT_STR("format", "FORMAT", format, "form: text (default), json or pdf"),
	OPT_STR("lang", "LANG", lang, "form, of a PDF: ja, en or both (default)"),
	OPT_END,
};

static const struct opt recall_options[] = {
	OPT_FLAG("all", all, "list: also what is closed"),
	OPT_STR("due", "DATE", due, "open: until when"),
	OPT_END,
};

/* "place=Tokyo, provider=none"; of one that ended also how */
static void format_fields(char *buf, size_t size, struct wv_doc *row)
{
	struct wv_doc *fields = wv_doc_get(row, "fields");
	const char *key;
	size_t at = 0;

	*buf = '\0';
	for (size_t i = 0; (key = wv_doc_key_at(fields, i)) && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s=%s", i ? ", " : "", key,
				       doc_str(fields, key, "-"));
	if (at < size && wv_doc_str(row, "text"))
		snprintf(buf + at, size - at, _("; ended: %s"), wv_doc_str(row, "text"));
}

static void print_list(struct wv_doc *entries)
{
	static const struct column columns[] = {
		{ N_("NO"), "entry", NULL },     { N_("REGISTER"), "register", NULL }, { N_("STATE"), "state", format_state },
		{ N_("NAME"), "name", NULL },    { N_("FIELDS"), "fields", format_fields },
	};

	if (wv_doc_count(entries))
		print_table(entries, columns, ARRAY_SIZE(columns));
	else
		puts(_("nothing on record"));
}

static void print_one(struct wv_doc *entry)
{
	char fields[1024];

	format_fields(fields, sizeof(fields), entry);
	printf("%s %" PRIu64 ", %s: ", tr_word(doc_str(entry, "register", "-")), wv_doc_u64(entry, "entry"),
	       tr_word(doc_str(entry, "state", "-")));
	put_safe_line(stdout, doc_str(entry, "name", "-"));
	put_safe(stdout, "  ");
	put_safe_line(stdout, fields);
}

static int ask(struct cli *cli, struct desk *desk, const char *action, struct wv_register_opts *opts,
	       struct wv_doc **ret)
{
	opts->flags = cli->args.all ? WV_REGISTER_ALL : 0;
	return wv_flow_register(desk->station, action, opts, ret);
}

/* ---- register ---------------------------------------------------------------------------- */

/* argv ends with a NULL, as main()'s does */
static int ask_enter(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = cli->args.argv[0];
	opts.name = cli->args.argv[1];
	opts.fields = (const char *const *)cli->args.argv + 2;
	return ask(cli, desk, "enter", &opts, ret);
}

static int enter(struct cli *cli)
{
	return at_desk(cli, ask_enter, print_one);
}

static int ask_end(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = cli->args.argv[0];
	opts.name = cli->args.argv[1];
	opts.text = cli->args.argv[2];
	return ask(cli, desk, "end", &opts, ret);
}

static int end(struct cli *cli)
{
	return at_desk(cli, ask_end, print_one);
}

static int ask_list(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = cli->args.argc ? cli->args.argv[0] : NULL;
	return ask(cli, desk, "list", &opts, ret);
}

static int list(struct cli *cli)
{
	return at_desk(cli, ask_list, print_list);
}

/* ---- form ------------------------------------------------------------------------------- */

/* The place, and who provides it where that is somebody else. */
static void format_place(char *buf, size_t size, struct wv_doc *row, const char *place, const char *provider)
{
	snprintf(buf, size, "%s%s%s%s", doc_str(row, place, "-"), wv_doc_str(row, provider) ? " (" : "",
		 doc_str(row, provider, ""), wv_doc_str(row, provider) ? ")" : "");
}

static void format_after(char *buf, size_t size, struct wv_doc *row)
{
	format_place(buf, size, row, "place", "provider");
}

static void format_before(char *buf, size_t size, struct wv_doc *row)
{
	format_place(buf, size, row, "place_before", "provider_before");
}

static void format_kind(char *buf, size_t size, struct wv_doc *row)
{
	snprintf(buf, size, "%s", tr_word(doc_str(row, "kind", "-")));
}

static void print_rows(struct wv_doc *rows, const struct column *columns, size_t n)
{
	if (wv_doc_count(rows))
		print_table(rows, columns, n);
	else
		puts(_("nothing on record"));
}

static void print_form(struct wv_doc *form)
{
	static const struct column storage[] = {
		{ N_("NO"), "entry", NULL }, { N_("NAME"), "name", NULL }, { N_("TOLD"), "notified", NULL },
		{ N_("PLACE"), "place", format_after },
	};
	static const struct column change[] = {
		{ N_("WHEN"), "when", NULL }, { N_("KIND"), "kind", format_kind }, { N_("NAME"), "name", NULL },
		{ N_("BEFORE"), "place_before", format_before }, { N_("AFTER"), "place", format_after },
	};
	static const struct column back[] = {
		{ N_("NO"), "entry", NULL }, { N_("FROM"), "from", NULL }, { N_("ENDED"), "ended", NULL },
		{ N_("NAME"), "name", NULL },
	};
	const char *name = doc_str(form, "form", "-");
	struct wv_doc *rows = wv_doc_get(form, "rows");

	if (wv_doc_bool(form, "lab"))
		puts(_("LAB, NOT EVIDENCE"));
	if (strcmp(name, "storage") == 0) {
		print_rows(rows, storage, ARRAY_SIZE(storage));
	} else if (strcmp(name, "change") == 0) {
		print_rows(rows, change, ARRAY_SIZE(change));
	} else {
		print_rows(rows, back, ARRAY_SIZE(back));
		printf(_("not given back: %zu\n"), wv_doc_count(wv_doc_get(form, "outstanding")));
	}
}

static int ask_form(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	return wv_flow_register_form(desk->station, cli->args.argv[0], cli->args.since,
				     (const char *const *)cli->args.argv + 1, ret);
}

static int form(struct cli *cli)
{
	return at_desk_paper(cli, ask_form, print_form);
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "enter", enter, 2, -1 }, { "end", end, 3, 3 },  { "list", list, 0, 1 },
		{ "form", form, 1, -1 },   { .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_register = {
	.name = "register",
	.args = "enter|end|list REGISTER NAME KEY=VALUE...|TEXT | form FORM",
	.summary = N_("storage places, training, subcontractors, assets, checklists"),
	.about = N_("enter REGISTER NAME KEY=VALUE...   an entry; one of the same name is superseded\n"
		 "end REGISTER NAME TEXT             how it ended\n"
		 "list [REGISTER]                    what is current\n"
		 "form storage|change|return [NAME]  what the client is handed: where data is\n"
		 "                                   kept, what changed of that, the assets\n"
		 "                                   given back\n\n"
		 "storage        place= provider= notified=   where electronic data is kept (S3-4)\n"
		 "training       date= course=                NAME was trained (S4)\n"
		 "subcontractor  consent= scope= until=       with the client's consent (S5)\n"
		 "asset          from= received= due=         what the client supplied (S7)\n"
		 "checklist      date= items=                 of a device (R5)"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};

/* ---- recall ------------------------------------------------------------------------------- */

static int ask_recall(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;
	char what[2048], due[64]; /* what is cut off here is too long for the register, too */
	const char *fields[] = { what, cli->args.due ? due : NULL, NULL };

	opts.reg = "recall";
	opts.name = cli->args.argv[0];
	opts.fields = fields;
	snprintf(what, sizeof(what), "what=%s", cli->args.argv[1]);
	snprintf(due, sizeof(due), "due=%s", cli->args.due ? cli->args.due : "");
	return ask(cli, desk, "enter", &opts, ret);
}

static int open_(struct cli *cli)
{
	return at_desk(cli, ask_recall, print_one);
}

static int ask_recovered(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = "recall";
	opts.name = cli->args.argv[0];
	opts.text = cli->args.argv[1];
	return ask(cli, desk, "end", &opts, ret);
}

static int close_(struct cli *cli)
{
	return at_desk(cli, ask_recovered, print_one);
}

static int ask_recalls(struct cli *cli, struct desk *desk, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = "recall";
	return ask(cli, desk, "list", &opts, ret);
}

static int recalls(struct cli *cli)
{
	return at_desk(cli, ask_recalls, print_list);
}

static int run_recall(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "open", open_, 2, 2 }, { "close", close_, 2, 2 }, { "list", recalls, 0, 0 }, { .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_recall = {
	.name = "recall",
	.args = "open|close SUBCONTRACTOR TEXT | list",
	.summary = N_("recover assets from a subcontractor (S8)"),
	.about = N_("open   TEXT says what is to be recovered; the subcontractor is on record\n"
		 "close  all of it was recovered; TEXT says how\n"
		 "list   what is still open"),
	.options = recall_options,
	.run = run_recall,
	.min = 1,
	.max = -1,
};
