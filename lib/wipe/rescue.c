/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rescue.c - a bad block costs itself and no more: try again, narrow, record,
 * step over; and tell a bad block from a medium that is gone
 */
#include "lane.h"

#define TRIES 3                /* of one block: some come back at the second or third */
#define BARREN_MAX (64 * MiB)  /* failed from the start without one success: it is not going to work */

/* Does a place that worked in this sweep still work? */
static bool good_place_works(struct wv__lane *lane, enum wv__op op, unsigned char *scratch)
{
	struct wv__run *run = lane->run;
	const uint64_t place = run->good[op];
	const uint32_t block = run->medium.block;
	const unsigned char *bytes = scratch;

	if (op == WV__WRITE)
		bytes = wv__source_bytes(&lane->fresh, place, block, scratch);
	return bytes && wv__lane_try(lane, op, bytes, block, place) == 0;
}

/*
 * Gone is what says so, and what fails also where it worked before. Before
 * anything worked, only a long failure tells.
 */
static bool is_gone(struct wv__lane *lane, enum wv__op op, const struct wv__slot *slot)
{
	static const int gone[] = { ENXIO, ENODEV, ENOMEDIUM, ESHUTDOWN, EBADF, EROFS };
	struct wv__run *run = lane->run;
	bool barren;

	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (slot->error == -gone[i])
			return true;
	if (run->good[op] != UINT64_MAX)
		return !good_place_works(lane, op, slot->buf);
	pthread_mutex_lock(&run->lock);
	barren = wv__bad_total(&run->bad) > BARREN_MAX;
	pthread_mutex_unlock(&run->lock);
	return barren;
}

/* buf: room for any part of the piece. */
static int try_piece(struct wv__lane *lane, enum wv__op op, unsigned char *buf, uint64_t offset,
		     size_t len)
{
	struct wv__run *run = lane->run;
	const unsigned char *bytes = buf;
	int r;

	if (op == WV__WRITE)
		bytes = wv__source_bytes(&lane->fresh, offset, len, buf);
	if (!bytes)
		return -EIO;
	r = wv__lane_one(lane, op, bytes, len, offset);
	if (r < 0)
		return r;
	if (op == WV__READ)
		wv__lane_check(lane, buf, offset, len);
	else
		run->counts[run->sweep->pass].written += len;
	run->good[op] = offset;
	return 0;
}

/* False: it was left before the end, because the run stops. */
static bool narrow(struct wv__lane *lane, enum wv__op op, unsigned char *buf, uint64_t offset,
		   size_t len)
{
	struct wv__run *run = lane->run;
	const size_t unit = run->medium.unit;
	size_t half;
	int r, tries = len <= unit ? TRIES : 1;

	do
		r = try_piece(lane, op, buf, offset, len);
	while (r < 0 && --tries && !run->dead);
	if (r == 0)
		return true;
	if (run->stop)
		return false;
	if (len <= unit) {
		wv__run_lose(run, offset, len, op == WV__WRITE ? WV__BAD_WRITE : WV__BAD_READ, -r);
		return true;
	}
	half = MAX(len / 2 / unit, 1u) * unit;
	return narrow(lane, op, buf, offset, half) &&
	       narrow(lane, op, buf, offset + half, len - half);
}

bool wv__rescue_write(struct wv__lane *lane, uint64_t offset, size_t len, unsigned char *buf)
{
	return narrow(lane, WV__WRITE, buf, offset, len);
}

bool wv__rescue(struct wv__lane *lane, struct wv__slot *slot)
{
	const enum wv__op op = slot->stage == WV__STAGE_WRITE ? WV__WRITE : WV__READ;

	if (is_gone(lane, op, slot)) {
		wv__run_give_up(lane->run, slot->error);
		return false;
	}
	if (!narrow(lane, op, slot->buf, slot->offset, slot->len))
		return false;
	return op == WV__WRITE || lane->run->sweep->kind != WV__SWEEP_TURN ||
	       wv__rescue_write(lane, slot->offset, slot->len, slot->buf);
}
