/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compare.h - a tree against its declaration
 */
#ifndef WV_COMPARE_H
#define WV_COMPARE_H

#include "base/json.h"
#include "declaration.h"
#include "walk.h"

#define WV_COMPARE_EXACT (1u << 0)      /* the outputs' globs excuse nothing */
#define WV_COMPARE_FILES_ONLY (1u << 1) /* directories are not compared (a receipt has none); unsafe ones are found */

/**
 * wv__compare() - what differs
 *
 * The result: {"declared": files declared, "ok": those found as declared,
 * "findings": [{"path", "kind": "undeclared|missing|modified|unsafe",
 * "detail"}], "outputs": [{"path", "size", "sha256"}]}, both sorted by path;
 * a path that is not UTF-8 is "path_b64". Outputs are undeclared files inside
 * the globs, and the directories that lead to them (without "sha256"): no
 * findings, but to be recorded as amendments.
 *
 * Return: 0 whether anything differs or not.
 */
int wv__compare(struct wv_ctx *ctx, const struct wv__declaration *decl, const struct wv__tree *tree,
		uint32_t flags, struct wv_doc **ret_result);

bool wv__compare_clean(struct wv_doc *result);
/* -EBADMSG with a sentence that names the first finding ("TREE: PATH is ..., and N more"), or 0 when clean. */
int wv__compare_need_clean(struct wv_ctx *ctx, struct wv_doc *result, const char *name);

#endif
