/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * when.c - times and days for a person: in UTC as records have them, or where his
 * language writes them otherwise, by his own clock
 */
#include <time.h>

#include "cli.h"

#define FORM "dddd-dd-ddTdd:dd:ddZ"
#define FORM_DAY "dddd-dd-dd"

/* 'd' in the form is a digit, anything else itself. */
static bool begins_with(const char *text, const char *form)
{
	for (; *form; form++, text++)
		if (*form == 'd' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return true;
}

static bool parse(const char *text, struct tm *ret)
{
	*ret = (struct tm){ 0 };
	if (!begins_with(text, FORM_DAY))
		return false;
	sscanf(text, "%4d-%2d-%2d", &ret->tm_year, &ret->tm_mon, &ret->tm_mday);
	if (begins_with(text, FORM))
		sscanf(text + strlen(FORM_DAY), "T%2d:%2d:%2d", &ret->tm_hour, &ret->tm_min, &ret->tm_sec);
	ret->tm_year -= 1900;
	ret->tm_mon -= 1;
	return true;
}

static bool is_translated(const char *form)
{
	return tr(form) != form;
}

const char *day_text(const char *text, char ret[WHEN_TEXT])
{
	struct tm tm;

	snprintf(ret, WHEN_TEXT, "%.10s", text);
	if (is_translated("%Y-%m-%d") && parse(text, &tm))
		strftime(ret, WHEN_TEXT, _("%Y-%m-%d"), &tm);
	return ret;
}

const char *time_text(const char *text, char ret[WHEN_TEXT])
{
	struct tm tm;
	time_t t;

	snprintf(ret, WHEN_TEXT, "%.*s", begins_with(text, FORM) ? (int)strlen(FORM) : WHEN_TEXT - 1, text);
	if (!is_translated("%Y-%m-%dT%H:%M:%SZ") || !begins_with(text, FORM) || !parse(text, &tm))
		return ret;
	t = timegm(&tm);
	if (localtime_r(&t, &tm))
		strftime(ret, WHEN_TEXT, _("%Y-%m-%dT%H:%M:%SZ"), &tm);
	return ret;
}

/* Part of a longer name (of a file, say) it stays as it is. */
static bool stands_alone(const char *text, const char *at)
{
	const char *names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./'\"";
	const char after = at[strlen(FORM)];

	return (at == text || !strchr(names, at[-1])) && (!after || !strchr(names, after));
}

void put_sentence(FILE *to, const char *text)
{
	const char *rest = text;
	char when[WHEN_TEXT];

	for (const char *at = text; *at; at++) {
		if (!begins_with(at, FORM) || !stands_alone(text, at))
			continue;
		put_safe_part(to, rest, (size_t)(at - rest));
		put_safe(to, time_text(at, when));
		at += strlen(FORM) - 1;
		rest = at + 1;
	}
	put_safe_line(to, rest);
}
