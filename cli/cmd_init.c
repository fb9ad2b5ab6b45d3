/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_init.c - workvol init: make a station
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("server", "TARGET", server, "a directory, or ssh://user@host[:port]/dir"),
	OPT_STR("server-hostkey", "FILE", server_hostkey, "the ssh host's public key"),
	OPT_STR("server-key", "FILE", server_key, "public half of the server's receipt key"),
	OPT_LIST("approver", "ID=FILE.pub", approvers, "a responsible person's key (repeatable)"),
	OPT_STR("client", "NAME", client, "who ordered the work and owns the data"),
	OPT_STR("contact", "TEXT", contact, "the client's desk, for incidents"),
	OPT_STR("ledger", "URI", ledger, "postgresql://...: a ledger that stations share (default: a file)"),
	OPT_STR("station", "NAME", station, "what it is called in records (default: the host's name)"),
	OPT_FLAG("lab", lab, "for trials: nothing that it signs is evidence"),
	OPT_END,
};

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	opts.dir = a->argc ? a->argv[0] : NULL;
	opts.server = a->server;
	opts.server_hostkey = a->server_hostkey;
	opts.server_key = a->server_key;
	opts.approvers = a->approvers.items;
	opts.client = a->client;
	opts.contact = a->contact;
	opts.lab = a->lab;
	opts.ledger = a->ledger;
	opts.station = a->station;
	r = wv_station_init(cli->ctx, &opts, &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_init = {
	.name = "init",
	.args = "[DIR]",
	.summary = N_("make a station: policy, ledger, station key"),
	.about = N_("With DIR everything lies below it, and DIR/workvol.conf is the policy;\n"
		 "without, in /etc/workvol and /var/lib/workvol."),
	.options = options,
	.run = run,
	.max = 1,
};
