/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * merkle.c - the Merkle tree hash of RFC 6962, section 2.1, leaf after leaf
 *
 * After n leaves the complete subtrees are those of the bits of n, the largest
 * to the left. A new leaf merges as a carry does in n + 1; the root folds what
 * there is from the right.
 */
#include "merkle.h"

#include <string.h>

int wv__merkle_init(struct wv__merkle *tree)
{
	tree->size = 0;
	tree->hash = NULL;
	return wv__sha256_new(&tree->hash);
}

void wv__merkle_free(struct wv__merkle *tree)
{
	wv__sha256_free(tree->hash);
	tree->hash = NULL;
}

static int hash_leaf(struct wv__merkle *tree, const void *data, size_t len,
		     unsigned char ret[WV_SHA256_SIZE])
{
	int r = wv__sha256_update(tree->hash, "\x00", 1);

	if (r == 0)
		r = wv__sha256_update(tree->hash, data, len);
	return r < 0 ? r : wv__sha256_final(tree->hash, ret);
}

/* ret may be left or right. */
static int hash_node(struct wv__merkle *tree, const unsigned char *left, const unsigned char *right,
		     unsigned char ret[WV_SHA256_SIZE])
{
	int r = wv__sha256_update(tree->hash, "\x01", 1);

	if (r == 0)
		r = wv__sha256_update(tree->hash, left, WV_SHA256_SIZE);
	if (r == 0)
		r = wv__sha256_update(tree->hash, right, WV_SHA256_SIZE);
	return r < 0 ? r : wv__sha256_final(tree->hash, ret);
}

int wv__merkle_add(struct wv__merkle *tree, const void *leaf, size_t len)
{
	unsigned char node[WV_SHA256_SIZE];
	unsigned int level = 0;
	int r = hash_leaf(tree, leaf, len, node);

	for (; r == 0 && tree->size >> level & 1; level++)
		r = hash_node(tree, tree->subtree[level], node, node);
	if (r < 0)
		return r;
	memcpy(tree->subtree[level], node, sizeof(node));
	tree->size++;
	return 0;
}

int wv__merkle_root(struct wv__merkle *tree, char ret_hex[WV_SHA256_HEX])
{
	unsigned char root[WV_SHA256_SIZE];
	unsigned int level = 0;
	int r;

	if (!tree->size)
		return wv__sha256_hex("", 0, ret_hex);
	while (!(tree->size >> level & 1))
		level++;
	memcpy(root, tree->subtree[level], sizeof(root));
	for (level++; level < ARRAY_SIZE(tree->subtree); level++) {
		if (!(tree->size >> level & 1))
			continue;
		r = hash_node(tree, tree->subtree[level], root, root);
		if (r < 0)
			return r;
	}
	wv__hex(root, sizeof(root), ret_hex);
	return 0;
}
