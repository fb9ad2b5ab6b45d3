/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_check.c - workvol check: what is on it against what was declared
 */
#include <inttypes.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_TAKEOUT,
	OPT_END,
};

static void print(struct wv_doc *result)
{
	struct wv_doc *findings = wv_doc_get(result, "findings");

	print_findings(findings);
	printf("declared %" PRIu64 ", as declared %" PRIu64 ", findings %zu\n",
	       wv_doc_u64(result, "declared"), wv_doc_u64(result, "ok"), wv_doc_count(findings));
}

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
	r = wv_flow_check(station, a->argv[0], &opts, &result);
	return finish(cli, r, result, print);
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "TARGET",
	.summary = "compare what is on it with what was declared",
	.about = "A volume that is not open is opened read-only for it: give both factors.",
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
