/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bad.h - the ranges of a medium that were lost, sorted and merged
 */
#ifndef WV_BAD_H
#define WV_BAD_H

#include "../base/json.h"

enum wv__bad_op { WV__BAD_WRITE, WV__BAD_READ, WV__BAD_MISMATCH };

struct wv__bad_range {
	uint64_t offset, length;
	enum wv__bad_op op;
	int error; /* positive errno */
};

struct wv__bad {
	struct wv__bad_range *items;
	size_t n, capacity;
	uint64_t bytes[3]; /* by op */
	bool out_of_memory; /* something could not be kept: the verdict is failed */
};

/* Parts that are known already stay as they were first seen. Return: the bytes that were not. */
uint64_t wv__bad_add(struct wv__bad *bad, uint64_t offset, uint64_t length, enum wv__bad_op op,
		     int error);
bool wv__bad_has(const struct wv__bad *bad, uint64_t offset, uint64_t length); /* touches one */
uint64_t wv__bad_total(const struct wv__bad *bad);
void wv__bad_free(struct wv__bad *bad);

/* An array of {offset, length, op, error}; and back. */
int wv__bad_doc(struct wv_ctx *ctx, const struct wv__bad *bad, struct wv_doc **ret);
int wv__bad_from_doc(struct wv_ctx *ctx, struct wv_doc *doc, struct wv__bad *bad);

#endif
