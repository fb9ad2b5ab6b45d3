/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * devices.c - workvol devices: the disks, what is on each, and what it offers and hides
 */
#include <string.h>

#include "../../media/device.h"
#include "../../media/listing.h"
#include "../../sanitize/sanitize.h"

WV_API int wv_device_describe(struct wv_ctx *ctx, const char *path, struct wv_doc **ret_device)
{
	return wv__device_describe(ctx, path, wv__sanitize_idle, ret_device);
}

WV_API int wv_device_list(struct wv_ctx *ctx, struct wv_doc **ret_devices)
{
	return wv__device_list(ctx, wv__sanitize_idle, ret_devices);
}

/* One that cannot be asked is listed all the same. */
static int add_offers(struct wv_ctx *ctx, struct wv_doc *row)
{
	const char *path = wv_doc_str(row, "path"), *kind = wv_doc_str(row, "kind");
	cleanup_device struct wv_device *dev = NULL;
	cleanup_doc struct wv_doc *offers = NULL, *hidden = NULL;
	int r = 0;

	if (path && kind && !strcmp(kind, "disk")) {
		r = wv__device_open(ctx, path, WV__DEV_RDONLY, &dev);
		if (r >= 0)
			r = wv__sanitize_describe(ctx, dev, &offers, &hidden);
	}
	if (r >= 0 && !offers)
		r = wv__doc_array(ctx, &offers);
	if (r == -ENOMEM)
		return r;
	return wv__doc_set(ctx, row, M_DOC("sanitize", offers), M_DOC("hidden", hidden));
}

WV_API int wv_flow_devices(struct wv_ctx *ctx, struct wv_doc **ret_devices)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r = wv_device_list(ctx, &list);

	for (size_t i = 0; r >= 0 && i < wv_doc_count(list); i++)
		r = add_offers(ctx, wv_doc_at(list, i));
	if (r < 0)
		return r;
	*ret_devices = take_ptr(list);
	return 0;
}
