/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stamp.c - lay stamps, look for them, and measure a medium that lost one
 */
#include <string.h>

#include "stamp.h"

#define STAMPS_MAX 256
#define SPACING_MIN (64 * MiB)
#define NEEDLE 16 /* bytes; random, so that they cannot be found by chance */

int wv__stamp_plan(struct wv__run *run)
{
	const uint64_t share = wv__run_length(run) / STAMPS_MAX;

	run->stamp_spacing = MAX(round_down(share, WV__CHUNK_MAX), SPACING_MIN);
	run->stamp.random = true;
	return wv__wipe_derive(run->seed, "stamp", 0, run->stamp.key);
}

uint64_t wv__stamp_last(const struct wv__run *run)
{
	return run->end - run->medium.block;
}

bool wv__stamp_here(struct wv__run *run, uint64_t offset)
{
	const uint64_t at = offset - run->start;
	bool bad;

	if (offset != wv__stamp_last(run) && (at == 0 || at % run->stamp_spacing))
		return false;
	pthread_mutex_lock(&run->lock);
	bad = wv__bad_has(&run->bad, offset, run->medium.block);
	pthread_mutex_unlock(&run->lock);
	return !bad;
}

static int lay_one(struct wv__lane *hand, uint64_t offset)
{
	const uint32_t block = hand->run->medium.block;
	unsigned char *buf = hand->slots[0].buf;
	int r;

	if (!wv__source_bytes(&hand->stamp, offset, block, buf))
		return -EIO;
	r = wv__lane_try(hand, WV__WRITE, buf, block, offset);
	if (r < 0)
		wv__run_lose(hand->run, offset, block, WV__BAD_WRITE, -r);
	return hand->run->dead ? r : 0;
}

int wv__stamp_lay(struct wv__lane *hand)
{
	struct wv__run *run = hand->run;
	const uint64_t last = wv__stamp_last(run);
	uint64_t at = round_down(last - run->start, run->stamp_spacing);
	int r;

	r = lay_one(hand, last);
	for (; r >= 0 && at > 0 && !run->stop; at -= run->stamp_spacing)
		if (run->start + at != last)
			r = lay_one(hand, run->start + at);
	return r;
}

int wv__stamp_check_tail(struct wv__lane *hand)
{
	struct wv__run *run = hand->run;
	const uint64_t last = wv__stamp_last(run);
	unsigned char *buf = hand->slots[0].buf;
	int r;

	if (!wv__stamp_here(run, last))
		return 0;
	r = wv__lane_try(hand, WV__READ, buf, run->medium.block, last);
	if (r < 0) /* unreadable is not lost; the read-back will tell */
		return run->dead ? r : 0;
	if (wv__source_differs(&hand->stamp, last, buf, run->medium.block) != run->medium.block)
		run->lost_stamp = last;
	return 0;
}

/* ---- measuring --------------------------------------------------------------- */

struct search {
	struct wv__lane *hand;
	struct wv__source source; /* bytes that were never on the medium */
	uint64_t low, high;       /* the true size lies between */
	bool inverted;            /* the complement of those bytes */
};

static bool make(struct search *s, unsigned char *buf, size_t len, uint64_t at)
{
	if (!wv__source_bytes(&s->source, at, len, buf))
		return false;
	for (size_t i = 0; s->inverted && i < len; i++)
		buf[i] = (unsigned char)~buf[i];
	return true;
}

static int transfer(struct search *s, enum wv__op op, unsigned char *buf, size_t len, uint64_t at)
{
	int r;

	if (op == WV__WRITE && !make(s, buf, len, at))
		return -EIO;
	r = wv__lane_one(s->hand, op, buf, len, at);
	if (r < 0 && op == WV__READ)
		memset(buf, 0, len);
	return s->hand->run->dead ? r : 0;
}

