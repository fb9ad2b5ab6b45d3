/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_examine.c - tests of lib/declare/examine.c (more of it in check_walk.c)
 */
#include "../../lib/declare/examine.h"
#include "tree_world.h"

START_TEST(reasons_add_up_and_are_printable)
{
	struct wv__entry *entry = wv__entry_new("a", false);

	ck_assert_int_eq(wv__unsafe(entry, "is %s", "one\n\xff"), 0);
	ck_assert_int_eq(wv__unsafe(entry, "is \xc3\xa9\x1b"), 0);
	ck_assert_str_eq(entry->unsafe, "is one??; is \xc3\xa9?");
	wv__entry_free(entry);
}
END_TEST

START_TEST(kinds_are_told_from_the_mode)
{
	static const struct {
		mode_t mode;
		nlink_t links;
		const char *says;
	} rows[] = {
		{ S_IFREG | 0644, 1, NULL },
		{ S_IFREG | 01777, 1, NULL },
		{ S_IFDIR | 02755, 5, NULL },
		{ S_IFREG | 0644, 2, "has 2 names (hard links)" },
		{ S_IFREG | 06755, 3, "is set-user-id; has 3 names (hard links)" },
		{ S_IFREG | 02644, 1, "is set-group-id" },
		{ S_IFLNK | 0777, 1, "is a symbolic link" },
		{ S_IFIFO, 1, "is a FIFO" },
		{ S_IFSOCK, 1, "is a socket" },
		{ S_IFBLK, 1, "is a block device" },
		{ S_IFCHR, 1, "is a character device" },
		{ 0, 1, "is of an unknown kind" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct stat st = { .st_mode = rows[i].mode, .st_nlink = rows[i].links };
		struct wv__entry *entry = wv__entry_new("a", false);

		ck_assert_int_eq(wv__examine_kind(entry, &st), 0);
		ck_assert_pstr_eq(entry->unsafe, rows[i].says);
		wv__entry_free(entry);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		reasons_add_up_and_are_printable,
		kinds_are_told_from_the_mode,
	};

	return run_suite(suite_of("examine", tests, ARRAY_SIZE(tests)));
}
