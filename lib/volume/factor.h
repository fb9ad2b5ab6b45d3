/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * factor.h - the two factors: the key file, the passphrase, and what is made
 * of both
 */
#ifndef WV_FACTOR_H
#define WV_FACTOR_H

#include "../base/ctx.h"
#include "../base/secret.h"

#define WV__KEY_SIZE  32 /* bytes of a key file's secret */
#define WV__SALT_SIZE 32
#define WV__KEY_ID    33 /* 32 hex digits and a NUL */

/* wv_factor_new() and wv_factor_derive() are in workvol.h. */

/**
 * wv__factor_read() - the secret of a key file
 * @ret_key: WV__KEY_SIZE bytes
 *
 * Return: 0, -EBADMSG when it is not a key file to the byte, or another errno.
 */
int wv__factor_read(struct wv_ctx *ctx, const char *path, struct wv_secret **ret_key);

/* The whole content of the key file that holds this key. */
int wv__factor_text(struct wv_ctx *ctx, const struct wv_secret *key, struct wv_secret **ret_text);

/* A name for the key that tells nothing of it: for the token and the records. */
int wv__factor_key_id(struct wv_ctx *ctx, const struct wv_secret *key, char ret[WV__KEY_ID]);

/**
 * wv__factor_derive() - the keyslot's passphrase from both factors
 * @passphrase: as wv_secret_from_fd() gives it (one trailing newline is gone);
 *	empty is -EINVAL
 * @uuid: of the volume, 36 characters
 * @ret_secret: 44 characters of base64
 */
int wv__factor_derive(struct wv_ctx *ctx, const struct wv_secret *key,
		      const struct wv_secret *passphrase,
		      const unsigned char salt[WV__SALT_SIZE], const char *uuid,
		      struct wv_secret **ret_secret);

#endif
