/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words_papers.c - the Japanese of papers about incidents, registers, receipts
 */
#include "words.h"

const struct wv__word wv__words_papers[] = {
	{ "contractor", "受注者" },
	{ NULL, NULL },
};
