/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree_world.h - small trees for the tests of lib/declare
 */
#ifndef TREE_WORLD_H
#define TREE_WORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/declare/walk.h"
#include "support.h"

/* A new directory of the test directory, open; its name begins with that. */
static inline int new_tree(const char *name)
{
	char *path = wv__printf("%s/%s-XXXXXX", test_dir(), name);
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	free(path);
	return fd;
}

static inline void put_bytes(int dir, const char *path, const void *data, size_t len)
{
	const int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_msg(fd >= 0, "cannot create %s", path);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static inline void put(int dir, const char *path, const char *text)
{
	put_bytes(dir, path, text, strlen(text));
}

/* The tree as it is, hashed. */
static inline struct wv__tree *walked(int dir)
{
	struct wv__tree *tree = NULL;

	ck_assert_msg(wv__walk_hash(ctx, dir, 0, 0, &tree) == 0, "%s", wv_ctx_error(ctx));
	return tree;
}

/* What is wrong with a path: "" when it is there and good, NULL when it is not there. */
static inline const char *fault_of(const struct wv__tree *tree, const char *path)
{
	const struct wv__entry *entry = wv__entries_find(&tree->entries, path);

	return !entry ? NULL : entry->unsafe ? entry->unsafe : "";
}

#define ck_fault(tree, path, text)                                                           \
	ck_assert_msg(fault_of((tree), (path)) && strstr(fault_of((tree), (path)), (text)),  \
		      "%s: '%s' does not hold '%s'", (path), fault_of((tree), (path)), (text))
#define ck_good(tree, path) ck_assert_pstr_eq(fault_of((tree), (path)), "")

static inline Suite *suite_of(const char *name, const TTest *const *tests, size_t count)
{
	static Suite *suite; /* to be found until the end: only run_suite()'s child frees it */
	TCase *tcase = tcase_create("all");

	suite = suite_create(name);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}

#endif
