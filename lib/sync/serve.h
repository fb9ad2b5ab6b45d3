/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serve.h - the forced command's argv: what a client may run on the server
 */
#ifndef WV_SERVE_H
#define WV_SERVE_H

#include "../base/ctx.h"

#define WV_SERVE_FLAGS 64
#define WV_SERVE_TIMEOUT 20

struct wv__serve_request {
	bool receipt;		    /* "workvol receipt"; nothing else is set then */
	char takeout[37];
	char timeout[WV_SERVE_TIMEOUT]; /* "--timeout=600" */
	char flags[WV_SERVE_FLAGS]; /* "-dtcRe.LsfxCIvu": rsync's own, capabilities included */
};

/* Strict: -EPERM with its sentence for anything that our own client does not say. */
int wv__serve_parse(struct wv_ctx *ctx, const char *command, struct wv__serve_request *ret);

#endif
