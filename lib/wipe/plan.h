/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - a wipe as a list of sweeps, and the places of a sample
 */
#ifndef WV_PLAN_H
#define WV_PLAN_H

#include "method.h"
#include "wipe.h"

enum wv__verify { WV__VERIFY_LAST, WV__VERIFY_NONE, WV__VERIFY_ALL, WV__VERIFY_SAMPLE };
extern const char *const wv__verify_names[4];

enum wv__sweep_kind {
	WV__SWEEP_WRITE,
	WV__SWEEP_VERIFY,
	WV__SWEEP_TURN, /* read the pass before back, then overwrite it, in one traversal */
};

struct wv__sweep {
	enum wv__sweep_kind kind;
	unsigned int pass; /* from 0: the one written, or for VERIFY the one read */
	bool sample;
};

struct wv__plan {
	const struct wv__method *method; /* NULL: a read-back alone */
	enum wv__verify verify;
	unsigned int percent; /* of a sample */
	struct wv__pass passes[WV__PASSES_MAX];
	unsigned int n_passes;
	struct wv__sweep sweeps[2 * WV__PASSES_MAX];
	unsigned int n_sweeps;
};

/* "write", "verify", "verify and write" */
const char *wv__sweep_name(const struct wv__sweep *sweep);

/* -EINVAL with a sentence for a method or verify mode that is not known. */
int wv__plan_parse(struct wv_ctx *ctx, const struct wv__wipe_opts *opts, struct wv__plan *ret);

/**
 * wv__plan_expand() - the passes and sweeps
 * @turn: read-back and the next write may share a traversal: not where a head would fly
 */
int wv__plan_expand(struct wv__plan *plan, const unsigned char seed[32], bool turn);

/*
 * A sample: the region is cut into at most 1000 sections, each section into
 * halves, and each half has one place; the first place is moved to the
 * region's start and the last to its end. All places have the same length.
 * Place i lies at half_start + x % (half_blocks - blocks + 1) blocks, where x
 * is the big-endian 64-bit number at byte 8 * i of the AES-256-CTR stream of
 * the seed: a second tool can read the same places.
 */
struct wv__sample {
	uint64_t start, block, blocks; /* of the region */
	uint64_t sections, length;     /* bytes of a place */
	struct wv__ctr *ctr;
};

int wv__sample_open(uint64_t start, uint64_t length, uint32_t block, unsigned int percent,
		    const unsigned char seed[32], struct wv__sample *ret);
uint64_t wv__sample_total(const struct wv__sample *sample); /* bytes of all places */
/* Byte @at of the places, laid end to end: its offset, and how many follow it there. */
uint64_t wv__sample_offset(const struct wv__sample *sample, uint64_t at, uint64_t *ret_left);

#endif
