/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clock.c - UTC seconds and their RFC 3339 text; a monotonic clock
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

/* 9999-12-31T23:59:59Z: the last time that RFC 3339 can write. */
#define LAST_SECOND UINT64_C(253402300799)

uint64_t wv__now(void)
{
	/* time(), not clock_gettime(): it is what faketime and friends agree on */
	const time_t now = time(NULL);

	return now < 0 ? 0 : now;
}

uint64_t wv__monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct timespec wv__deadline(uint64_t ns)
{
	const uint64_t then = wv__monotonic_ns() + ns;

	return (struct timespec){ (time_t)(then / 1000000000), (long)(then % 1000000000) };
}

uint64_t wv__idle_ns(void)
{
	const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t idle = 0, waiting = 0;
	FILE *file = fopen("/proc/stat", "re");

	if (!file)
		return 0;
	/* proc(5): user nice system idle iowait, of all cores; who waits for a medium idles too */
	if (fscanf(file, "cpu %*u %*u %*u %" SCNu64 " %" SCNu64, &idle, &waiting) != 2)
		idle = waiting = 0;
	fclose(file);
	return (idle + waiting) * tick;
}

void wv__time_format(uint64_t seconds, char ret[WV_TIME_TEXT])
{
	const time_t t = MIN(seconds, LAST_SECOND);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(ret, WV_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* 'd' in the form is a digit, anything else itself. */
static bool has_form(const char *text, const char *form)
{
	for (; *form; form++, text++)
		if (*form == 'd' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return !*text;
}

int wv__time_parse(const char *text, uint64_t *ret_seconds)
{
	struct tm tm = { 0 };
	char again[WV_TIME_TEXT];
	time_t t;

	if (!has_form(text, "dddd-dd-ddTdd:dd:ddZ"))
		return -EINVAL;
	sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
	       &tm.tm_min, &tm.tm_sec);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm);
	if (t < 0)
		return -EINVAL;
	wv__time_format(t, again); /* timegm() takes the 31st of February: compare */
	if (strcmp(text, again) != 0)
		return -EINVAL;
	*ret_seconds = t;
	return 0;
}

int wv__moment_parse(const char *text, uint64_t *ret_seconds)
{
	char local[WV_TIME_TEXT];
	unsigned int hours, minutes;
	uint64_t seconds, offset;

	if (strlen(text) != strlen("dddd-dd-ddTdd:dd:dd+dd:dd"))
		return wv__time_parse(text, ret_seconds);
	if ((text[19] != '+' && text[19] != '-') || !has_form(text + 20, "dd:dd"))
		return -EINVAL;
	sscanf(text + 20, "%2u:%2u", &hours, &minutes);
	snprintf(local, sizeof(local), "%.19sZ", text);
	offset = (hours * 60 + minutes) * 60;
	if (hours > 23 || minutes > 59 || wv__time_parse(local, &seconds) < 0)
		return -EINVAL;
	if (text[19] == '+' ? seconds < offset : seconds + offset > LAST_SECOND)
		return -EINVAL;
	*ret_seconds = text[19] == '+' ? seconds - offset : seconds + offset;
	return 0;
}

int wv__date_parse(const char *text, uint64_t *ret_seconds)
{
	char full[WV_TIME_TEXT];

	if (!has_form(text, "dddd-dd-dd"))
		return wv__time_parse(text, ret_seconds);
	snprintf(full, sizeof(full), "%sT23:59:59Z", text);
	return wv__time_parse(full, ret_seconds);
}
