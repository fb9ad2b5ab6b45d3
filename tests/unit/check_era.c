/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_era.c - tests of lib/base/era.c
 */
#include <errno.h>

#include "../../lib/base/era.h"
#include "../../lib/base/util.h"
#include "support.h"

static const char *era(const char *date)
{
	static char text[WV_ERA_TEXT];

	return wv__era_date(date, text) < 0 ? "" : text;
}

START_TEST(each_era_begins_on_its_day)
{
	ck_assert_str_eq(era("1873-01-01"), "明治6年1月1日");
	ck_assert_str_eq(era("1912-07-29"), "明治45年7月29日");
	ck_assert_str_eq(era("1912-07-30"), "大正元年7月30日");
	ck_assert_str_eq(era("1926-12-24"), "大正15年12月24日");
	ck_assert_str_eq(era("1926-12-25"), "昭和元年12月25日");
	ck_assert_str_eq(era("1927-01-01"), "昭和2年1月1日");
	ck_assert_str_eq(era("1989-01-07"), "昭和64年1月7日");
	ck_assert_str_eq(era("1989-01-08"), "平成元年1月8日");
	ck_assert_str_eq(era("2019-04-30"), "平成31年4月30日");
	ck_assert_str_eq(era("2019-05-01"), "令和元年5月1日");
	ck_assert_str_eq(era("2020-01-01"), "令和2年1月1日");
	ck_assert_str_eq(era("2026-11-26"), "令和8年11月26日");
	ck_assert_str_eq(era("9999-12-31"), "令和7981年12月31日");
}
END_TEST

START_TEST(the_day_of_a_moment_is_taken_as_it_is_written)
{
	ck_assert_str_eq(era("2026-11-26T23:59:59Z"), "令和8年11月26日");
	ck_assert_str_eq(era("2026-11-26T08:00:00+09:00"), "令和8年11月26日");
}
END_TEST

START_TEST(no_day_is_refused)
{
	static const char *const bad[] = {
		"", "2026", "2026-11", "2026-11-2", "2026-11-31", "2025-02-29", "1900-02-29", "2026-00-01",
		"2026-13-01", "2026-01-00", "2026/11/26", "2026-11-26 08:00", "2026-1a-01", "-026-01-01",
		"2026-+1-01", "20261126", "2026-11-260",
	};
	char text[WV_ERA_TEXT] = "as it was";

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(wv__era_date(bad[i], text) == -EINVAL, "%s", bad[i]);
		ck_assert_msg(wv__japanese_date(bad[i], text) == -EINVAL, "%s", bad[i]);
	}
	ck_assert_int_eq(wv__era_date("1872-12-31", text), -EINVAL);
	ck_assert_str_eq(text, "as it was");
}
END_TEST

START_TEST(the_common_calendar_has_no_leading_zeros)
{
	char text[WV_ERA_TEXT];

	ck_assert_int_eq(wv__japanese_date("2024-02-29T01:02:03Z", text), 0);
	ck_assert_str_eq(text, "2024年2月29日");
	ck_assert_int_eq(wv__japanese_date("2000-02-29", text), 0);
	ck_assert_str_eq(text, "2000年2月29日");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("era");
	TCase *tc = tcase_create("era");

	tcase_add_test(tc, each_era_begins_on_its_day);
	tcase_add_test(tc, the_day_of_a_moment_is_taken_as_it_is_written);
	tcase_add_test(tc, no_day_is_refused);
	tcase_add_test(tc, the_common_calendar_has_no_leading_zeros);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
