/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_entries.c - tests of lib/declare/entries.c
 */
#include "tree_world.h"

START_TEST(a_path_with_control_bytes_dots_or_slashes_too_many_is_refused)
{
	static const char *const bad[] = { "",	   "/a",   "a/",    "a//b",  ".",     "..",	"./a",
					   "a/..", "a\nb", "a\x7f", "\x1b[m", "a/./b", "a/../b" };
	static const char *const good[] = { "a", "...", "a/.b", "..a", "\xff\xfe", "a b", "a\\b", "-", "#" };
	char *text = calloc(1, 4002);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(wv__path_fault(bad[i]), "'%s'", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(!wv__path_fault(good[i]), "'%s'", good[i]);
	memset(text, 'x', 4000);
	ck_assert_ptr_null(wv__path_fault(text));
	text[4000] = 'x';
	ck_assert_ptr_nonnull(wv__path_fault(text));
	free(text);
}
END_TEST

START_TEST(entries_stay_sorted_by_bytes_and_alone)
{
	static const char *const paths[] = { "b", "a", "\xff", "a/b", "a-b", "B", "a.b" };
	static const char *const sorted[] = { "B", "a", "a-b", "a.b", "a/b", "b", "\xff" };
	struct wv__entries list = { 0 };
	struct wv__entry *twice = wv__entry_new("a", false);

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		ck_assert_int_eq(wv__entries_insert(&list, wv__entry_new(paths[i], false)), 0);
	ck_assert_int_eq(wv__entries_insert(&list, twice), -EEXIST);
	wv__entry_free(twice);
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		ck_assert_str_eq(list.at[i]->path, sorted[i]);
	ck_assert_ptr_eq(wv__entries_find(&list, "a/b"), list.at[4]);
	ck_assert_ptr_null(wv__entries_find(&list, "a/c"));
	ck_assert_int_eq(wv__entries_remove(&list, "a/c"), -ENOENT);
	ck_assert_int_eq(wv__entries_remove(&list, "B"), 0);
	ck_assert_uint_eq(list.count, 6);
	ck_assert_str_eq(list.at[0]->path, "a");
	wv__entries_clear(&list);
}
END_TEST

START_TEST(a_list_survives_no_memory)
{
	struct wv__entries list = { 0 };
	struct wv__entry *entry = wv__entry_new("a", false);

	fault_after(0);
	ck_assert_int_eq(wv__entries_insert(&list, entry), -ENOMEM);
	ck_assert(fault_fired());
	ck_assert_uint_eq(list.count, 0);
	ck_assert_int_eq(wv__entries_insert(&list, entry), 0);
	wv__entries_clear(&list);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_path_with_control_bytes_dots_or_slashes_too_many_is_refused,
		entries_stay_sorted_by_bytes_and_alone,
		a_list_survives_no_memory,
	};

	return run_suite(suite_of("entries", tests, ARRAY_SIZE(tests)));
}
