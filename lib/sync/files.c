/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.c - the list of files in a receipt and in the request for it
 */
#include <string.h>

#include "files.h"

void wv__files_clear(struct wv__files *files)
{
	wv__entries_clear(&files->entries);
}

static int append_file(struct wv_ctx *ctx, struct wv_doc *array, const struct wv__entry *entry)
{
	cleanup_doc struct wv_doc *item = NULL;
	char sha256[WV_SHA256_HEX];
	int r;

	wv__hex(entry->sha256, sizeof(entry->sha256), sha256);
	r = wv__doc_build(ctx, &item, M_PATH("path", entry->path), M_STR("sha256", sha256),
			  M_U64("size", entry->size));
	return r < 0 ? r : wv__doc_append(ctx, array, item);
}

int wv__files_to_doc(struct wv_ctx *ctx, const struct wv__entries *entries, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(ctx, &array);
	for (size_t i = 0; r == 0 && i < entries->count; i++)
		if (!entries->at[i]->is_dir)
			r = append_file(ctx, array, entries->at[i]);
	if (r < 0)
		return r;
	*ret = take_ptr(array);
	return 0;
}

/* "path", or "path_b64" for what is not UTF-8. NULL: neither, as it should be. */
static const char *path_of(struct wv_doc *item, char *buffer, size_t size)
{
	const char *text = wv_doc_str(item, "path_b64");
	size_t len;

	if (!text)
		return wv_doc_str(item, "path");
	if (wv__unbase64(text, strlen(text), buffer, size - 1, &len) < 0)
		return NULL;
	buffer[len] = '\0';
	return strlen(buffer) != len || wv__is_utf8(buffer, len) ? NULL : buffer;
}

static int add_file(struct wv_ctx *ctx, struct wv_doc *item, const char *name,
		    struct wv__files *files)
{
	char buffer[WV_PATH_BYTES + 1];
	const char *path = path_of(item, buffer, sizeof(buffer));
	struct wv__entry *entry;
	const char *sha256;
	uint64_t size;
	int r;

	if (!path || wv__path_fault(path) || wv_doc_count(item) != 3)
		return wv__fail(ctx, -EBADMSG, "%s lists a path that may not be carried", name);
	if (files->entries.count > 0 &&
	    strcmp(files->entries.at[files->entries.count - 1]->path, path) >= 0)
		return wv__fail(ctx, -EBADMSG, "%s lists its files out of order", name);
	r = wv__doc_need_str(ctx, item, name, "sha256", &sha256);
	if (r == 0)
		r = wv__doc_need_u64(ctx, item, name, "size", &size);
	if (r < 0)
		return r;
	if (!wv__is_hex64(sha256) || add_overflows(files->bytes, size, &files->bytes))
		return wv__fail(ctx, -EBADMSG, "%s has no SHA-256 and size for a file", name);
	entry = wv__entry_new(path, false);
	if (!entry)
		return wv__fail_memory(ctx);
	entry->size = size;
	wv__unhex(sha256, entry->sha256, sizeof(entry->sha256));
	if (wv__entries_append(&files->entries, entry) < 0) {
		wv__entry_free(entry);
		return wv__fail_memory(ctx);
	}
	return 0;
}

int wv__files_from_doc(struct wv_ctx *ctx, struct wv_doc *array, const char *name,
		       struct wv__files *ret)
{
	cleanup_files struct wv__files files = { 0 };
	const size_t count = wv_doc_count(array);

	for (size_t i = 0; i < count; i++) {
		struct wv_doc *item = wv_doc_at(array, i);
		const int r = item ? add_file(ctx, item, name, &files) :
				     wv__fail(ctx, -EBADMSG, "%s lists no file where it should", name);

		if (r < 0)
			return r;
	}
	*ret = files;
	files = (struct wv__files){ 0 };
	return 0;
}
