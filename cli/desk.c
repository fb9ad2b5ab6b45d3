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
