/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stamp.h - stamps show a medium that is smaller than it says
 *
 * Before the first pass a block unlike any other is laid at every spacing and
 * in the last block, from the end to the start; each is read just before it
 * is overwritten, and the last block only after all else was written. On a
 * medium of R bytes that drops what lies beyond, a stamp there never arrived;
 * on one that wraps, its place has been overwritten through an address R
 * lower by the time it is read. So the last block alone finds every R below
 * the claimed size, whatever the pattern; the others find it early.
 */
#ifndef WV_STAMP_H
#define WV_STAMP_H

#include "lane.h"

/* Choose the spacing and the stamps' key. */
int wv__stamp_plan(struct wv__run *run);
/* Was a stamp laid here? Not on a block that is known to be bad. */
bool wv__stamp_here(struct wv__run *run, uint64_t offset);
uint64_t wv__stamp_last(const struct wv__run *run); /* offset of the last block */

/* Lay them all. A block that cannot be written is bad. */
int wv__stamp_lay(struct wv__lane *hand);
/* Is the last block's stamp still there? If not, run->lost_stamp says so. */
int wv__stamp_check_tail(struct wv__lane *hand);

/**
 * wv__stamp_measure() - how large is a medium that lost a stamp?
 *
 * Where it was lost is run->lost_stamp. Into run->real go its bytes, exact
 * where it wraps or drops; UINT64_MAX: it is not smaller, the write of that one
 * block did not arrive.
 *
 * Return: 0, or a negative errno when the medium was given up.
 */
int wv__stamp_measure(struct wv__lane *hand);

#endif
