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
	return bytes && wv__lane_try(lane, op, (void *)(uintptr_t)bytes, block, place) == 0;
}

/*
 * Gone is what says so, and what fails also where it worked before. Before
 * anything worked, only a long failure tells.
 */
static bool is_gone(struct wv__lane *lane, enum wv__op op, const struct wv__slot *slot)
{
	struct wv__run *run = lane->run;
	bool barren;

	switch (-slot->error) {
	case ENXIO:
	case ENODEV:
	case ENOMEDIUM:
	case ESHUTDOWN:
	case EBADF:
	case EROFS:
		return true;
	default:
		break;
	}
	if (run->good[op] != UINT64_MAX)
		return !good_place_works(lane, op, slot->buf);
	pthread_mutex_lock(&run->lock);
	barren = wv__bad_total(&run->bad) > BARREN_MAX;
	pthread_mutex_unlock(&run->lock);
	return barren;
}

struct piece {
	struct wv__lane *lane;
	enum wv__op op;
	unsigned char *buf; /* for any part of it */
};

static int try_piece(const struct piece *piece, uint64_t offset, size_t len)
{
	struct wv__lane *lane = piece->lane;
	struct wv__run *run = lane->run;
	const unsigned char *bytes = piece->buf;
	int r;

	if (piece->op == WV__WRITE)
		bytes = wv__source_bytes(&lane->fresh, offset, len, piece->buf);
	if (!bytes)
		return -EIO;
	r = wv__lane_one(lane, piece->op, (void *)(uintptr_t)bytes, len, offset);
	if (r < 0)
		return r;
	if (piece->op == WV__READ)
		wv__lane_check(lane, piece->buf, offset, len);
	else
		run->counts[run->sweep->pass].written += len;
	run->good[piece->op] = offset;
	return 0;
}

static void give_up_block(const struct piece *piece, uint64_t offset, size_t len, int error)
{
	struct wv__run *run = piece->lane->run;

	pthread_mutex_lock(&run->lock);
	wv__bad_add(&run->bad, offset, len,
		    piece->op == WV__WRITE ? WV__BAD_WRITE : WV__BAD_READ, -error);
	pthread_mutex_unlock(&run->lock);
}

/* False: it was left before the end, because the run stops. */
static bool narrow(const struct piece *piece, uint64_t offset, size_t len)
{
	struct wv__run *run = piece->lane->run;
	const size_t unit = run->medium.unit;
	size_t half;
	int r, tries = len <= unit ? TRIES : 1;

	do
		r = try_piece(piece, offset, len);
	while (r < 0 && --tries && !run->dead);
	if (r == 0)
		return true;
	if (run->stop)
		return false;
	if (len <= unit) {
		give_up_block(piece, offset, len, r);
		return true;
	}
	half = MAX(len / 2 / unit, 1u) * unit;
	return narrow(piece, offset, half) && narrow(piece, offset + half, len - half);
}

bool wv__rescue_write(struct wv__lane *lane, uint64_t offset, size_t len, unsigned char *buf)
{
	const struct piece piece = { lane, WV__WRITE, buf };

	return narrow(&piece, offset, len);
}

bool wv__rescue(struct wv__lane *lane, struct wv__slot *slot)
{
	const enum wv__op op = slot->stage == WV__STAGE_WRITE ? WV__WRITE : WV__READ;
	const struct piece piece = { lane, op, slot->buf };

	if (is_gone(lane, op, slot)) {
		wv__run_give_up(lane->run, slot->error);
		return false;
	}
	if (!narrow(&piece, slot->offset, slot->len))
		return false;
	return op == WV__WRITE || lane->run->sweep->kind != WV__SWEEP_TURN ||
	       wv__rescue_write(lane, slot->offset, slot->len, slot->buf);
}
