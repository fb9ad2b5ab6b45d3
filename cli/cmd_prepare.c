/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_prepare.c - workvol prepare: provision a medium for a take-out
 */
#include <unistd.h>

#include "cli.h"

static const struct opt options[] = {
	OPT_STR("declaration", "FILE", declaration, "what is taken out"),
	OPT_STR("source", "DIR", source, "the tree that was declared"),
	OPT_FACTORS,
	OPT_STR("holder", "NAME[=FILE.pub]", holder, "who takes it out"),
	OPT_STR("due", "DATE", due, "when it is back: YYYY-MM-DD, or RFC 3339"),
	OPT_STR("client-approval", "NUMBER[,SCOPE[,EXPIRY]]", client_approval, "the client's approval"),
	OPT_STR("approve-with", "KEY", approve_with, "approve it at once, with this key"),
	OPT_SIZE("size", size, "make a container file of this size (40M, 2G)"),
	OPT_LIST("yes", "SERIAL", yes, "the medium that may be overwritten"),
	OPT_END,
};

/* All at once, so that nobody has to ask seven times. */
static bool lacks_options(const struct args *a, char *buf, size_t size)
{
	const struct {
		const char *name, *value;
	} needed[] = {
		{ "--declaration", a->declaration }, { "--source", a->source },
		{ "--key-file", a->key_file },	     { "--holder", a->holder },
		{ "--due", a->due },		     { "--client-approval", a->client_approval },
	};
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!needed[i].value)
			len += snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
					needed[i].name);
	}
	return len;
}

/* A container that --size is about to make has nothing to lose. */
static int confirm(struct cli *cli, const char *target, const char **ret_serial)
{
	const char *slash = strrchr(target, '/');
	int rc;

	if (!cli->args.yes.count && cli->args.size && access(target, F_OK) < 0) {
		*ret_serial = slash ? slash + 1 : target;
		return EXIT_OK;
	}
	rc = cli->args.yes.count ? EXIT_OK : ask_serial(cli, target);
	if (rc == EXIT_OK)
		*ret_serial = cli->args.yes.items[0];
	return rc;
}

static void print(struct wv_doc *result)
{
	struct wv_doc *target = wv_doc_get(result, "target");
	const char *path = doc_str(target, "path", "-");
	char size[32];

	format_size(size, sizeof(size), wv_doc_u64(target, "size"));
	put_safe(stdout, path);
	printf(_(": %s (%s)\n  volume    %s\n  take-out  %s\n  record    "), tr_word(doc_str(result, "state", "-")),
	       size, doc_str(result, "volume", "-"), doc_str(result, "takeout", "-"));
	put_safe_line(stdout, doc_str(result, "record", "-"));
	fputs(_("next: workvol handover "), stdout);
	put_safe_line(stdout, path);
}

static int prepare(struct cli *cli, struct wv_station *station, const char *serial,
		   const struct wv_secret *passphrase)
{
	const struct args *a = &cli->args;
	struct wv_prepare_opts opts = WV_PREPARE_OPTS_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	opts.declaration = a->declaration;
	opts.source = a->source;
	opts.key_file = a->key_file;
	opts.passphrase = passphrase;
	opts.holder = a->holder;
	opts.due = a->due;
	opts.client_approval = a->client_approval;
	opts.approve_with = a->approve_with;
	opts.yes = serial;
	opts.size = a->size;
	r = wv_flow_prepare(station, a->argv[0], &opts, &result);
	return finish(cli, r, result, print);
}

static int run(struct cli *cli)
{
	cleanup_station struct wv_station *station = NULL;
	cleanup_secret struct wv_secret *passphrase = NULL;
	const char *serial;
	char lacks[256];
	int rc;

	if (lacks_options(&cli->args, lacks, sizeof(lacks)))
		return usage_error(cli, "give %s", lacks);
	if (cli->args.yes.count > 1)
		return usage_error(cli, "give one --yes");
	rc = open_station(cli, &station);
	if (rc == EXIT_OK)
		rc = confirm(cli, cli->args.argv[0], &serial);
	if (rc == EXIT_OK)
		rc = ask_passphrase(cli, true, &passphrase);
	return rc == EXIT_OK ? prepare(cli, station, serial, passphrase) : rc;
}

const struct cmd cmd_prepare = {
	.name = "prepare",
	.args = "TARGET",
	.summary = N_("provision a medium for a take-out"),
	.about = N_("TARGET is a block device or a container file. What was on it is overwritten\n"
		 "first. Without --approve-with a request is written, and the command exits 3;\n"
		 "run it again when the request is approved."),
	.options = options,
	.run = run,
	.min = 1,
	.max = 1,
};
