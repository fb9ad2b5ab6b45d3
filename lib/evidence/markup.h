/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.h - SVG and HTML, written so that nothing a document says is taken for markup
 *
 * The first failure is kept and what follows is left out: it is looked at once, at the end.
 */
#ifndef WV_MARKUP_H
#define WV_MARKUP_H

#include "../base/buf.h"
#include "../base/ctx.h"
#include "words.h"

struct wv__markup {
	struct wv_buf text;
	enum wv__lang lang; /* of what is ours to say */
	int error;
};

/* Markup of ours; no string of a document's may be among its arguments. */
void wv__markup(struct wv__markup *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/**
 * wv__markup_text() - what a document says, in an element or between quotes
 * @text: UTF-8; NULL: nothing
 *
 * Controls, what is no character of XML 1.0, and what would turn the direction of the
 * text around it become question marks.
 */
void wv__markup_text(struct wv__markup *m, const char *text);
/* A text of the table of words, or a sentence of it with names, in the page's languages; escaped as the above. */
void wv__markup_words(struct wv__markup *m, const char *english);
void wv__markup_wordsf(struct wv__markup *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for a page of plain text, where an end of a line would look like a row of ours; free() it, NULL: no memory. */
char *wv__shown(const char *text);
/* All of it, to free(); -ENOMEM when anything failed. */
int wv__markup_take(struct wv_ctx *ctx, struct wv__markup *m, char **ret_text);

#endif
