/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clock.h - UTC seconds and their RFC 3339 text; a monotonic clock
 */
#ifndef WV_CLOCK_H
#define WV_CLOCK_H

#include <time.h>

#include "ctx.h"

#define WV_TIME_TEXT 21 /* "2026-11-25T08:00:00Z" and its NUL */

uint64_t wv__now(void);          /* seconds since 1970, UTC */
uint64_t wv__monotonic_ns(void); /* nanoseconds, for durations only */
struct timespec wv__deadline(uint64_t ns); /* so far from now, on CLOCK_MONOTONIC: setting the time moves it not */
/* Nanoseconds that all cores together have idled since boot, in steps of a clock tick; 0: /proc/stat does not say. */
uint64_t wv__idle_ns(void);

void wv__time_format(uint64_t seconds, char ret[WV_TIME_TEXT]);
int wv__time_parse(const char *text, uint64_t *ret_seconds); /* -EINVAL; only the form above */
/*
 * A moment given by people: RFC 3339 to the second, with Z or an offset from UTC, as
 * `date -Iseconds` prints it (2026-11-25T17:00:00+09:00). -EINVAL
 */
int wv__moment_parse(const char *text, uint64_t *ret_seconds);
/* A date given by people: YYYY-MM-DD (the end of that day, UTC) or RFC 3339 in UTC. -EINVAL */
int wv__date_parse(const char *text, uint64_t *ret_seconds);

#endif
