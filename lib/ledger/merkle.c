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
	tree->path = NULL;
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

/*
 * A subtree and what was gathered to its right become one node: if one of the
 * two has the leaf that is to be proven, the other is the next of its path.
 * @gathered: does what is to the right have it? Return: does the new node?
 */
static bool follow(struct wv__merkle *tree, unsigned int level, const unsigned char *right, bool gathered)
{
	struct wv__merkle_path *path = tree->path;
	const bool here = path && path->level == (int)level;

	if (gathered || here)
		memcpy(path->node[path->len++], gathered ? tree->subtree[level] : right, WV_SHA256_SIZE);
	return gathered || here;
}

int wv__merkle_add(struct wv__merkle *tree, const void *leaf, size_t len)
{
	bool gathered = tree->path && tree->path->leaf == tree->size;
	unsigned char node[WV_SHA256_SIZE];
	unsigned int level = 0;
	int r = hash_leaf(tree, leaf, len, node);

	if (tree->path && !tree->size)
		*tree->path = (struct wv__merkle_path){ .leaf = tree->path->leaf, .level = -1 };
	for (; r == 0 && tree->size >> level & 1; level++) {
		gathered = follow(tree, level, node, gathered);
		r = hash_node(tree, tree->subtree[level], node, node);
	}
	if (r < 0)
		return r;
	memcpy(tree->subtree[level], node, sizeof(node));
	if (gathered)
		tree->path->level = (int)level;
	tree->size++;
	return 0;
}

int wv__merkle_root(struct wv__merkle *tree, char ret_hex[WV_SHA256_HEX])
{
	unsigned char root[WV_SHA256_SIZE];
	unsigned int level = 0;
	bool gathered;
	int r;

	if (!tree->size)
		return wv__sha256_hex("", 0, ret_hex);
	while (!(tree->size >> level & 1))
		level++;
	memcpy(root, tree->subtree[level], sizeof(root));
	gathered = tree->path && tree->path->level == (int)level;
	for (level++; level < ARRAY_SIZE(tree->subtree); level++) {
		if (!(tree->size >> level & 1))
			continue;
		gathered = follow(tree, level, root, gathered);
		r = hash_node(tree, tree->subtree[level], root, root);
		if (r < 0)
			return r;
	}
	wv__hex(root, sizeof(root), ret_hex);
	return 0;
}
