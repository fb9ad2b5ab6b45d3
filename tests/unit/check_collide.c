/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_collide.c - tests of lib/declare/collide.c
 */
#include "../../lib/declare/collide.h"
#include "tree_world.h"

static bool collide(const char *a, const char *b)
{
	struct wv__entries list = { 0 };
	bool found;

	ck_assert_int_eq(wv__entries_append(&list, wv__entry_new(a, false)), 0);
	ck_assert_int_eq(wv__entries_append(&list, wv__entry_new(b, false)), 0);
	ck_assert_int_eq(wv__collide(&list), 0);
	found = list.at[0]->unsafe;
	ck_assert(found == (list.at[1]->unsafe != NULL));
	wv__entries_clear(&list);
	return found;
}

START_TEST(names_that_differ_in_case_or_composition_only_collide)
{
	ck_assert(collide("a", "A"));
	ck_assert(collide("d/readme", "D/README"));
	ck_assert(collide("\xc3\xa9", "e\xcc\x81"));
	ck_assert(collide("\xc3\x89", "e\xcc\x81"));
	ck_assert(collide("stra\xc3\x9f" "e", "STRASSE"));
	ck_assert(collide("\xe3\x81\x8c", "\xe3\x81\x8b\xe3\x82\x99"));
	ck_assert(collide("\xff/\xc3\xa9", "\xff/E\xcc\x81"));
	ck_assert(collide("\xff" "A", "\xff" "a"));
	ck_assert(!collide("a", "b"));
	ck_assert(!collide("a/b", "a-b"));
	ck_assert(!collide("\xff", "\xfe"));
	ck_assert(!collide("e", "\xc3\xa9"));
}
END_TEST

START_TEST(thousands_that_collide_each_have_a_short_reason)
{
	struct wv__entries list = { 0 };

	for (int i = 0; i < 1 << 14; i++) {
		char name[15] = { 0 };

		for (int bit = 0; bit < 14; bit++)
			name[bit] = i >> bit & 1 ? 'a' : 'A';
		ck_assert_int_eq(wv__entries_append(&list, wv__entry_new(name, false)), 0);
	}
	ck_assert_int_eq(wv__collide(&list), 0);
	for (size_t i = 0; i < list.count; i++) {
		ck_assert_ptr_nonnull(list.at[i]->unsafe);
		ck_assert_uint_lt(strlen(list.at[i]->unsafe), 200);
	}
	wv__entries_clear(&list);
}
END_TEST

START_TEST(comparing_names_survives_no_memory)
{
	int n, r;

	for (n = 0;; n++) {
		struct wv__entries list = { 0 };

		wv__entries_append(&list, wv__entry_new("\xc3\xa9", false));
		wv__entries_append(&list, wv__entry_new("E\xcc\x81", false));
		fault_after(n);
		r = wv__collide(&list);
		wv__entries_clear(&list);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		names_that_differ_in_case_or_composition_only_collide,
		thousands_that_collide_each_have_a_short_reason,
		comparing_names_survives_no_memory,
	};

	return run_suite(suite_of("collide", tests, ARRAY_SIZE(tests)));
}
