/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_approve.c - workvol approve: sign a request as the responsible person
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("key", "FILE", key, "private key, or a .pub that ssh-agent holds"),
	OPT_END,
};

/* Nobody should sign what he has not been shown. */
static int show_request(struct cli *cli, const char *file)
{
	cleanup_doc struct wv_doc *request = NULL;
	const int r = wv_doc_read(cli->ctx, file, &request);

	if (r < 0 || cli->args.quiet || cli->args.json)
		return r;
	fputs("This is approved:\n", stderr);
	print_members(stderr, request, 2);
	return 0;
}

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = show_request(cli, a->argv[0]);
	if (r == 0)
		r = wv_flow_approve(station, a->argv[0], a->key, &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_approve = {
	.name = "approve",
	.args = "REQUEST",
	.summary = "sign a request as the responsible person",
	.about = "Shows the request and signs it. Without --key, ssh-agent's only approver key\n"
		 "signs. The holder cannot approve his own take-out.",
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
