/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_receipt.c - workvol receipt: the server's side of sync
 */
#include <unistd.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("root", "DIR", root, "where the take-outs lie"),
	OPT_STR("key", "FILE", key, "the private key that signs receipts"),
	OPT_END,
};

static int run(struct cli *cli)
{
	const struct args *a = &cli->args;
	const char *command = getenv("SSH_ORIGINAL_COMMAND");
	int r;

	if (!a->root || !a->key)
		return usage_error(cli, "give --root and --key");
	if (command)
		r = wv_sync_serve(cli->ctx, a->root, a->key, command);
	else
		r = wv_sync_receipt(cli->ctx, a->root, a->key, STDIN_FILENO, STDOUT_FILENO);
	/* stdout is the protocol's: the failure is told on stderr alone */
	cli->args.json = false;
	return r < 0 ? report(cli, r) : EXIT_OK;
}

const struct cmd cmd_receipt = {
	.name = "receipt",
	.args = "",
	.summary = N_("the server's side of sync: re-read, hash, sign"),
	.about = N_("Reads a request on stdin and writes the signed receipt to stdout. As the forced\n"
		 "command of authorized_keys it also serves the write-only rsync into a take-out."),
	.options = options,
	.run = run,
};
