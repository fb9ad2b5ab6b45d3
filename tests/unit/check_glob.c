/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_glob.c - tests of lib/declare/glob.c
 */
#include "../../lib/declare/glob.h"
#include "tree_world.h"

static const struct {
	const char *glob, *path;
	bool match, below;
} rows[] = {
	{ "a", "a", true, false },
	{ "a", "ab", false, false },
	{ "*.csv", "x.csv", true, false },
	{ "*.csv", ".csv", true, false },
	{ "*.csv", "d/x.csv", false, false },
	{ "out/*", "out/x", true, false },
	{ "out/*", "out", false, true },
	{ "out/*", "out/d/x", false, false },
	{ "out/*", "out/d", true, false },
	{ "out/**", "out/d/x", true, true },
	{ "out/**", "out", false, true },
	{ "out/**", "other", false, false },
	{ "**/x", "x", true, true },
	{ "**/x", "a/b/x", true, true },
	{ "**/x", "a/bx", false, true },
	{ "a/**/b", "a/b", true, true },
	{ "a/**/b", "a/c/d/b", true, true },
	{ "a/**/b", "ab", false, false },
	{ "a**b", "a/x/b", true, true },
	{ "?", "/", false, false },
	{ "a?c", "abc", true, false },
	{ "a?c", "a\xff" "c", true, false },
	{ "*a*b*c*", "xxaxxbxxcxx", true, false },
	{ "**", "any/thing", true, true },
};

START_TEST(patterns_match_what_the_header_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_msg(wv__glob_match(rows[i].glob, rows[i].path) == rows[i].match,
			      "%s on %s", rows[i].glob, rows[i].path);
		ck_assert_msg(wv__glob_match_below(rows[i].glob, rows[i].path) == rows[i].below,
			      "%s below %s", rows[i].glob, rows[i].path);
	}
}
END_TEST

START_TEST(patterns_that_would_be_guessed_at_are_refused)
{
	static const char *const bad[] = { "", "/a", "[a]", "{a,b}", "a\\b", "a\n", "***", "a***b" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(wv__glob_fault(bad[i]), "'%s'", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(!wv__glob_fault(rows[i].glob), "'%s'", rows[i].glob);
}
END_TEST

START_TEST(no_pattern_is_slow)
{
	char glob[1001] = "", path[4001] = "";

	for (size_t i = 0; i < 999; i += 3)
		memcpy(glob + i, i % 2 ? "**a" : "*?a", 4);
	memset(path, 'a', 4000);
	ck_assert_ptr_null(wv__glob_fault(glob));
	for (size_t i = 0; i < 10; i++)
		wv__glob_match(glob, path);
	path[3999] = 'b';
	ck_assert(!wv__glob_match(glob, path));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		patterns_match_what_the_header_says,
		patterns_that_would_be_guessed_at_are_refused,
		no_pattern_is_slow,
	};

	return run_suite(suite_of("glob", tests, ARRAY_SIZE(tests)));
}
