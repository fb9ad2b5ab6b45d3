/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_text.c - how one string and one number are written; what UTF-8 is
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

int wv__json_string(struct wv_buf *buf, const char *text, size_t len)
{
	static const char short_form[] = "\b\f\n\r\t", letters[] = "bfnrt";
	size_t start = 0;
	int r = wv__buf_append(buf, "\"", 1);

	for (size_t i = 0; r == 0 && i < len; i++) {
		const unsigned char c = text[i];
		const char *known = c ? strchr(short_form, c) : NULL;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		r = wv__buf_append(buf, text + start, i - start);
		start = i + 1;
		if (r < 0)
			break;
		if (c < 0x20 && !known)
			r = wv__buf_printf(buf, "\\u%04x", c);
		else
			r = wv__buf_printf(buf, "\\%c", known ? letters[known - short_form] : c);
	}
	if (r == 0)
		r = wv__buf_append(buf, text + start, len - start);
	return r < 0 ? r : wv__buf_append(buf, "\"", 1);
}

/* Six decimals at most, and a point whatever the locale. */
int wv__json_real(struct wv_buf *buf, double real)
{
	const double size = fabs(real);
	const uint64_t millionths = size < 1e12 ? (uint64_t)llround(size * 1e6) : 0;
	char fraction[8];
	int len = 6;

	if (!isfinite(real))
		return wv__buf_puts(buf, "null");
	if (size >= 1e12)
		return wv__buf_printf(buf, "%.0f", real);
	snprintf(fraction, sizeof(fraction), "%06u", (unsigned int)(millionths % 1000000));
	while (len > 1 && fraction[len - 1] == '0')
		len--;
	return wv__buf_printf(buf, "%s%" PRIu64 ".%.*s", real < 0 && millionths ? "-" : "",
			      millionths / 1000000, len, fraction);
}

/* Bytes that follow this first byte; -1: no character begins so. */
static int utf8_following(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first < 0xc2 || first > 0xf4) /* following, overlong, above U+10FFFF */
		return -1;
	return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

bool wv__is_utf8(const char *text, size_t len)
{
	const unsigned char *c = (const unsigned char *)text, *end = c + len;

	while (c < end) {
		const int more = utf8_following(*c);

		if (more < 0 || end - c <= more)
			return false;
		/* overlong, surrogate, above U+10FFFF: told by the second byte */
		if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
		    (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
			return false;
		for (int i = 1; i <= more; i++)
			if ((c[i] & 0xc0) != 0x80)
				return false;
		c += more + 1;
	}
	return true;
}

size_t wv__utf8_cut(const char *text, size_t max)
{
	size_t n = strlen(text) < max ? strlen(text) : max;

	while (n && text[n] && (text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

size_t wv__json_common(const struct wv_buf *buf, const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && n < buf->len && buf->data[n] == data[n])
		n++;
	return n;
}
