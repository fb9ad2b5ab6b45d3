/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * markup.c - SVG and HTML, escaped
 */
#include <stdio.h>
#include <string.h>

#include "markup.h"

/* The caller frees it; NULL after an error, of now or before. */
__attribute__((format(printf, 2, 0)))
static char *format(struct wv__markup *m, const char *fmt, va_list args)
{
	char *text = NULL;

	if (m->error)
		return NULL;
	m->error = vasprintf(&text, fmt, args) < 0 ? -ENOMEM : 0;
	return m->error ? NULL : text; /* vasprintf leaves it undefined */
}

void wv__markup(struct wv__markup *m, const char *fmt, ...)
{
	cleanup_free char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = format(m, fmt, args);
	va_end(args);
	if (text)
		m->error = wv__buf_puts(&m->text, text);
}

/* How many bytes at c are no character to be shown; 0: it is one. */
static size_t unfit(const unsigned char *c)
{
	if (*c < 0x20 || *c == 0x7f)
		return 1;
	if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
		return 2;
	if (c[0] == 0xef && c[1] == 0xbf && (c[2] == 0xbe || c[2] == 0xbf))
		return 3;
	/* U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069 */
	if (c[0] == 0xd8 && c[1] == 0x9c)
		return 2;
	if (c[0] == 0xe2 && ((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae))) ||
			     (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)))
		return 3;
	return 0;
}

char *wv__shown(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	char *copy = malloc(strlen(text) + 1), *at = copy;

	if (!copy)
		return NULL;
	for (size_t bad; *c; c += bad ? bad : 1) {
		bad = unfit(c);
		*at++ = bad ? '?' : (char)*c;
	}
	*at = '\0';
	return copy;
}

void wv__markup_text(struct wv__markup *m, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} table[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
	};
	const unsigned char *c = (const unsigned char *)text;

	for (size_t bad; c && *c && !m->error; c += bad ? bad : 1) {
		const char *entity = NULL;

		bad = unfit(c);
		for (size_t i = 0; i < ARRAY_SIZE(table); i++)
			if (*c == table[i].c)
				entity = table[i].entity;
		if (bad)
			entity = "?";
		m->error = entity ? wv__buf_puts(&m->text, entity) : wv__buf_append(&m->text, c, 1);
	}
}

void wv__markup_words(struct wv__markup *m, const char *english)
{
	cleanup_free char *ja = m->lang == WV__LANG_EN ? NULL : wv__sentence_ja(english);

	if (ja) /* without memory it is in English */
		wv__markup_text(m, ja);
	if (ja && m->lang == WV__LANG_BOTH)
		wv__markup(m, " / ");
	if (!ja || m->lang == WV__LANG_BOTH)
		wv__markup_text(m, english);
}

void wv__markup_wordsf(struct wv__markup *m, const char *fmt, ...)
{
	cleanup_free char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = format(m, fmt, args);
	va_end(args);
	if (text)
		wv__markup_words(m, text);
}

int wv__markup_take(struct wv_ctx *ctx, struct wv__markup *m, char **ret_text)
{
	char *text = m->error ? NULL : wv__buf_take(&m->text);

	wv__buf_free(&m->text);
	if (!text)
		return wv__fail_memory(ctx);
	*ret_text = text;
	return 0;
}
