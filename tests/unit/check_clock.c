/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_clock.c - tests of lib/base/clock.c
 */
#include "../../lib/base/clock.h"
#include "support.h"

START_TEST(a_time_is_written_as_rfc_3339_in_utc)
{
	char text[WV_TIME_TEXT];

	setenv("TZ", "Asia/Tokyo", 1);
	wv__time_format(0, text);
	ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
	wv__time_format(1795593600, text);
	ck_assert_str_eq(text, "2026-11-25T08:00:00Z");
	wv__time_format(UINT64_MAX, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
}
END_TEST

START_TEST(a_time_that_was_written_is_read_back)
{
	char text[WV_TIME_TEXT];
	uint64_t seconds = 1;

	setenv("TZ", "America/New_York", 1);
	for (uint64_t t = 0; t < UINT64_C(253402300799); t += UINT64_C(86399) * 997) {
		wv__time_format(t, text);
		ck_assert_int_eq(wv__time_parse(text, &seconds), 0);
		ck_assert_uint_eq(seconds, t);
	}
}
END_TEST

START_TEST(any_other_form_is_refused)
{
	static const char *const bad[] = {
		"",			"2026-11-25",		 "2026-11-25T08:00:00",
		"2026-11-25T08:00:00z", "2026-11-25 08:00:00Z",	 "2026-11-25T08:00:00.0Z",
		"2026-02-30T08:00:00Z", "2026-13-01T08:00:00Z",	 "2026-00-01T08:00:00Z",
		"2026-11-25T24:00:00Z", "2026-11-25T08:60:00Z",	 "2026-11-25T08:00:60Z",
		"1969-12-31T23:59:59Z", "2026-11-25T08:00:00Z ", "+026-11-25T08:00:00Z",
		"2026-11-25T08:00:00+09:00",
	};
	uint64_t seconds = 42;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(wv__time_parse(bad[i], &seconds) == -EINVAL, "%s", bad[i]);
	ck_assert_uint_eq(seconds, 42);
}
END_TEST

START_TEST(a_date_is_the_end_of_that_day)
{
	uint64_t day, moment;

	ck_assert_int_eq(wv__date_parse("2026-11-25", &day), 0);
	ck_assert_int_eq(wv__date_parse("2026-11-25T23:59:59Z", &moment), 0);
	ck_assert_uint_eq(day, moment);
	ck_assert_int_eq(wv__date_parse("2026-02-29", &day), -EINVAL);
	ck_assert_int_eq(wv__date_parse("tomorrow", &day), -EINVAL);
	ck_assert_int_eq(wv__date_parse("2028-02-29", &day), 0);
}
END_TEST

START_TEST(a_moment_may_have_an_offset)
{
	static const struct {
		const char *text, *utc; /* NULL: refused */
	} moments[] = {
		{ "2026-11-25T08:00:00Z", "2026-11-25T08:00:00Z" },
		{ "2026-11-25T17:00:00+09:00", "2026-11-25T08:00:00Z" },
		{ "2026-11-26T01:30:00+09:00", "2026-11-25T16:30:00Z" },
		{ "2026-11-25T20:30:00-03:30", "2026-11-26T00:00:00Z" },
		{ "2026-11-25T08:00:00+00:00", "2026-11-25T08:00:00Z" },
		{ "2026-11-25T17:00:00+24:00", NULL },	   { "2026-11-25T17:00:00+09:60", NULL },
		{ "2026-11-25T17:00:00 09:00", NULL },	   { "2026-11-25T17:00:00+0900", NULL },
		{ "2026-11-25T17:00:00+9:000", NULL },	   { "2026-02-30T17:00:00+09:00", NULL },
		{ "1970-01-01T08:59:59+09:00", NULL },	   { "9999-12-31T23:59:59-00:01", NULL },
		{ "2026-11-25T17:00:00+09:00 ", NULL },	   { "2026-11-25T17:00:00", NULL },
		{ "2026-11-25", NULL },
	};
	char text[WV_TIME_TEXT];
	uint64_t seconds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		ck_assert_msg(wv__moment_parse(moments[i].text, &seconds) ==
				      (moments[i].utc ? 0 : -EINVAL), "%s", moments[i].text);
		if (!moments[i].utc)
			continue;
		wv__time_format(seconds, text);
		ck_assert_str_eq(text, moments[i].utc);
	}
}
END_TEST

START_TEST(the_clocks_go_forward)
{
	const uint64_t begin = wv__monotonic_ns();

	usleep(2000);
	ck_assert_uint_ge(wv__monotonic_ns() - begin, 2000000);
	ck_assert_uint_gt(wv__now(), 1700000000);
}
END_TEST

START_TEST(a_deadline_lies_ahead_on_the_clock_that_cannot_be_set)
{
	struct timespec now, then;

	clock_gettime(CLOCK_MONOTONIC, &now);
	then = wv__deadline(UINT64_C(1999999999));
	ck_assert_int_lt(then.tv_nsec, 1000000000);
	ck_assert_double_ge((double)(then.tv_sec - now.tv_sec) * 1e9 + (double)(then.tv_nsec - now.tv_nsec),
			    1999999999.0);
}
END_TEST

START_TEST(idling_is_counted)
{
	const uint64_t before = wv__idle_ns();

	ck_assert_uint_gt(before, 0);
	ck_assert_uint_ge(wv__idle_ns(), before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_test(tc, a_deadline_lies_ahead_on_the_clock_that_cannot_be_set);
	tcase_add_test(tc, idling_is_counted);
	tcase_add_test(tc, a_time_is_written_as_rfc_3339_in_utc);
	tcase_add_test(tc, a_time_that_was_written_is_read_back);
	tcase_add_test(tc, any_other_form_is_refused);
	tcase_add_test(tc, a_date_is_the_end_of_that_day);
	tcase_add_test(tc, a_moment_may_have_an_offset);
	tcase_add_test(tc, the_clocks_go_forward);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
