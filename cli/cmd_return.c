/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_return.c - workvol return: check, sync, receipt, approval, keys, wipe, certificate
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_FLAG("ask-agent", ask_agent, "ask for both factors through systemd's password agents"),
	OPT_FLAG("request-only", request_only, "stop at the request, also when it is approved"),
	OPT_STR("method", "NAME", method, "wipe method; only stricter than was agreed"),
	OPT_STR("verify", "HOW", verify, "last or all"),
	OPT_STR("takeout", "FILE", takeout, "the record that came back from the field"),
	OPT_STR("approve-with", "KEY", approve_with, "approve the return at once, with this key"),
	OPT_FLAG("copies-known", copies_known, "go on though declared content lies outside of the volume"),
	OPT_STR("property", "NUMBER", property, "the owner's number of the medium, for the certificate"),
	OPT_STR("destination", "WHERE", destination,
		"for the certificate: internal-reuse, external-reuse, recycling, manufacturer or other"),
	OPT_STR("unrecoverable", "CONSENT", unrecoverable, "give the contents of a lost volume up: the client's consent, NUMBER[,SCOPE[,EXPIRY]]"),
	OPT_LIST("yes", "SERIAL", yes, "the medium, where it cannot be told otherwise"),
	OPT_END,
};

static void print(struct wv_doc *result)
{
	static const char *const shown[] = { N_("volume"), N_("state"), N_("request"), N_("receipt"),
					     N_("certificate") };
	struct wv_doc *wipe = wv_doc_get(result, "wipe");

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		if (!wv_doc_str(result, shown[i]))
			continue;
		put_padded(stdout, tr(shown[i]), 13);
		put_safe_line(stdout, tr_word(wv_doc_str(result, shown[i])));
	}
	if (wv_doc_get(result, "copies"))
		print_copies(stdout, wv_doc_get(result, "copies"), 0);
	if (wipe)
		print_wipe(wipe);
}

static int return_(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	const struct args *a = &cli->args;
	struct wv_return_opts opts = WV_RETURN_OPTS_INIT;

	opts.key_file = desk->open.key_file;
	opts.passphrase = desk->open.passphrase;
	opts.takeout = desk->open.takeout;
	opts.method = a->method;
	opts.verify = a->verify;
	opts.approve_with = a->approve_with;
	opts.flags = (a->copies_known ? WV_RETURN_COPIES_KNOWN : 0) |
		     (a->request_only ? WV_RETURN_REQUEST_ONLY : 0);
	opts.property = a->property;
	opts.destination = a->destination;
	opts.unrecoverable = a->unrecoverable;
	opts.yes = a->yes.count ? a->yes.items[0] : NULL;
	return wv_flow_return(desk->station, a->argv[0], &opts, ret_result);
}

static int run(struct cli *cli)
{
	if (cli->args.yes.count > 1)
		return usage_error(cli, "give one --yes");
	if (cli->args.request_only && cli->args.approve_with)
		return usage_error(cli, "--request-only stops before --approve-with");
	if (cli->args.ask_agent && (cli->args.passphrase_file || cli->args.passphrase_fd >= 0))
		return usage_error(cli, "give the passphrase or --ask-agent, not both");
	if (cli->args.unrecoverable &&
	    (cli->args.ask_agent || cli->args.key_file || cli->args.passphrase_file || cli->args.passphrase_fd >= 0))
		return usage_error(cli, "--unrecoverable is for what cannot be opened: give it or the factors, not both");
	return check_destination(cli) ? EXIT_USAGE : at_desk(cli, return_, print);
}

const struct cmd cmd_return = {
	.name = "return",
	.args = "TARGET",
	.summary = N_("check, sync, obtain approval, destroy keys, wipe, certify"),
	.about = N_("Goes as far as it can. When the approval is missing it writes the request and\n"
		 "exits 3; run again, it goes on from the last proven step. Nothing is destroyed\n"
		 "before the server's receipt for every file is verified; only what was lost and\n"
		 "cannot be opened any more can be given up, by the client and an approver\n"
		 "(--unrecoverable)."),
	.go_on = N_("the same command goes on from the last proven step"),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
