/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buf.c - bytes that grow; always followed by a NUL that is not counted
 */
#include <stdio.h>
#include <string.h>

#include "buf.h"

int wv__buf_reserve(struct wv_buf *buf, size_t more)
{
	size_t need, capacity;
	char *data;

	if (__builtin_add_overflow(buf->len, more, &need) || need > SIZE_MAX / 4)
		return -ENOMEM;
	if (need < buf->capacity)
		return 0;
	capacity = MAX(need + 1, MAX(buf->capacity * 2, (size_t)128));
	data = realloc(buf->data, capacity);
	if (!data)
		return -ENOMEM;
	data[buf->len] = '\0';
	buf->data = data;
	buf->capacity = capacity;
	return 0;
}

int wv__buf_append(struct wv_buf *buf, const void *data, size_t len)
{
	const int r = wv__buf_reserve(buf, len);

	if (r < 0)
		return r;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int wv__buf_puts(struct wv_buf *buf, const char *text)
{
	return wv__buf_append(buf, text, strlen(text));
}

__attribute__((format(printf, 2, 0)))
static int append_format(struct wv_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int len, r;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		return -ENOMEM;
	r = wv__buf_reserve(buf, len);
	if (r < 0)
		return r;
	vsnprintf(buf->data + buf->len, len + 1, fmt, args);
	buf->len += len;
	return 0;
}

int wv__buf_printf(struct wv_buf *buf, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = append_format(buf, fmt, args);
	va_end(args);
	return r;
}

char *wv__buf_take(struct wv_buf *buf)
{
	char *text = buf->data;

	if (!text)
		return calloc(1, 1);
	*buf = (struct wv_buf)WV_BUF_INIT;
	return text;
}

const char *wv__buf_str(const struct wv_buf *buf)
{
	return buf->data ? buf->data : "";
}

void wv__buf_free(struct wv_buf *buf)
{
	free(buf->data);
	*buf = (struct wv_buf)WV_BUF_INIT;
}

char *wv__printf(const char *fmt, ...)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	va_list args;
	int r;

	va_start(args, fmt);
	r = append_format(&buf, fmt, args);
	va_end(args);
	return r < 0 ? NULL : wv__buf_take(&buf);
}
