/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_row.c - a row of an array, built and appended in one call
 */
#include "json.h"

int wv__doc_append_list(struct wv_ctx *ctx, struct wv_doc *array, const struct wv__member *members)
{
	cleanup_doc struct wv_doc *row = NULL;
	const int r = wv__doc_build_list(ctx, &row, members);

	return r < 0 ? r : wv__doc_append(ctx, array, row);
}
