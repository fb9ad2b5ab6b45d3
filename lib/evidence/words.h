/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words.h - what pages and reports say, in Japanese
 */
#ifndef WV_WORDS_H
#define WV_WORDS_H

#include <stddef.h>

struct wv__word {
	const char *en, *ja;
};

/* Each ends with a row of NULLs. */
extern const struct wv__word wv__words_certificate[], wv__words_report[], wv__words_papers[], wv__words_sentences[];

enum wv__lang { WV__LANG_BOTH, WV__LANG_JA, WV__LANG_EN };

int wv__lang_parse(const char *name, enum wv__lang *ret); /* "both", "ja", "en"; -EINVAL */
/* The Japanese of an English text of the tables; NULL: it has none. */
const char *wv__words_ja(const char *english);
/*
 * The same of a sentence with names and numbers in it: what the table has as %s is taken over, where
 * the Japanese has %1, %2, %3, itself in Japanese where it is a word. free() it; NULL: it has none.
 */
char *wv__sentence_ja(const char *english);

#endif
