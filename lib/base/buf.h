/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buf.h - bytes that grow; always followed by a NUL that is not counted
 */
#ifndef WV_BUF_H
#define WV_BUF_H

#include <stdarg.h>

#include "util.h"

struct wv_buf {
	char *data; /* NULL while empty */
	size_t len;
	size_t capacity;
};

#define WV_BUF_INIT { 0 }
#define cleanup_buf cleanup(wv__buf_free)

/* Each returns 0 or -ENOMEM and leaves the buffer as it was on failure. */
int wv__buf_append(struct wv_buf *buf, const void *data, size_t len);
int wv__buf_puts(struct wv_buf *buf, const char *text);
int wv__buf_printf(struct wv_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int wv__buf_reserve(struct wv_buf *buf, size_t more);

/* The content as a string that the caller frees; the buffer is empty afterwards. NULL: no memory. */
char *wv__buf_take(struct wv_buf *buf);
const char *wv__buf_str(const struct wv_buf *buf); /* "" while empty */
void wv__buf_free(struct wv_buf *buf);

/* asprintf that returns NULL without memory. */
char *wv__printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
