/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys.h - SSH keys: made, their public half, their fingerprint
 *
 * A public key is held as "TYPE BASE64" without its comment: two keys are the
 * same when these texts are.
 */
#ifndef WV_KEYS_H
#define WV_KEYS_H

#include "../base/buf.h"
#include "../base/ctx.h"

/* An Ed25519 key without passphrase at path (0600) and path.pub. -EEXIST when either is there. */
int wv__key_generate(struct wv_ctx *ctx, const char *path, const char *comment);

/**
 * wv__key_public() - the public half of a key
 * @path: a .pub file, or a private key: then path.pub is read where it exists,
 *        since a private key with a passphrase does not give it away
 * @ret_key: "TYPE BASE64"; free() it
 */
int wv__key_public(struct wv_ctx *ctx, const char *path, char **ret_key);

/**
 * wv__key_parse() - one line of an OpenSSH public key, read strictly
 * @text: TYPE BASE64 [COMMENT], one newline at the end allowed
 * @name: what it is called in messages
 *
 * Certificates, options before the type, and a blob of another type than the
 * line says are refused. Return: 0 or -EBADMSG.
 */
int wv__key_parse(struct wv_ctx *ctx, const char *text, const char *name, char **ret_key);

/* The same key from its binary form (RFC 4253, 6.6). -EBADMSG */
int wv__key_from_blob(struct wv_ctx *ctx, const void *blob, size_t len, const char *name,
		      char **ret_key);

/* "SHA256:..." as ssh-keygen -l prints it; text as for wv__key_parse(); free() the result. */
int wv__key_fingerprint(struct wv_ctx *ctx, const char *text, char **ret_fingerprint);

#endif
