/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * render.h - a document as PDF, by a helper that has no rights
 */
#ifndef WV_RENDER_H
#define WV_RENDER_H

#include "../base/json.h"

/**
 * wv__render_pdf() - what workvol-render makes of a document
 * @doc: a certificate whose signature was verified, or a report
 * @lang: "ja", "en" or "both"
 *
 * The helper lies beside this program, else in the fixed PATH. Return: 0, -ENOENT when there
 * is none, -EIO with its own sentence.
 */
int wv__render_pdf(struct wv_ctx *ctx, struct wv_doc *doc, const char *lang, struct wv_buf *ret_pdf);

#endif
