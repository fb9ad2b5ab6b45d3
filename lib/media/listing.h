/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listing.h - the disks of this machine, as wv_device_describe() and
 * wv_device_list() show them
 */
#ifndef WV_LISTING_H
#define WV_LISTING_H

#include "../base/json.h"

/* May it be opened and read now: 0, -EBUSY with the sentence why not, or another negative errno. */
typedef int wv__may_read_fn(struct wv_ctx *ctx, const char *path);

/* One that may not be read is known by its path, and the sentence is why it is refused. */
int wv__device_describe(struct wv_ctx *ctx, const char *path, wv__may_read_fn *may_read,
			struct wv_doc **ret_device);
int wv__device_list(struct wv_ctx *ctx, wv__may_read_fn *may_read, struct wv_doc **ret_devices);

#endif
