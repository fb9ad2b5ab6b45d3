/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_devices.c - workvol devices: the disks of this machine, and why one may
 * not be touched
 */
#include "cli.h"

static void format_device_size(char *buf, size_t size, struct wv_doc *row)
{
	const uint64_t bytes = wv_doc_u64(row, "size");

	if (bytes)
		format_size(buf, size, bytes);
	else
		snprintf(buf, size, "-"); /* it could not be opened */
}

static void format_about(char *buf, size_t size, struct wv_doc *row)
{
	const char *refused = wv_doc_str(row, "refused");

	snprintf(buf, size, "%s", refused ? refused : doc_str(row, "model", "may be used"));
}

static void print(struct wv_doc *devices)
{
	static const struct column columns[] = {
		{ "DEVICE", "path", NULL },
		{ "SIZE", "size", format_device_size },
		{ "SERIAL", "serial", NULL },
		{ "MODEL, OR WHY IT IS REFUSED", "refused", format_about },
	};

	print_table(devices, columns, ARRAY_SIZE(columns));
}

static int run(struct cli *cli)
{
	cleanup_doc struct wv_doc *devices = NULL;
	const int r = wv_device_list(cli->ctx, &devices);

	return finish(cli, r, devices, print);
}

const struct cmd cmd_devices = {
	.name = "devices",
	.args = "",
	.summary = "the disks of this machine, and why one may not be touched",
	.run = run,
};
