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
	printf(_("declared %" PRIu64 ", as declared %" PRIu64 ", findings %zu\n"),
	       wv_doc_u64(result, "declared"), wv_doc_u64(result, "ok"), wv_doc_count(findings));
}

static int check(struct cli *cli, struct desk *desk, struct wv_doc **ret_result)
{
	return wv_flow_check(desk->station, cli->args.argv[0], &desk->open, ret_result);
}

static int run(struct cli *cli)
{
	return at_desk(cli, check, print);
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "TARGET",
	.summary = N_("compare what is on it with what was declared"),
	.about = N_("A volume that is not open is opened read-only for it: give both factors."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
