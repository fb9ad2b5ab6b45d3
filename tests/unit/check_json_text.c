/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_json_text.c - tests of lib/base/json_text.c
 */
#include <locale.h>
#include <math.h>

#include "../../lib/base/json.h"
#include "support.h"

START_TEST(a_real_has_six_decimals_at_most_and_a_point)
{
	static const struct {
		double real;
		const char *text;
	} cases[] = { { 0, "0.0" },	      { -0.0, "0.0" },		  { 0.02, "0.02" },
		      { 3300.1, "3300.1" },   { 1.0 / 3, "0.333333" },	  { -2.5, "-2.5" },
		      { 1e-9, "0.0" },	      { 123456789.125, "123456789.125" }, { 0.9999999, "1.0" },
		      { 1e15, "1000000000000000" }, { NAN, "null" },	  { INFINITY, "null" },
		      { -INFINITY, "null" } };

	setlocale(LC_ALL, "de_DE.UTF-8");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_buf struct wv_buf buf = WV_BUF_INIT;

		ck_assert_int_eq(wv__json_real(&buf, cases[i].real), 0);
		ck_assert_str_eq(wv__buf_str(&buf), cases[i].text);
	}
}
END_TEST

START_TEST(a_string_escapes_what_it_must_and_nothing_else)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(wv__json_string(&buf, "a\"\\\b\f\n\r\t\x01\x1f\x7f/\xe3\x81\x82\0z", 17), 0);
	ck_assert_str_eq(wv__buf_str(&buf), "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\xe3\x81\x82\\u0000z\"");
	wv__buf_free(&buf);
	ck_assert_int_eq(wv__json_string(&buf, "", 0), 0);
	ck_assert_str_eq(wv__buf_str(&buf), "\"\"");
}
END_TEST

START_TEST(utf_8_is_what_rfc_3629_says)
{
	static const char *const good[] = { "", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
					    "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
					    "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf",
					   "\xed\xa0\x80", "\xed\xbf\xbf", "\xe3\x81", "\xf0\x8f\xbf\xbf",
					   "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf0\x9f\x98",
					   "a\xe3\x81\x82\xe3" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(wv__is_utf8(good[i], strlen(good[i])), "good %zu", i);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!wv__is_utf8(bad[i], strlen(bad[i])), "bad %zu", i);
}
END_TEST

START_TEST(a_text_is_cut_inside_no_character)
{
	static const struct {
		const char *text;
		size_t max, kept;
	} cuts[] = { { "", 3, 0 },	       { "abc", 3, 3 },		    { "abcd", 3, 3 },
		     { "\xe3\x81\x82", 3, 3 },  { "a\xe3\x81\x82", 3, 1 }, { "ab\xe3\x81\x82", 3, 2 },
		     { "\xe3\x81\x82z", 3, 3 }, { "\x82\x82\x82\x82", 3, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++)
		ck_assert_msg(wv__utf8_cut(cuts[i].text, cuts[i].max) == cuts[i].kept, "cut %zu", i);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_text");
	TCase *tc = tcase_create("json_text");

	tcase_add_test(tc, a_real_has_six_decimals_at_most_and_a_point);
	tcase_add_test(tc, a_string_escapes_what_it_must_and_nothing_else);
	tcase_add_test(tc, utf_8_is_what_rfc_3629_says);
	tcase_add_test(tc, a_text_is_cut_inside_no_character);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
