/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - what a page says, in Japanese, in English, or both
 */
#ifndef WV_RENDER_WORDS_H
#define WV_RENDER_WORDS_H

#include "paper.h"

/* A label or sentence in the paper's languages, the Japanese first; g_free() it. */
char *words_in(enum wv__lang lang, const char *english, const char *between);
/* The same of a sentence with names and numbers in it. */
char *words_sentence(enum wv__lang lang, const char *english, const char *between);
/*
 * A date, or a moment in UTC, in Japanese: by the era's year, a moment in Japan's time. What is neither
 * stays. g_free() it. Of a moment the day alone, Japan's, in the paper's languages.
 */
char *words_when(const char *time);
/* In the paper's languages, a moment with whose time it is. */
char *words_moment(enum wv__lang lang, const char *time);
char *words_day(enum wv__lang lang, const char *time);

#endif
