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
extern const struct wv__word wv__words_certificate[], wv__words_report[], wv__words_papers[];

/* The Japanese of an English text of the tables; NULL: it has none. */
const char *wv__words_ja(const char *english);

#endif
