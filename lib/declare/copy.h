/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.h - a declared tree, copied and hashed in one reading, and proven after
 */
#ifndef WV_COPY_H
#define WV_COPY_H

#include "compare.h"

/**
 * wv__copy_tree() - copy exactly what is declared
 * @source: a directory, open
 * @source_name: what it is called in messages
 * @dest: an empty directory, open; what is copied is synced before the return
 *
 * Times of files, owners (where one may) and permissions are kept, set-id bits are not.
 *
 * Return: 0; -EBADMSG naming the path when the source differs from the
 * declaration in any way, undeclared files included; -ECANCELED; or a negative
 * errno. After a failure @dest holds a part that the caller removes.
 */
int wv__copy_tree(struct wv_ctx *ctx, const struct wv__declaration *decl, int source,
		  const char *source_name, int dest);

/**
 * wv__verify_tree() - read a tree back from its medium and compare it exactly
 *
 * syncfs, then each file is put out of the page cache before it is read.
 * Return: 0 with the result of wv__compare(), whether anything differs or not.
 */
int wv__verify_tree(struct wv_ctx *ctx, const struct wv__declaration *decl, int dirfd,
		    struct wv_doc **ret_result);

#endif
