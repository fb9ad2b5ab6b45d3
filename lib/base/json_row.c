/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_row.c - arrays of rows, of numbers and of sentences
 */
#include "json.h"

int wv__doc_append_list(struct wv_ctx *ctx, struct wv_doc *array, const struct wv__member *members)
{
	cleanup_doc struct wv_doc *row = NULL;
	const int r = wv__doc_build_list(ctx, &row, members);

	return r < 0 ? r : wv__doc_append(ctx, array, row);
}

int wv__doc_append_u64(struct wv_ctx *ctx, struct wv_doc *array, uint64_t number)
{
	cleanup_doc struct wv_doc *holds = NULL;
	const int r = wv__doc_build(ctx, &holds, M_U64("n", number));

	return r < 0 ? r : wv__doc_append(ctx, array, wv_doc_get(holds, "n"));
}

int wv__doc_remarks(struct wv_ctx *ctx, const struct wv__remark *rows, size_t n, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r = wv__doc_array(ctx, &list);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (rows[i].holds)
			r = wv__doc_append_str(ctx, list, rows[i].text);
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

WV_API size_t wv_doc_range_at(struct wv_doc *array, size_t index, uint64_t *ret_first, uint64_t *ret_last)
{
	const size_t n = wv_doc_count(array);

	*ret_first = *ret_last = wv_doc_u64_at(array, index);
	for (index++; index < n && *ret_last < UINT64_MAX && wv_doc_u64_at(array, index) == *ret_last + 1; index++)
		(*ret_last)++;
	return index;
}
