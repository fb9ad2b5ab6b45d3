/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * era.c - dates as Japanese forms and sentences want them
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "era.h"
#include "util.h"

/* A day as one number that grows with it. */
#define DAY(year, month, day) ((year) * 10000 + (month) * 100 + (day))

/*
 * The first day of each era. Meiji: the first day of the solar calendar (Dajokan proclamation 337 of
 * 1872), since the days before it had other months. Taisho and Showa: the imperial edicts of those
 * days, which count from their own day. Heisei and Reiwa: cabinet orders 1 of 1989 and 143 of 2019
 * under the Era Name Act (law 43 of 1979), in force from the day after.
 */
static const struct {
	int first_day, first_year;
	const char *name;
} eras[] = {
	{ DAY(2019, 5, 1), 2019, "令和" },
	{ DAY(1989, 1, 8), 1989, "平成" },
	{ DAY(1926, 12, 25), 1926, "昭和" },
	{ DAY(1912, 7, 30), 1912, "大正" },
	{ DAY(1873, 1, 1), 1868, "明治" },
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_day(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

static int number(const char *digits, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return -1;
		n = 10 * n + digits[i] - '0';
	}
	return n;
}

static int parse(const char *date, int *ret_year, int *ret_month, int *ret_day)
{
	if (strnlen(date, 10) < 10 || date[4] != '-' || date[7] != '-' || (date[10] && date[10] != 'T'))
		return -EINVAL;
	*ret_year = number(date, 4);
	*ret_month = number(date + 5, 2);
	*ret_day = number(date + 8, 2);
	return *ret_year >= 0 && is_day(*ret_year, *ret_month, *ret_day) ? 0 : -EINVAL;
}

int wv__era_date(const char *date, char ret[WV_ERA_TEXT])
{
	int year, month, day;

	if (parse(date, &year, &month, &day) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		const int n = year - eras[i].first_year + 1;

		if (DAY(year, month, day) < eras[i].first_day)
			continue;
		if (n == 1)
			snprintf(ret, WV_ERA_TEXT, "%s元年%d月%d日", eras[i].name, month, day);
		else
			snprintf(ret, WV_ERA_TEXT, "%s%d年%d月%d日", eras[i].name, n, month, day);
		return 0;
	}
	return -EINVAL;
}

int wv__japanese_date(const char *date, char ret[WV_ERA_TEXT])
{
	int year, month, day;

	if (parse(date, &year, &month, &day) < 0)
		return -EINVAL;
	snprintf(ret, WV_ERA_TEXT, "%d年%d月%d日", year, month, day);
	return 0;
}
