/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * merkle.h - the Merkle tree hash of RFC 6962, section 2.1, leaf after leaf
 */
#ifndef WV_MERKLE_H
#define WV_MERKLE_H

#include "../base/crypto.h"

/* What proves one leaf: the nodes beside it on the way to the root, RFC 6962, section 2.1.1. */
struct wv__merkle_path {
	uint64_t leaf; /* which, from 0; set by the caller */
	unsigned int len;
	unsigned char node[64][WV_SHA256_SIZE];
	int level; /* of the subtree that has the leaf; below 0: it did not come yet */
};

struct wv__merkle {
	struct wv__sha256 *hash;
	uint64_t size; /* leaves so far; its bits say which subtrees there are */
	unsigned char subtree[64][WV_SHA256_SIZE]; /* [i]: of 2^i leaves */
	struct wv__merkle_path *path; /* NULL: none is asked for; set before the first leaf, whole after the root */
};

#define cleanup_merkle cleanup(wv__merkle_free)
int wv__merkle_init(struct wv__merkle *tree); /* 0 or -ENOMEM */
void wv__merkle_free(struct wv__merkle *tree);
int wv__merkle_add(struct wv__merkle *tree, const void *leaf, size_t len);
int wv__merkle_root(struct wv__merkle *tree, char ret_hex[WV_SHA256_HEX]);

#endif
