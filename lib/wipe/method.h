/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * method.h - the table of methods: a method is a row
 */
#ifndef WV_METHOD_H
#define WV_METHOD_H

#include "pattern.h"

#define WV__PASSES_MAX 48

/*
 * A sequence is words: hex bytes repeated ("00", "924924"), R a random stream,
 * r a random byte, ~r the complement of the r before it, V read the pass
 * before it back; the passes between ( and ) come in random order.
 */
struct wv__method {
	const char *name;
	const char *sequence;
	const char *note; /* NULL: none */
};

struct wv__pass {
	struct wv__pattern pattern;
	bool verify; /* the method itself asks for a read-back of this pass */
};

/* NULL: no such method. */
const struct wv__method *wv__method_find(const char *name);

/**
 * wv__method_expand() - the passes of one wipe
 * @seed: everything random in it is derived from this
 * @ret_passes: WV__PASSES_MAX of them
 *
 * Pure: the same seed gives the same passes. Return: how many, or a negative errno.
 */
int wv__method_expand(const struct wv__method *method, const unsigned char seed[32],
		      struct wv__pass *ret_passes);

/* A key of its own for each purpose: HKDF-SHA256(seed, info = "workvol-wipe-" what "-" n). */
int wv__wipe_derive(const unsigned char seed[32], const char *what, unsigned int n,
		    unsigned char ret_key[32]);

#endif
