/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_merkle.c - the Merkle tree hash of RFC 6962
 */
#include <string.h>

#include "../../lib/ledger/merkle.h"
#include "support.h"

/* The leaves and roots of the reference tests of Certificate Transparency (merkle_tree_test.cc). */
static const struct {
	const char *leaf;
	size_t len;
	const char *root;
} known[] = {
	{ "", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "\x40\x41\x42\x43", 4,
	  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
	  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

START_TEST(roots_are_those_of_the_reference_tests)
{
	cleanup_merkle struct wv__merkle tree;
	char root[WV_SHA256_HEX];

	ck_assert_int_eq(wv__merkle_init(&tree), 0);
	ck_assert_int_eq(wv__merkle_root(&tree, root), 0);
	ck_assert_str_eq(root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		ck_assert_int_eq(wv__merkle_add(&tree, known[i].leaf, known[i].len), 0);
		ck_assert_int_eq(wv__merkle_root(&tree, root), 0);
		ck_assert_str_eq(root, known[i].root);
	}
	ck_assert_uint_eq(tree.size, ARRAY_SIZE(known));
}
END_TEST

/* RFC 6962 as it is written: split at the largest power of two below n. */
static void by_definition(const char *leaves, size_t n, unsigned char ret[WV_SHA256_SIZE])
{
	unsigned char node[1 + 2 * WV_SHA256_SIZE] = { 1 };
	const char leaf[2] = { 0, *leaves };
	size_t k = 1;

	if (n == 1) {
		ck_assert_int_eq(wv__sha256(leaf, sizeof(leaf), ret), 0);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	by_definition(leaves, k, node + 1);
	by_definition(leaves + k, n - k, node + 1 + WV_SHA256_SIZE);
	ck_assert_int_eq(wv__sha256(node, sizeof(node), ret), 0);
}

START_TEST(every_size_to_130_agrees_with_the_recursive_definition)
{
	cleanup_merkle struct wv__merkle tree;
	char leaves[130], root[WV_SHA256_HEX], expected[WV_SHA256_HEX];
	unsigned char digest[WV_SHA256_SIZE];

	ck_assert_int_eq(wv__merkle_init(&tree), 0);
	for (size_t i = 0; i < sizeof(leaves); i++) {
		leaves[i] = i;
		ck_assert_int_eq(wv__merkle_add(&tree, &leaves[i], 1), 0);
		ck_assert_int_eq(wv__merkle_root(&tree, root), 0);
		by_definition(leaves, i + 1, digest);
		wv__hex(digest, sizeof(digest), expected);
		ck_assert_str_eq(root, expected);
	}
}
END_TEST

/* The audit path as the RFC defines it: of the half that has the leaf, then the other half's hash. */
static void path_by_definition(const char *leaves, size_t n, size_t m, struct wv__merkle_path *path)
{
	size_t k = 1;

	if (n == 1)
		return;
	while (k * 2 < n)
		k *= 2;
	if (m < k)
		path_by_definition(leaves, k, m, path);
	else
		path_by_definition(leaves + k, n - k, m - k, path);
	by_definition(m < k ? leaves + k : leaves, m < k ? n - k : k, path->node[path->len++]);
}

static void has_the_path(const char *leaves, size_t n, size_t m)
{
	struct wv__merkle_path path = { .leaf = m }, expected = { 0 };
	cleanup_merkle struct wv__merkle tree;
	char root[WV_SHA256_HEX];

	ck_assert_int_eq(wv__merkle_init(&tree), 0);
	tree.path = &path;
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(wv__merkle_add(&tree, &leaves[i], 1), 0);
	ck_assert_int_eq(wv__merkle_root(&tree, root), 0);
	path_by_definition(leaves, n, m, &expected);
	ck_assert_uint_eq(path.len, expected.len);
	ck_assert_mem_eq(path.node, expected.node, path.len * sizeof(path.node[0]));
}

START_TEST(the_path_of_every_leaf_of_every_size_to_40_is_that_of_the_definition)
{
	char leaves[40];

	for (size_t i = 0; i < sizeof(leaves); i++)
		leaves[i] = i;
	for (size_t n = 1; n <= sizeof(leaves); n++)
		for (size_t m = 0; m < n; m++)
			has_the_path(leaves, n, m);
}
END_TEST

static Suite *merkle_suite(void)
{
	Suite *suite = suite_create("merkle");
	TCase *tree = tcase_create("tree");

	tcase_add_test(tree, roots_are_those_of_the_reference_tests);
	tcase_add_test(tree, every_size_to_130_agrees_with_the_recursive_definition);
	tcase_add_test(tree, the_path_of_every_leaf_of_every_size_to_40_is_that_of_the_definition);
	suite_add_tcase(suite, tree);
	return suite;
}

int main(void)
{
	return run_suite(merkle_suite());
}
