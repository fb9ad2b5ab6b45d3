/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_file.c - documents in files, and their digest
 */
#include <fcntl.h>
#include <string.h>

#include "crypto.h"
#include "fs.h"
#include "json.h"

int wv__doc_digest(struct wv_ctx *ctx, struct wv_doc *doc, char ret[65])
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	int r = wv__doc_canonical(ctx, doc, &buf);

	if (r < 0)
		return r;
	r = wv__sha256_hex(buf.data, buf.len, ret);
	return r < 0 ? wv__fail(ctx, r, "cannot compute SHA-256") : 0;
}

int wv__doc_same(struct wv_ctx *ctx, struct wv_doc *a, struct wv_doc *b)
{
	char of_a[65], of_b[65];
	int r;

	if (!a || !b)
		return 0;
	r = wv__doc_digest(ctx, a, of_a);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, b, of_b);
	return r < 0 ? r : strcmp(of_a, of_b) == 0;
}

int wv__doc_load(struct wv_ctx *ctx, const char *path, struct wv_doc **ret)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	const int r = wv__read_file(ctx, AT_FDCWD, path, WV_DOC_MAX, &buf);

	return r < 0 ? r : wv__doc_parse(ctx, wv__buf_str(&buf), buf.len, path, ret);
}

WV_API int wv_doc_read(struct wv_ctx *ctx, const char *path, struct wv_doc **ret_doc)
{
	return wv__doc_load(ctx, path, ret_doc);
}

int wv__doc_save(struct wv_ctx *ctx, const char *path, struct wv_doc *doc, mode_t mode)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	const int r = wv__doc_canonical(ctx, doc, &buf);

	return r < 0 ? r : wv__write_file(ctx, AT_FDCWD, path, buf.data, buf.len, mode);
}
