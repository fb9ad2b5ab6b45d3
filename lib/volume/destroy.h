/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * destroy.h - key destruction, and its proof from the medium itself
 */
#ifndef WV_DESTROY_H
#define WV_DESTROY_H

#include "../base/json.h"
#include "../media/device.h"

#define WV__DESTROY_FIRST 4096 /* bytes of the pattern that are on the medium before the rest */

/**
 * wv__destroy_keys() - make the volume unreadable for ever
 * @dev: open and not held; rechecked by the caller directly before
 * @uuid: of the volume that is on it
 * @pattern_key: recorded before, so that the medium can be recognised later
 * @data_offset: of wv__luks_info(), as recorded before: on a resumed run the
 *	header may be gone
 * @ret_proof: {"data_offset", "pattern_key", "sha256", "slots_destroyed",
 *	"read_back": true, "direct": was the page cache bypassed,
 *	"factors_fail": true, "probe": "nothing"} (or what its random bytes
 *	look like by chance: a signature of two bytes, "hfsplus")
 *
 * Not mapped; all of [0, data_offset), every keyslot with it, overwritten with
 * the keyed stream, flushed and read back; no header loads any more; the probe
 * finds nothing. May be run again after a kill at any point: until the first 4
 * KiB hold the pattern a header can still be read, and from then on
 * wv__destroy_matching() knows the medium.
 *
 * Return: 0, -EBUSY while it is mapped, -EPERM when what opens for writing is
 * not the medium that @dev holds (nothing is written), -EBADMSG when the
 * read-back or the proof fails, or another negative errno.
 */
int wv__destroy_keys(struct wv_ctx *ctx, const struct wv_device *dev, const char *uuid,
		     const unsigned char pattern_key[32], uint64_t data_offset,
		     struct wv_doc **ret_proof);

/* How many bytes from the medium's begin, at most data_offset, are the pattern's: WV__DESTROY_FIRST show it. */
int wv__destroy_matching(struct wv_ctx *ctx, const struct wv_device *dev,
			 const unsigned char pattern_key[32], uint64_t data_offset,
			 uint64_t *ret_bytes);

/* Is this the medium whose keys were destroyed: all of [0, data_offset) is the pattern. -EBADMSG if not. */
int wv__keys_destroyed_check(struct wv_ctx *ctx, const struct wv_device *dev,
			     const unsigned char pattern_key[32], uint64_t data_offset);

#endif
