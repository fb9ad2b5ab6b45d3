/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.h - the list of files in a receipt and in the request for it
 */
#ifndef WV_FILES_H
#define WV_FILES_H

#include "../base/json.h"
#include "../declare/entries.h"

struct wv__files {
	struct wv__entries entries; /* files only, sorted */
	uint64_t bytes;
};

#define cleanup_files cleanup(wv__files_clear)
void wv__files_clear(struct wv__files *files);

/* The files among entries (directories are left out) as an array of {path, sha256, size}. */
int wv__files_to_doc(struct wv_ctx *ctx, const struct wv__entries *entries, struct wv_doc **ret);

/**
 * wv__files_from_doc() - the list from outside, read strictly
 * @name: what the document is called in messages
 * @ret: zeroed by the caller
 *
 * -EBADMSG for a member too much or too few, a path that may not be carried,
 * and for paths not in order: so none is there twice.
 */
int wv__files_from_doc(struct wv_ctx *ctx, struct wv_doc *array, const char *name,
		       struct wv__files *ret);

#endif
