/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.c - a text in the languages of a paper
 */
#include "base/clock.h"
#include "base/era.h"
#include "words.h"

#include <string.h>

#define JAPAN (9 * 3600)

static char *joined(enum wv__lang lang, const char *ja, const char *english, const char *between)
{
	if (!ja || lang == WV__LANG_EN)
		return g_strdup(english);
	return lang == WV__LANG_JA ? g_strdup(ja) : g_strconcat(ja, between, english, NULL);
}

char *words_in(enum wv__lang lang, const char *english, const char *between)
{
	return joined(lang, wv__words_ja(english), english, between);
}

char *words_sentence(enum wv__lang lang, const char *english, const char *between)
{
	char *ja = wv__sentence_ja(english), *text = joined(lang, ja, english, between);

	free(ja);
	return text;
}

static char *in_japanese(const char *time, bool whole)
{
	char local[WV_TIME_TEXT], day[WV_ERA_TEXT];
	uint64_t when;

	if (wv__time_parse(time, &when) < 0)
		return strlen(time) == strlen("YYYY-MM-DD") && wv__era_date(time, day) == 0 ? g_strdup(day) : NULL;
	wv__time_format(when + JAPAN, local);
	if (wv__era_date(local, day) < 0)
		return NULL;
	return whole ? g_strdup_printf("%s %.5s", day, local + strlen("YYYY-MM-DDT")) : g_strdup(day);
}

char *words_when(const char *time)
{
	char *ja = in_japanese(time, true);

	return ja ? ja : g_strdup(time);
}

char *words_moment(enum wv__lang lang, const char *time)
{
	char *ja = lang == WV__LANG_EN ? NULL : in_japanese(time, true), *text;

	if (!ja)
		return g_strdup(time);
	text = g_strconcat(ja, strchr(time, 'T') ? "(日本時間)" : "", lang == WV__LANG_BOTH ? "  " : NULL, time, NULL);
	g_free(ja);
	return text;
}

/* One day on one paper: the English too is that of Japan's time. */
char *words_day(enum wv__lang lang, const char *time)
{
	char *ja = lang == WV__LANG_EN ? NULL : in_japanese(time, false), *text;
	char local[WV_TIME_TEXT];
	uint64_t when;

	if (ja && lang == WV__LANG_JA)
		return ja;
	if (wv__time_parse(time, &when) == 0) {
		wv__time_format(when + JAPAN, local);
		time = local;
	}
	text = g_strdup_printf("%s%s%.10s", ja ? ja : "", ja ? "  " : "", time);
	g_free(ja);
	return text;
}
