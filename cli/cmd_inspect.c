/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_inspect.c - workvol inspect: the inspector's bundle
 */
#include <inttypes.h>

#include "cli.h"

static void print(struct wv_doc *bundle)
{
	const uint64_t records = wv_doc_u64(bundle, "records");
	const uint64_t takeouts = wv_doc_u64(bundle, "takeouts");
	const uint64_t files = wv_doc_u64(bundle, "files");

	put_safe(stdout, doc_str(bundle, "dir", "-"));
	printf(tr_n(": %" PRIu64 " record", ": %" PRIu64 " records", records), records);
	printf(tr_n(", %" PRIu64 " take-out", ", %" PRIu64 " take-outs", takeouts), takeouts);
	printf(tr_n(", %" PRIu64 " file", ", %" PRIu64 " files", files), files);
	printf(_("\n  head  %s\n"), doc_str(bundle, "head", "-"));
	fputs(_("it is checked without workvol: "), stdout);
	put_shell_word(stdout, doc_str(bundle, "dir", "."));
	puts("/check.sh");
}

static int inspect(struct cli *cli, struct desk *desk, struct wv_doc **ret_bundle)
{
	return wv_flow_inspect(desk->station, cli->args.argv[0], ret_bundle);
}

static int run(struct cli *cli)
{
	return at_desk(cli, inspect, print);
}

const struct cmd cmd_inspect = {
	.name = "inspect",
	.args = "DIR",
	.summary = N_("everything that an inspector checks without workvol, in a directory"),
	.about = N_("The ledger, a signed checkpoint of it, every paper that it names with its\n"
		 "signature, the public keys, and check.sh, which needs sha256sum, ssh-keygen\n"
		 "and python3. DIR is not there yet, or empty."),
	.run = run,
	.min = 1,
	.max = 1,
};
