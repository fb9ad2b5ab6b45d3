/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signer.h - the server's side of the receipt: close, re-read, hash, sign
 */
#ifndef WV_SIGNER_H
#define WV_SIGNER_H

#include "../base/ctx.h"

/* As wv_sync_receipt(); self_verified: this machine is the server of its own return. */
int wv__receipt_give(struct wv_ctx *ctx, const char *root, const char *key, bool self_verified,
		     int in_fd, int out_fd);

#endif
