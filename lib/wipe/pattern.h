/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern.h - what a pass writes: (pattern, offset) -> bytes, and nothing else
 *
 * Offsets are the device's own, so any piece can be produced or checked alone,
 * in any order, by any thread; a read-back regenerates what it compares with.
 */
#ifndef WV_PATTERN_H
#define WV_PATTERN_H

#include "../base/crypto.h"
#include "../base/json.h"

#define WV__CHUNK_MAX MiB /* a request is at most this long */

struct wv__pattern {
	bool random;
	uint32_t len;            /* fixed: this many bytes repeat from offset 0 */
	unsigned char bytes[64];
	unsigned char key[32];   /* random: AES-256-CTR, counter from the offset */
};

/* A fixed pattern, produced once: one small piece of memory mapped over and over. */
struct wv__sheet {
	unsigned char *base; /* NULL: the pattern is random */
	size_t span;
};

int wv__sheet_open(const struct wv__pattern *pattern, struct wv__sheet *ret);
void wv__sheet_close(struct wv__sheet *sheet);

/* A pattern as one thread reads it. */
struct wv__source {
	const struct wv__pattern *pattern;
	const struct wv__sheet *sheet;
	struct wv__ctr *ctr;
	unsigned char *tile;
};

int wv__source_open(const struct wv__pattern *pattern, const struct wv__sheet *sheet,
		    struct wv__source *ret);
void wv__source_close(struct wv__source *source);

/**
 * wv__source_bytes() - the pattern's bytes at an offset
 * @buf: where they are made when they are not there already
 *
 * Return: len bytes aligned for direct I/O: in the sheet or in @buf; NULL when the cipher failed.
 */
const unsigned char *wv__source_bytes(struct wv__source *source, uint64_t offset, size_t len,
				      unsigned char *buf);

/**
 * wv__source_differs() - where data begins to differ from the pattern
 *
 * Return: the index of the first tile (WV__TILE) that differs, times its size; len when none does.
 */
size_t wv__source_differs(struct wv__source *source, uint64_t offset, const unsigned char *data,
			  size_t len);

#define WV__TILE 16384 /* half of the smallest L1 cache: made and compared while it is there */

/* "random" or the bytes in hex, for people. */
void wv__pattern_name(const struct wv__pattern *pattern, char ret[129]);
int wv__pattern_doc(struct wv_ctx *ctx, const struct wv__pattern *pattern, uint64_t offset,
		    uint64_t length, struct wv_doc **ret);
int wv__pattern_from_doc(struct wv_ctx *ctx, struct wv_doc *doc, struct wv__pattern *ret);

#endif
