/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * marks.h - marks laid before a device erases itself, and looked for afterwards
 *
 * A device may say that it erased and have erased nothing. So blocks unlike any
 * others are laid in the first block, the last, and two places of each
 * thousandth that nobody can foresee; each must be gone afterwards.
 */
#ifndef WV_MARKS_H
#define WV_MARKS_H

#include "../base/crypto.h"
#include "transport.h"

#define WV__MARK_MAX 4096

struct wv__marks {
	uint32_t block;	 /* bytes of a mark */
	uint64_t blocks; /* of the device */
	uint64_t count;	 /* marks */
	struct wv__ctr *places, *content;
};

/* Keys are random, of this run alone. 0 or a negative errno; no sentence. */
int wv__marks_open(uint64_t size, uint32_t block, struct wv__marks *ret);
void wv__marks_close(struct wv__marks *marks);

/* The offset of mark i, ascending; half i of the device is [start, end). */
uint64_t wv__marks_place(const struct wv__marks *marks, uint64_t i);
void wv__marks_half(const struct wv__marks *marks, uint64_t i, uint64_t *ret_start,
		    uint64_t *ret_end);

/* The mark that belongs at an offset. 0 or a negative errno. */
int wv__marks_bytes(const struct wv__marks *marks, uint64_t offset, unsigned char *ret);

/* Is any piece of the mark still in this block? 1, 0, or a negative errno. */
int wv__marks_survives(const struct wv__marks *marks, uint64_t offset, const unsigned char *data);

/*
 * Write them all, flush, and read them back: a device that did not keep them
 * would seem erased later: -EBADMSG with its sentence.
 */
int wv__marks_lay(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__marks *marks);

#endif