/* A medium of R bytes that wraps shows the region's first bytes again, R further on. */
static int find_wrap(struct search *s, uint64_t *ret_real)
{
	const struct wv__run *run = s->hand->run;
	const uint32_t block = run->medium.block;
	unsigned char needle[NEEDLE], *data = s->hand->slots[1].buf, *found;
	uint64_t at = MAX(s->low, run->start + block);
	size_t len, kept = 0;
	int r;

	r = transfer(s, WV__WRITE, s->hand->slots[0].buf, block, run->start);
	if (r < 0)
		return r;
	memcpy(needle, s->hand->slots[0].buf, sizeof(needle));
	for (; at < s->high && !run->stop; at += len) {
		/* The end of the piece before stays in front, a block of room: a needle may lie across. */
		len = MIN(s->high - at, WV__CHUNK_MAX - block);
		r = transfer(s, WV__READ, data + block, len, at);
		if (r < 0)
			return r;
		found = memmem(data + block - kept, kept + len, needle, sizeof(needle));
		if (found) {
			*ret_real = at + (uint64_t)(found - data) - block - run->start;
			return 0;
		}
		kept = NEEDLE - 1;
		memcpy(data + block - kept, data + block + len - kept, kept);
	}
	return 0;
}

static uint64_t first_difference(struct search *s, const unsigned char *data, unsigned char *want,
				 size_t len, uint64_t at)
{
	size_t i = make(s, want, len, at) ? 0 : len;

	while (i < len && want[i] == data[i])
		i++;
	return at + i;
}

/*
 * A medium that drops does not give back what is written beyond its end. What
 * it gives instead may be the right byte by chance: then not its complement.
 */
static int find_drop(struct search *s, uint64_t *ret_real)
{
	const struct wv__run *run = s->hand->run;
	unsigned char *want = s->hand->slots[0].buf, *data = s->hand->slots[1].buf;
	uint64_t real = *ret_real, at, wrong;
	size_t len = run->medium.block;
	int r;

	for (at = s->low; at < s->high && !run->stop; at += len) {
		len = MIN(s->high - at, WV__CHUNK_MAX);
		r = transfer(s, WV__WRITE, want, len, at);
		if (r < 0)
			return r;
	}
	r = wv__lane_flush(s->hand);
	if (r < 0)
		return r;
	for (at = s->low; at < s->high && !run->stop; at += len) {
		len = MIN(s->high - at, WV__CHUNK_MAX);
		r = transfer(s, WV__READ, data, len, at);
		if (r < 0)
			return r;
		wrong = first_difference(s, data, want, len, at);
		if (wrong < at + len)
			real = MIN(real, wrong);
	}
	/* One block that went missing is no smaller medium: the end must be missing too. */
	at = s->high - run->medium.block;
	if (!run->stop && first_difference(s, data + len - run->medium.block, want,
					   run->medium.block, at) < s->high)
		*ret_real = real;
	return 0;
}

int wv__stamp_measure(struct wv__lane *hand)
{
	struct wv__run *run = hand->run;
	const uint64_t lost = run->lost_stamp;
	/* As far as the lanes may have been ahead of one another. */
	const uint64_t slack = run->stamp_spacing +
			       (uint64_t)WV__LANES_MAX * WV__IO_DEPTH_MAX * WV__CHUNK_MAX;
	struct wv__pattern pattern = { .random = true };
	struct search s = { .hand = hand, .high = lost + run->medium.block };
	uint64_t real = UINT64_MAX;
	int r;

	s.low = lost - run->start > slack ? round_down(lost - slack, run->medium.block) : run->start;
	r = wv__wipe_derive(run->seed, "needle", 0, pattern.key);
	if (r >= 0)
		r = wv__source_open(&pattern, NULL, &s.source);
	if (r < 0)
		return r;
	r = find_wrap(&s, &real);
	if (r >= 0 && real == UINT64_MAX) {
		r = find_drop(&s, &real);
		s.inverted = true;
		if (r >= 0)
			r = find_drop(&s, &real);
	}
	wv__source_close(&s.source);
	if (r >= 0)
		run->real = real;
	return r;
}
