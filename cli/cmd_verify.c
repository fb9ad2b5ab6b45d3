/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_verify.c - workvol verify: read a device back
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_STR("certificate", "FILE", certificate, "against this certificate's last pass"),
	OPT_STR("pattern", "HEX", pattern, "against zero, or these bytes over and over"),
	OPT_END,
};

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	if (!a->certificate == !a->pattern)
		return usage_error(cli, "give --certificate or --pattern");
	r = wv_flow_verify(cli->ctx, a->argv[0], a->certificate, a->pattern, &result);
	return finish(cli, r, result, NULL);
}

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "DEVICE",
	.summary = N_("read a device back against a certificate or a pattern"),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
