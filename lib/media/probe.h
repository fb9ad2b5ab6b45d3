/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.h - what lies on a medium, by its bytes alone. The only file that
 * knows libblkid.
 */
#ifndef WV_PROBE_H
#define WV_PROBE_H

#include "device.h"

/*
 * The whole medium (number 0), then each partition that a table on it names,
 * whether the kernel knows it or not.
 */
struct wv__region {
	unsigned int number;
	uint64_t offset;
	uint64_t size;
	char type[32];  /* "ext4", "crypto_LUKS", "dos", "gpt"; "ambiguous"; "" nothing known */
	char label[64]; /* as blkid gives it; "" none */
	char uuid[64];
};

/**
 * wv__probe() - the regions of a medium
 * @ret_regions: free() it; at least one
 *
 * "blkid finds nothing" is: one region, its type "". What libblkid makes of the
 * bytes it makes in a jailed child (jail.h); -EIO, and no regions, when that
 * one crashed, hung or answered nonsense: then nothing at all is known.
 */
int wv__probe(struct wv_ctx *ctx, const struct wv_device *dev, struct wv__region **ret_regions,
	      size_t *ret_count);

#endif
