/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - what a page says, in Japanese, in English, or both
 */
#ifndef WV_WORDS_H
#define WV_WORDS_H

#include "paper.h"

/* The Japanese of an English text of the table; NULL: it has none. */
const char *words_ja(const char *english);
/* A label or sentence in the paper's languages, the Japanese first; g_free() it. */
char *words_in(enum lang lang, const char *english, const char *between);

#endif
