/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_approve.c - workvol approve: sign a request as the responsible person
 */
#include <inttypes.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("key", "FILE", key, "private key, or a .pub that ssh-agent holds"),
	OPT_END,
};

static void show(const char *what, const char *text)
{
	if (!text)
		return;
	fputs("  ", stderr);
	put_padded(stderr, what, 18);
	put_safe_line(stderr, text);
}

static void show_when(const char *what, const char *time)
{
	char when[WHEN_TEXT];

	show(what, time ? time_text(time, when) : NULL);
}

static void show_sentence(const char *what, const char *sentence)
{
	char local[SENTENCE_TEXT];

	show(what, sentence && tr_form(sentence, local, sizeof(local)) ? local : tr_said(sentence));
}

/* What belongs on one line: "suzuki, SHA256:..." */
static void show_two(const char *what, const char *first, const char *second, const char *third)
{
	char line[1024];

	snprintf(line, sizeof(line), "%s%s%s%s%s", first, second ? ", " : "", second ? second : "",
		 third ? ", " : "", third ? third : "");
	show(what, line);
}

static void show_takeout(struct wv_doc *request)
{
	struct wv_doc *warnings = wv_doc_get(request, "host_warnings");
	struct wv_doc *holder = wv_doc_get(request, "holder"), *target = wv_doc_get(request, "target");
	struct wv_doc *client = wv_doc_get(request, "client_approval");
	struct wv_doc *server = wv_doc_get(request, "server");
	char size[32], serial[256];

	format_size(size, sizeof(size), wv_doc_u64(target, "size"));
	snprintf(serial, sizeof(serial), _("serial %s"), doc_str(target, "serial", _("unknown")));
	show_two(_("holder"), doc_str(holder, "name", "-"), wv_doc_str(holder, "fingerprint"), NULL);
	show(_("purpose"), wv_doc_str(request, "purpose"));
	show(_("declaration"), wv_doc_str(request, "declaration"));
	show(_("instruction"), wv_doc_str(request, "instruction"));
	show_two(_("medium"), doc_str(target, "path", "-"), serial, size);
	show_when(_("back by"), wv_doc_str(request, "due"));
	show_two(_("client approval"), doc_str(client, "number", "-"), wv_doc_str(client, "scope"),
		 wv_doc_str(client, "expiry"));
	show_two(_("server"), doc_str(server, "address", "-"),
		 wv_doc_bool(request, "self_verified") ? _("this machine's: it verifies itself") : NULL,
		 NULL);
	for (size_t i = 0; i < wv_doc_count(warnings); i++)
		show_sentence(i ? "" : _("the machine"), wv_doc_str_at(warnings, i));
}

static void show_return(struct wv_doc *request)
{
	struct wv_doc *amendments = wv_doc_get(request, "amendments");
	struct wv_doc *copies = wv_doc_get(request, "copies");

	show(_("volume"), wv_doc_str(request, "volume"));
	show(_("server's receipt"), wv_doc_str(request, "receipt"));
	show_two(_("then"), _("keys destroyed, medium wiped"), doc_str(request, "method", "-"),
		 _("certificate signed"));
	if (wv_doc_u64(copies, "found_count")) {
		fputs(_("  declared content outside of the volume\n"), stderr);
		print_copies(stderr, copies, 4);
	}
	if (!wv_doc_count(amendments))
		show(_("amendments"), _("none outside the approved outputs"));
	else
		fputs(_("  amendments outside the approved outputs\n"), stderr);
	for (size_t i = 0; i < wv_doc_count(amendments); i++)
		print_changes(stderr, wv_doc_at(amendments, i), 4);
}

static void show_giving_up(struct wv_doc *request)
{
	struct wv_doc *client = wv_doc_get(request, "client_consent");
	const char *saved = wv_doc_str(wv_doc_get(request, "saved"), "time");
	char incident[32];

	snprintf(incident, sizeof(incident), "%" PRIu64, wv_doc_u64(request, "incident"));
	show(_("volume"), wv_doc_str(request, "volume"));
	show_two(_("incident"), incident, wv_doc_str(request, "reason"), NULL);
	show_two(_("client's consent"), doc_str(client, "number", "-"), wv_doc_str(client, "scope"),
		 wv_doc_str(client, "expiry"));
	show(_("given up"), _("whatever the server does not have: nothing is compared"));
	if (saved)
		show_when(_("last saved"), saved);
	else
		show(_("last saved"), _("nothing says that it was"));
	show_two(_("then"), _("keys destroyed, medium wiped"), doc_str(request, "method", "-"),
		 _("certificate signed"));
}

/* The last row is of any other. */
static const struct {
	const char *type, *title;
	void (*show)(struct wv_doc *request);
} requests[] = {
	{ "takeout-request", N_("To be approved: a take-out"), show_takeout },
	{ "unrecoverable-request", N_("To be approved: a volume is given up"), show_giving_up },
	{ NULL, N_("To be approved: the return"), show_return },
};

static void show_known(struct wv_doc *request)
{
	size_t i = 0;

	while (requests[i].type && strcmp(doc_str(request, "type", ""), requests[i].type) != 0)
		i++;
	fprintf(stderr, "%s%s\n", tr(requests[i].title),
		wv_doc_bool(request, "lab") ? _(" (LAB, NOT EVIDENCE)") : "");
	show(_("take-out"), wv_doc_str(request, "takeout"));
	requests[i].show(request);
	show_when(_("asked"), wv_doc_str(request, "created"));
	show_when(_("approve before"), wv_doc_str(request, "expiry"));
}

/* Nobody should sign what he has not been shown. */
static int show_request(struct cli *cli, const char *file)
{
	cleanup_doc struct wv_doc *request = NULL;
	const int r = wv_doc_read(cli->ctx, file, &request);

	if (r < 0 || cli->args.quiet || cli->args.json)
		return r;
	if (wv_doc_str(request, "type"))
		show_known(request);
	return 0;
}

static void print(struct wv_doc *result)
{
	fputs(_("approved: "), stdout);
	put_safe_line(stdout, doc_str(result, "request", "-"));
}

static int approve(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const struct args *a = &cli->args;
	const int r = show_request(cli, a->argv[0]);

	return r < 0 ? r : wv_flow_approve(desk->station, a->argv[0], a->key, ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, approve, print);
}

const struct cmd cmd_approve = {
	.name = "approve",
	.args = "REQUEST",
	.summary = N_("sign a request as the responsible person"),
	.about = N_("Shows the request and signs it. Without --key, ssh-agent's only approver key\n"
		 "signs. The holder cannot approve his own take-out."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
