/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.c - a text in the languages of a paper
 */
#include "base/clock.h"
#include "evidence/words.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

#define JAPAN (9 * 3600)

char *words_in(enum lang lang, const char *english, const char *between)
{
	const char *ja = lang == LANG_EN ? NULL : wv__words_ja(english);

	if (!ja)
		return g_strdup(english);
	return lang == LANG_JA ? g_strdup(ja) : g_strconcat(ja, between, english, NULL);
}

/* "令和8年11月25日" of a day that begins with it; NULL: it is none of the era. */
static char *era_day(const char *day)
{
	int year, month, date;

	if (sscanf(day, "%4d-%2d-%2d", &year, &month, &date) != 3 || year < 2019 || (year == 2019 && month < 5))
		return NULL;
	return year == 2019 ? g_strdup_printf("令和元年%d月%d日", month, date) :
			      g_strdup_printf("令和%d年%d月%d日", year - 2018, month, date);
}

static char *in_japanese(const char *time, bool whole)
{
	char local[WV_TIME_TEXT];
	char *day, *text;
	uint64_t when;

	if (wv__time_parse(time, &when) < 0)
		return strlen(time) == strlen("YYYY-MM-DD") ? era_day(time) : NULL;
	wv__time_format(when + JAPAN, local);
	day = era_day(local);
	if (!day || !whole)
		return day;
	text = g_strdup_printf("%s %.5s", day, local + strlen("YYYY-MM-DDT"));
	g_free(day);
	return text;
}

char *words_when(const char *time)
{
	char *ja = in_japanese(time, true);

	return ja ? ja : g_strdup(time);
}

char *words_day(enum lang lang, const char *time)
{
	char *ja = lang == LANG_EN ? NULL : in_japanese(time, false), *text;

	if (!ja || lang == LANG_JA)
		return ja ? ja : g_strndup(time, strlen("YYYY-MM-DD"));
	text = g_strdup_printf("%s  %.10s", ja, time);
	g_free(ja);
	return text;
}
