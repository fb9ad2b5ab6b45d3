/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.c - what a command sits down with: the station and both factors
 */
#include "cli.h"

int open_station(struct cli *cli, struct wv_station **ret_station)
{
	const char *policy = cli->args.policy;
	int r;

	if (!policy)
		policy = getenv("WORKVOL_POLICY");
	r = wv_station_open(cli->ctx, policy && *policy ? policy : NULL, ret_station);
	return r < 0 ? report(cli, r) : EXIT_OK;
}

int desk_open(struct cli *cli, struct desk *desk)
{
	const struct args *a = &cli->args;
	int rc;

	rc = open_station(cli, &desk->station);
	if (rc == EXIT_OK)
		rc = ask_factors(cli, &desk->passphrase);
	if (rc)
		return rc;
	desk->open.key_file = a->key_file;
	desk->open.passphrase = desk->passphrase;
	desk->open.takeout = a->takeout;
	return EXIT_OK;
}

void desk_clear(struct desk *desk)
{
	wv_secret_free(desk->passphrase);
	wv_station_free(desk->station);
}

int at_desk(struct cli *cli, desk_call call, printer print)
{
	cleanup_desk struct desk desk = DESK_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = desk_open(cli, &desk);
	if (r)
		return r;
	r = call(cli, &desk, &result);
	return finish(cli, r, result, print);
}

/* A paper is of one thing: it is signed, and handed to that one's client. */
static int put_one(struct cli *cli, struct wv_doc *result)
{
	struct wv_doc *one = wv_doc_at(result, 0); /* of an array */

	if (one && wv_doc_count(result) > 1)
		return usage_error(cli, _("a PDF is of one, and these are %zu: name one of them"), wv_doc_count(result));
	return put_paper(cli, one ? one : result);
}

static int paper_at_desk(struct cli *cli, desk_call call)
{
	cleanup_desk struct desk desk = DESK_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = check_page(cli, true);
	if (r == EXIT_OK)
		r = desk_open(cli, &desk);
	if (r)
		return r;
	r = call(cli, &desk, &result);
	return r < 0 ? report(cli, r) : put_one(cli, result);
}

int at_desk_paper(struct cli *cli, desk_call call, printer print)
{
	const struct format formats[] = {
		{ "text", print }, { "json", NULL }, { "pdf", NULL }, { .name = NULL },
	};
	const bool pdf = cli->args.format && strcmp(cli->args.format, "pdf") == 0;
	printer unused;
	const int r = choose_format(cli, formats, &unused);

	if (r)
		return r;
	return pdf ? paper_at_desk(cli, call) : at_desk(cli, call, print);
}
