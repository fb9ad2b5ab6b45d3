/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_factor.c - workvol factor: the two factors, and what they give together
 */
#include "cli.h"

static const struct opt options[] = {
	OPT_FACTORS,
	OPT_FD("fd", fd, "derive: write the keyslot's passphrase to descriptor N"),
	OPT_END,
};

static int new(struct cli *cli)
{
	const int r = wv_factor_new(cli->ctx, cli->args.argv[0]);

	return r < 0 ? report(cli, r) : EXIT_OK;
}

static int derive(struct cli *cli)
{
	const struct args *a = &cli->args;
	cleanup_secret struct wv_secret *passphrase = NULL;
	int r;

	if (!a->key_file)
		return usage_error(cli, "give --key-file");
	if (a->fd < 0)
		return usage_error(cli, "give --fd: a secret is not printed");
	r = ask_passphrase(cli, false, &passphrase);
	if (r)
		return r;
	r = wv_factor_derive(cli->ctx, a->argv[0], a->key_file, passphrase, a->fd);
	return r < 0 ? report(cli, r) : EXIT_OK;
}

static int run(struct cli *cli)
{
	static const struct verb verbs[] = {
		{ "new", new, 1, 1 },
		{ "derive", derive, 1, 1 },
		{ .name = NULL },
	};

	return run_verb(cli, verbs);
}

const struct cmd cmd_factor = {
	.name = "factor",
	.args = "new FILE | derive TARGET",
	.summary = N_("make a key file; derive what stock cryptsetup opens with"),
	.about = N_("new FILE       make a key-file factor; keep it apart from the volume\n"
		 "derive TARGET  write the keyslot's passphrase, made of both factors, to --fd N"),
	.options = options,
	.run = run,
	.min = 1,
	.max = -1,
};
