/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_sync.c - workvol sync: send to the designated server, obtain its receipt
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_TAKEOUT,
	OPT_END,
};

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	struct wv_open_opts opts = WV_OPEN_OPTS_INIT;
	cleanup_secret struct wv_secret *passphrase = NULL;
	cleanup_station struct wv_station *station = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = open_station(cli, &station);
	if (r)
		return r;
	r = ask_factors(cli, &passphrase);
	if (r)
		return r;
	opts.key_file = a->key_file;
	opts.passphrase = passphrase;
	opts.takeout = a->takeout;
	r = wv_flow_sync(station, a->argv[0], &opts, &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_sync = {
	.name = "sync",
	.args = "TARGET",
	.summary = "send to the designated server and obtain its receipt",
	.about = "A volume that is not open is opened read-only for it: give both factors.",
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
