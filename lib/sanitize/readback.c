/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readback.c - read a device after it erased itself
 */
#include <string.h>

#include "erasure.h"

#define CHUNK MiB

unsigned int wv__erasure_promise(const struct wv__order *order, uint8_t ret[2])
{
	switch (order->kind) {
	case WV__KIND_OVERWRITE:
		ret[0] = order->byte;
		return 1;
	case WV__KIND_SECURITY:
		/* ACS-4, 7.38.3: all user data are replaced by zeros or by ones */
		ret[0] = 0x00;
		ret[1] = 0xff;
		return 2;
	default: /* "indeterminate" in every standard: only that the old is gone */
		return 0;
	}
}

static bool is_all(const unsigned char *data, size_t len, uint8_t byte)
{
	return data[0] == byte && !memcmp(data, data + 1, len - 1);
}

static void note_bad(struct wv__erasure *e, uint64_t at)
{
	if (!e->mismatched && !e->unreadable)
		e->first_bad = at;
}

/* One mark's block that was read. */
static int judge_block(struct wv__erasure *e, uint64_t at, const unsigned char *data, bool marked)
{
	const uint32_t block = e->marks.block;
	uint8_t allowed[2];
	const unsigned int n = wv__erasure_promise(&e->order, allowed);
	bool wrong = n > 0;
	int r = 0;

	if (!e->verified)
		e->found = data[0];
	e->uniform = (e->uniform || !e->verified) && is_all(data, block, e->found);
	for (unsigned int i = 0; i < n; i++)
		wrong &= !is_all(data, block, allowed[i]);
	if (marked)
		r = wv__marks_survives(&e->marks, at, data);
	if (r < 0)
		return r;
	if (r || wrong)
		note_bad(e, at);
	e->survived += (uint64_t)r;
	e->mismatched += r || wrong ? block : 0;
	e->verified += block;
	return 0;
}

/* The places of marks come in ascending order: *next is the first that is not yet behind. */
static int judge(struct wv__erasure *e, uint64_t at, const unsigned char *data, size_t len,
		 uint64_t *next)
{
	const struct wv__marks *marks = &e->marks;
	int r = 0;

	for (size_t done = 0; r >= 0 && done < len; done += marks->block) {
		const uint64_t here = at + done;

		while (*next < marks->count && wv__marks_place(marks, *next) < here)
			++*next;
		r = judge_block(e, here, data + done,
				*next < marks->count && wv__marks_place(marks, *next) == here);
	}
	return r;
}

/* What cannot be read as a whole is read block by block. */
static int read_range(struct wv__erasure *e, uint64_t start, uint64_t end, unsigned char *buf,
		      uint64_t *next)
{
	size_t len, chunk = CHUNK;
	int r;

	for (uint64_t at = start; at < end; at += len) {
		if (wv__erasure_stop(e))
			return -ECANCELED;
		len = (size_t)MIN(end - at, (uint64_t)chunk);
		r = e->t->ops->read(e->t->data, buf, len, at);
		if (r < 0 && len > e->marks.block) {
			chunk = e->marks.block;
			len = 0;
			continue;
		}
		if (r < 0) {
			note_bad(e, at);
			e->unreadable += len;
		} else {
			r = judge(e, at, buf, len, next);
			if (r < 0)
				return r;
		}
		chunk = at % CHUNK == 0 ? CHUNK : chunk;
		atomic_fetch_add(&e->done, len);
	}
	return 0;
}

/* Of each half of a thousandth, percent of it around the mark. */
static void sample_of(const struct wv__erasure *e, uint64_t i, uint64_t *ret_start,
		      uint64_t *ret_end)
{
	const struct wv__marks *marks = &e->marks;
	const uint64_t place = wv__marks_place(marks, i);
	uint64_t start, end, blocks;

	wv__marks_half(marks, i, &start, &end);
	blocks = (end - start) / marks->block;
	blocks = (blocks * e->percent + 99) / 100;
	*ret_start = MIN(place, end - blocks * marks->block);
	*ret_end = *ret_start + blocks * marks->block;
}

static uint64_t bytes_to_read(const struct wv__erasure *e)
{
	uint64_t start, end, sum = 0;

	if (e->read_back == WV__READ_ALL)
		return e->marks.blocks * e->marks.block;
	for (uint64_t i = 0; i < e->marks.count; i++) {
		sample_of(e, i, &start, &end);
		sum += end - start;
	}
	return sum;
}

int wv__erasure_read_back(struct wv__erasure *e)
{
	cleanup_free unsigned char *buf = aligned_alloc(WV__MARK_MAX, CHUNK);
	uint64_t start, end, next = 0;
	int r;

	if (!buf)
		return wv__fail_memory(e->ctx);
	r = e->t->ops->flush(e->t->data); /* and nothing is read from a cache */
	if (r < 0)
		return wv__fail_sys(e->ctx, r, "cannot flush %s", e->t->path);
	e->done = 0;
	e->total = bytes_to_read(e);
	e->step = WV__ERASURE_READS;
	if (e->read_back == WV__READ_ALL)
		r = read_range(e, 0, e->marks.blocks * e->marks.block, buf, &next);
	for (uint64_t i = 0; r >= 0 && e->read_back == WV__READ_SAMPLE && i < e->marks.count; i++) {
		sample_of(e, i, &start, &end);
		r = read_range(e, start, end, buf, &next);
	}
	if (r == -ECANCELED)
		return wv__fail(e->ctx, r, "the read-back of %s was interrupted", e->t->path);
	return r < 0 ? wv__fail(e->ctx, r, "the cipher failed") : 0;
}
