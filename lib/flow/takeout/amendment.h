/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * amendment.h - what the field changed in the declaration, in signed papers
 */
#ifndef WV_AMENDMENT_H
#define WV_AMENDMENT_H

#include "takeout.h"

#define WV__AMENDMENT "amendment-%" PRIu64 ".json" /* the paper's name, of its number from 1 */

/* Apply the changes of one amendment document. -EBADMSG when they do not fit. */
int wv__amendment_apply(struct wv_ctx *ctx, struct wv_doc *amendment,
			struct wv__declaration *decl);

/**
 * wv__amendment_make() - write, sign and record one
 * @changes: array of {action, path, old, new}
 * @origin: "holder", or "output" for files inside the approved globs
 * @key: of wv__holder_signer()
 */
int wv__amendment_make(struct wv__takeout *t, struct wv_doc *changes, const char *purpose,
		       const char *origin, const char *key);

/* The body of its step AMENDED. */
int wv__amendment_body(struct wv_ctx *ctx, struct wv_doc *amendment, const char *paper,
		       struct wv_doc **ret);

/* The outputs of wv__compare(), recorded by `return` itself. 0 or 1 when there was any. */
int wv__amend_outputs(struct wv__takeout *t, struct wv_doc *outputs);

#endif
