/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * era.h - dates as Japanese forms and sentences want them
 */
#ifndef WV_ERA_H
#define WV_ERA_H

#define WV_ERA_TEXT 40 /* UTF-8, and its NUL */

/*
 * The day that @date (YYYY-MM-DD, or RFC 3339: what follows the day is not looked at) begins with,
 * in the calendar of the eras: "令和8年11月26日", the first year as "令和元年". The day is taken as it
 * is written, so a moment has to be in Japan's time. -EINVAL: no such day, or before 1873.
 */
int wv__era_date(const char *date, char ret[WV_ERA_TEXT]);
/* The same day by the common calendar: "2026年11月26日". */
int wv__japanese_date(const char *date, char ret[WV_ERA_TEXT]);

#endif
