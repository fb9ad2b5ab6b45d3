/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_devices.c - workvol devices: the disks of this machine, and why one may
 * not be touched
 */
#include <inttypes.h>

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

	snprintf(buf, size, "%s", refused ? tr_said(refused) : doc_str(row, "model", _("may be used")));
}

/* The kinds of erasure of its own that can be used now. */
static void format_sanitize(char *buf, size_t size, struct wv_doc *row)
{
	struct wv_doc *offers = wv_doc_get(row, "sanitize");
	size_t at = 0;

	snprintf(buf, size, "-");
	for (size_t i = 0; i < wv_doc_count(offers); i++) {
		struct wv_doc *offer = wv_doc_at(offers, i);

		if (wv_doc_bool(offer, "usable") && at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? " " : "",
					       doc_str(offer, "kind", "-"));
	}
}

/* What the table has no room for: why a kind cannot be used, and what is hidden. */
static void print_notes(struct wv_doc *row)
{
	struct wv_doc *offers = wv_doc_get(row, "sanitize"), *hidden = wv_doc_get(row, "hidden");

	for (size_t i = 0; i < wv_doc_count(offers); i++) {
		struct wv_doc *offer = wv_doc_at(offers, i);

		if (wv_doc_bool(offer, "usable"))
			continue;
		put_safe(stdout, doc_str(row, "path", "-"));
		printf(_(": sanitize:%s cannot be used: "), doc_str(offer, "kind", "-"));
		put_safe(stdout, tr_said(doc_str(offer, "reason", "-")));
		putchar('\n');
	}
	if (!wv_doc_u64(hidden, "hpa") && !wv_doc_u64(hidden, "dco"))
		return;
	put_safe(stdout, doc_str(row, "path", "-"));
	printf(_(": hides %" PRIu64 " bytes in an HPA, %" PRIu64 " in a DCO; wipe --lift-hidden opens them\n"),
	       wv_doc_u64(hidden, "hpa"), wv_doc_u64(hidden, "dco"));
}

static void print(struct wv_doc *devices)
{
	static const struct column columns[] = {
		{ N_("DEVICE"), "path", NULL },
		{ N_("SIZE"), "size", format_device_size },
		{ N_("SERIAL"), "serial", NULL },
		{ N_("ERASES ITSELF"), "sanitize", format_sanitize },
		{ N_("MODEL, OR WHY IT IS REFUSED"), "refused", format_about },
	};

	print_table(devices, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < wv_doc_count(devices); i++)
		print_notes(wv_doc_at(devices, i));
}

static int run(struct cli *cli)
{
	cleanup_doc struct wv_doc *devices = NULL;
	const int r = wv_flow_devices(cli->ctx, &devices);

	return finish(cli, r, devices, print);
}

const struct cmd cmd_devices = {
	.name = "devices",
	.args = "",
	.summary = N_("the disks of this machine, and why one may not be touched"),
	.run = run,
};
