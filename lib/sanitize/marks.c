/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * marks.c - lay marks, and know one again
 */
#include <string.h>

#include "marks.h"

#define SECTIONS UINT64_C(1000) /* SP 800-88 Rev. 1: two places in each of at least 1000 */
#define PIECE 64		/* bytes of a mark that are enough to know it by */

int wv__marks_open(uint64_t size, uint32_t block, struct wv__marks *ret)
{
	struct wv__marks marks = { .block = size % WV__MARK_MAX || block > WV__MARK_MAX
						    ? block
						    : WV__MARK_MAX };
	unsigned char keys[2][32];
	int r;

	if (!marks.block || marks.block > WV__MARK_MAX || size < marks.block)
		return -EINVAL;
	marks.blocks = size / marks.block;
	marks.count = MIN(2 * SECTIONS, marks.blocks);
	r = wv__random(keys, sizeof(keys));
	if (r >= 0)
		r = wv__ctr_new(keys[0], &marks.places);
	if (r >= 0)
		r = wv__ctr_new(keys[1], &marks.content);
	if (r < 0) {
		wv__marks_close(&marks);
		return r;
	}
	*ret = marks;
	return 0;
}

void wv__marks_close(struct wv__marks *marks)
{
	wv__ctr_free(marks->places);
	wv__ctr_free(marks->content);
	marks->places = marks->content = NULL;
}

void wv__marks_half(const struct wv__marks *marks, uint64_t i, uint64_t *ret_start,
		    uint64_t *ret_end)
{
	const unsigned __int128 blocks = marks->blocks;

	*ret_start = (uint64_t)(blocks * i / marks->count) * marks->block;
	*ret_end = (uint64_t)(blocks * (i + 1) / marks->count) * marks->block;
}

uint64_t wv__marks_place(const struct wv__marks *marks, uint64_t i)
{
	unsigned char bytes[8] = { 0 };
	uint64_t start, end, x = 0;

	wv__marks_half(marks, i, &start, &end);
	if (i == 0)
		return 0;
	if (i == marks->count - 1)
		return end - marks->block;
	wv__ctr_fill(marks->places, sizeof(bytes) * i, bytes, sizeof(bytes));
	memcpy(&x, bytes, sizeof(x));
	return start + x % ((end - start) / marks->block) * marks->block;
}

int wv__marks_bytes(const struct wv__marks *marks, uint64_t offset, unsigned char *ret)
{
	return wv__ctr_fill(marks->content, offset, ret, marks->block);
}

int wv__marks_survives(const struct wv__marks *marks, uint64_t offset, const unsigned char *data)
{
	unsigned char want[WV__MARK_MAX];
	const int r = wv__marks_bytes(marks, offset, want);

	if (r < 0)
		return r;
	for (size_t at = 0; at < marks->block; at += PIECE)
		if (!memcmp(data + at, want + at, PIECE))
			return 1;
	return 0;
}

static int write_all(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__marks *marks,
		     unsigned char *buf)
{
	int r;

	for (uint64_t i = 0; i < marks->count; i++) {
		const uint64_t at = wv__marks_place(marks, i);

		r = wv__marks_bytes(marks, at, buf);
		if (r >= 0)
			r = t->ops->write(t->data, buf, marks->block, at);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot lay a mark on %s at %" PRIu64, t->path,
					    at);
	}
	r = t->ops->flush(t->data);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot flush %s", t->path) : 0;
}

static int prove_all(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__marks *marks,
		     unsigned char *buf)
{
	unsigned char want[WV__MARK_MAX];
	int r;

	for (uint64_t i = 0; i < marks->count; i++) {
		const uint64_t at = wv__marks_place(marks, i);

		r = wv__marks_bytes(marks, at, want);
		if (r >= 0)
			r = t->ops->read(t->data, buf, marks->block, at);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot read the mark on %s at %" PRIu64,
					    t->path, at);
		if (memcmp(buf, want, marks->block) != 0)
			return wv__fail(ctx, -EBADMSG,
					"%s did not keep the mark at %" PRIu64
					": nothing was erased",
					t->path, at);
	}
	return 0;
}

int wv__marks_lay(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__marks *marks)
{
	cleanup_free unsigned char *buf = aligned_alloc(WV__MARK_MAX, WV__MARK_MAX);
	int r;

	if (!buf)
		return wv__fail_memory(ctx);
	r = write_all(ctx, t, marks, buf);
	return r < 0 ? r : prove_all(ctx, t, marks, buf);
}
