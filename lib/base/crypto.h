/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crypto.h - SHA-256, HKDF, AES-256-CTR at any offset, AES-256-XTS, random;
 * hex and base64. The only file that knows OpenSSL.
 */
#ifndef WV_CRYPTO_H
#define WV_CRYPTO_H

#include "buf.h"
#include "ctx.h"
#include "secret.h"

#define WV_SHA256_SIZE 32
#define WV_SHA256_HEX 65 /* with its NUL */

struct wv__sha256; /* a running hash */
int wv__sha256_new(struct wv__sha256 **ret); /* 0 or -ENOMEM */
void wv__sha256_free(struct wv__sha256 *hash);
void wv__sha256_freep(struct wv__sha256 **hash);
int wv__sha256_update(struct wv__sha256 *hash, const void *data, size_t len);
/* Gives the digest and begins anew. */
int wv__sha256_final(struct wv__sha256 *hash, unsigned char ret[WV_SHA256_SIZE]);
int wv__sha256(const void *data, size_t len, unsigned char ret[WV_SHA256_SIZE]);
int wv__sha256_hex(const void *data, size_t len, char ret[WV_SHA256_HEX]);

int wv__hkdf_sha256(const void *ikm, size_t ikm_len, const void *salt, size_t salt_len,
		    const void *info, size_t info_len, void *ret_key, size_t key_len);

int wv__random(void *data, size_t len); /* the kernel's; 0 or a negative errno */

/*
 * A pure stream: the byte at an offset depends on the key and the offset only
 * (AES-256-CTR, counter block = offset / 16 as a big-endian 128-bit number,
 * NIST SP 800-38A). One per thread. By aes_wide.c where the processor can.
 */
struct wv__ctr;
int wv__ctr_new(const unsigned char key[32], struct wv__ctr **ret);
void wv__ctr_free(struct wv__ctr *ctr);
void wv__ctr_freep(struct wv__ctr **ctr);
/* Fill data with the stream's bytes from offset (any, also not a multiple of 16). */
int wv__ctr_fill(struct wv__ctr *ctr, uint64_t offset, void *data, size_t len);

/* AES-256-XTS (IEEE 1619), one sector a call loop; tweak = LE64(iv_sector), stepped by sector/512. One per thread. */
struct wv__xts;
int wv__xts_new(const unsigned char key[64], struct wv__xts **ret);
void wv__xts_free(struct wv__xts *xts);
/* len is a multiple of sector_size; in == out allowed. first_iv: in units of 512 bytes. */
int wv__xts_encrypt(struct wv__xts *xts, uint64_t first_iv, size_t sector_size, const void *in, void *out, size_t len);
int wv__xts_decrypt(struct wv__xts *xts, uint64_t first_iv, size_t sector_size, const void *in, void *out, size_t len);

void wv__hex(const void *data, size_t len, char *ret /* 2 * len + 1 */);
int wv__unhex(const char *text, void *ret, size_t len); /* exactly 2 * len digits, or -EINVAL */
char *wv__base64(const void *data, size_t len);         /* NULL: no memory */
/* Strict. -EINVAL; *ret_len is at most max, else -EFBIG. */
int wv__unbase64(const char *text, size_t text_len, void *ret, size_t max, size_t *ret_len);
bool wv__is_hex64(const char *text); /* a lower-case SHA-256 */
/* A random UUID (version 4) as 36 characters and a NUL. */
int wv__uuid(char ret[37]);

#endif
