/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * statement.c - a wipe's result, as it may be signed: integers only
 */
#include <string.h>

#include "certificate.h"

static int statement_of(struct wv_ctx *ctx, struct wv_doc *object, struct wv_doc **ret);

static int array_of(struct wv_ctx *ctx, struct wv_doc *array, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *copy = NULL;
	int r;

	r = wv__doc_array(ctx, &copy);
	for (size_t i = 0; r == 0 && i < wv_doc_count(array); i++) {
		cleanup_doc struct wv_doc *item = NULL;

		r = statement_of(ctx, wv_doc_at(array, i), &item);
		if (r == 0)
			r = wv__doc_append(ctx, copy, item);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(copy);
	return 0;
}

/* Seconds become whole milliseconds; a rate follows from bytes and time, and is left out. */
static int statement_of(struct wv_ctx *ctx, struct wv_doc *object, struct wv_doc **ret)
{
	static const struct {
		const char *real;
		const char *whole;
	} times[] = {
		{ "seconds", "milliseconds" },
		{ "verify_seconds", "verify_milliseconds" },
		{ "cpu_seconds", "cpu_milliseconds" },
		{ "expected_seconds", "expected_milliseconds" },
	};
	static const char *const rates[] = { "mb_per_s", "verify_mb_per_s", "cells" };
	cleanup_doc struct wv_doc *copy = NULL;
	int r;

	r = wv__doc_copy(ctx, object, &copy);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(times); i++) {
		if (!wv_doc_get(object, times[i].real))
			continue;
		r = wv__doc_set(ctx, copy, M_U64(times[i].whole,
						 wv_doc_real(object, times[i].real) * 1000 + 0.5));
		wv__doc_remove(copy, times[i].real);
	}
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		wv__doc_remove(copy, rates[i]);
	*ret = take_ptr(copy);
	return 0;
}

int wv__wipe_statement(struct wv_ctx *ctx, struct wv_doc *result, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *statement = NULL;
	cleanup_doc struct wv_doc *passes = NULL;
	int r;

	r = statement_of(ctx, result, &statement);
	if (r < 0)
		return r;
	if (wv_doc_get(result, "passes")) {
		r = array_of(ctx, wv_doc_get(result, "passes"), &passes);
		if (r == 0)
			r = wv__doc_set(ctx, statement, M_DOC("passes", passes));
		if (r < 0)
			return r;
	}
	*ret = take_ptr(statement);
	return 0;
}
