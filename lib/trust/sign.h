/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sign.h - signatures, made and checked by ssh-keygen -Y, so that anyone can
 * check them without this library
 */
#ifndef WV_SIGN_H
#define WV_SIGN_H

#include "../base/json.h"
#include "roster.h"

/**
 * wv__sign() - sign bytes
 * @key: a private key file; or a .pub file whose private half ssh-agent holds
 *       (SSH_AUTH_SOCK is passed on only then)
 * @namespace: WV_NS_*
 * @ret_sig: the armoured SSHSIG is appended to it
 *
 * ssh-keygen asks for the passphrase of a key on the terminal, and waits for
 * the touch of a hardware key, 5 minutes at most.
 */
int wv__sign(struct wv_ctx *ctx, const char *key, const char *namespace, const void *data,
	     size_t len, struct wv_buf *ret_sig);

/**
 * wv__sign_doc() - save a document's canonical bytes at path, and path.sig
 *
 * The signature is put in place first: a document that is there has always its
 * signature beside it, also after a kill. (Over an older document of the same
 * name there is an instant with the new signature beside the old document,
 * which then fails to verify: sign again.)
 */
int wv__sign_doc(struct wv_ctx *ctx, const char *key, const char *namespace, struct wv_doc *doc,
		 const char *path);

/*
 * Sign a file as it is; path.sig is put in place at once, replacing an older one.
 * looked_at: the document that it has to hold still, else -EBADMSG; NULL: any bytes.
 */
int wv__sign_file(struct wv_ctx *ctx, const char *key, const char *namespace, const char *path,
		  struct wv_doc *looked_at);

struct wv__signed_by {
	char *principal;
	char *fingerprint; /* of the key: "SHA256:..." */
};

#define cleanup_signed_by cleanup(wv__signed_by_free)
void wv__signed_by_free(struct wv__signed_by *by);

/**
 * wv__verify() - prove who signed these bytes
 * @roster: who may
 * @principal: who must have signed; NULL: whoever the roster says owns the key
 * @namespace: WV_NS_*
 * @time: when it was signed; the roster's dates are held against it
 * @ret_by: who did; may be NULL. Start from { 0 }, release with wv__signed_by_free()
 *
 * The namespace, the roster's line and its dates are checked here, and all of
 * it once more by ssh-keygen together with the signature.
 *
 * Return: 0, -EKEYREJECTED for a bad signature, another namespace, a key or
 * person not allowed, -EKEYEXPIRED when the key was not valid at that time,
 * -EBADMSG when it is no signature at all.
 */
int wv__verify(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
	       const char *namespace, const void *data, size_t len, const char *sig, size_t sig_len,
	       uint64_t time, struct wv__signed_by *ret_by);

/* The same for path and path.sig. -ENOENT when either is absent. */
int wv__verify_bytes(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
		     const char *namespace, const char *path, uint64_t time, struct wv_buf *ret,
		     struct wv__signed_by *ret_by);
/* The same for a document: what is returned was parsed from the very bytes that were proven. */
int wv__verify_file(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
		    const char *namespace, const char *path, uint64_t time, struct wv_doc **ret_doc,
		    struct wv__signed_by *ret_by);

#endif
