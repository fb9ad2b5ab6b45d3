/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bad.c - the ranges of a medium that were lost
 */
#include <string.h>

#include "bad.h"

static const char *const op_names[] = { "write", "read", "mismatch" };

/* The first range that ends after offset. */
static size_t find(const struct wv__bad *bad, uint64_t offset)
{
	size_t low = 0, high = bad->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (bad->items[mid].offset + bad->items[mid].length <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool joins(const struct wv__bad_range *left, const struct wv__bad_range *right)
{
	return left->offset + left->length == right->offset && left->op == right->op &&
	       left->error == right->error;
}

/* Put a range that touches no other before items[at], merged with its neighbours. */
static void insert(struct wv__bad *bad, size_t at, struct wv__bad_range range)
{
	struct wv__bad_range *items = bad->items;

	bad->bytes[range.op] += range.length;
	if (at > 0 && joins(&items[at - 1], &range)) {
		items[at - 1].length += range.length;
		if (at < bad->n && joins(&items[at - 1], &items[at])) {
			items[at - 1].length += items[at].length;
			memmove(items + at, items + at + 1, (--bad->n - at) * sizeof(*items));
		}
		return;
	}
	if (at < bad->n && joins(&range, &items[at])) {
		items[at].offset = range.offset;
		items[at].length += range.length;
		return;
	}
	if (bad->n == bad->capacity) {
		const size_t capacity = bad->capacity ? 2 * bad->capacity : 64;

		items = reallocarray(bad->items, capacity, sizeof(*items));
		if (!items) {
			bad->out_of_memory = true;
			return;
		}
		bad->items = items;
		bad->capacity = capacity;
	}
	memmove(items + at + 1, items + at, (bad->n++ - at) * sizeof(*items));
	items[at] = range;
}

uint64_t wv__bad_add(struct wv__bad *bad, uint64_t offset, uint64_t length, enum wv__bad_op op,
		     int error)
{
	const uint64_t end = offset + length, before = bad->bytes[op];
	uint64_t stop;
	size_t at;

	while (offset < end) {
		at = find(bad, offset);
		if (at < bad->n && bad->items[at].offset <= offset) {
			offset = bad->items[at].offset + bad->items[at].length;
			continue;
		}
		stop = at < bad->n ? MIN(end, bad->items[at].offset) : end;
		insert(bad, at, (struct wv__bad_range){ offset, stop - offset, op, error });
		offset = stop;
	}
	return bad->bytes[op] - before;
}

bool wv__bad_has(const struct wv__bad *bad, uint64_t offset, uint64_t length)
{
	const size_t at = find(bad, offset);

	return at < bad->n && bad->items[at].offset < offset + length;
}

uint64_t wv__bad_total(const struct wv__bad *bad)
{
	return bad->bytes[WV__BAD_WRITE] + bad->bytes[WV__BAD_READ] + bad->bytes[WV__BAD_MISMATCH];
}

void wv__bad_free(struct wv__bad *bad)
{
	free(bad->items);
	*bad = (struct wv__bad){ 0 };
}

static const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "EIO";
}

static int error_number(const char *name)
{
	const char *known;

	for (int error = 1; error < 134; error++) {
		known = strerrorname_np(error);
		if (known && !strcmp(known, name))
			return error;
	}
	return EIO;
}

int wv__bad_doc(struct wv_ctx *ctx, const struct wv__bad *bad, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r;

	r = wv__doc_array(ctx, &list);
	for (size_t i = 0; r >= 0 && i < bad->n; i++) {
		const struct wv__bad_range *range = &bad->items[i];

		r = wv__doc_append_row(ctx, list, M_U64("offset", range->offset),
				       M_U64("length", range->length),
				       M_STR("op", op_names[range->op]),
				       M_STR("error", range->op == WV__BAD_MISMATCH ?
							      NULL :
							      error_name(range->error)));
	}
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

int wv__bad_from_doc(struct wv_ctx *ctx, struct wv_doc *doc, struct wv__bad *bad)
{
	for (size_t i = 0; i < wv_doc_count(doc); i++) {
		struct wv_doc *item = wv_doc_at(doc, i);
		const char *op = wv_doc_str(item, "op"), *error = wv_doc_str(item, "error");
		unsigned int k = 0;

		while (k < ARRAY_SIZE(op_names) && (!op || strcmp(op, op_names[k]) != 0))
			k++;
		if (k == ARRAY_SIZE(op_names))
			return wv__fail(ctx, -EBADMSG, "the checkpoint's bad ranges are malformed");
		wv__bad_add(bad, wv_doc_u64(item, "offset"), wv_doc_u64(item, "length"), k,
			    error ? error_number(error) : 0);
	}
	return bad->out_of_memory ? wv__fail_memory(ctx) : 0;
}
