/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sshsig.h - what an armoured SSHSIG says about itself (PROTOCOL.sshsig):
 * the key it was made with and its purpose. Claims only: wv__verify() proves.
 */
#ifndef WV_SSHSIG_H
#define WV_SSHSIG_H

#include "../base/ctx.h"

/* free() both; -EBADMSG unless it is one whole armoured signature, version 1. */
int wv__sshsig_parse(struct wv_ctx *ctx, const char *sig, size_t len, char **ret_key,
		     char **ret_namespace);

#endif
