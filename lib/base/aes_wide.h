/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aes_wide.h - AES-256-CTR where the processor ciphers four blocks in one
 * instruction; crypto.c alone uses it, and OpenSSL where it does not
 *
 * Debian 12's OpenSSL 3.0 ciphers one block an instruction in this mode, and
 * the random pass of a wipe is bound by that: docs/performance.md.
 */
#ifndef WV_AES_WIDE_H
#define WV_AES_WIDE_H

#include "util.h"

#define WV__AES_BLOCK 16
#define WV__AES_ROUNDS 14 /* of a key of 256 bits: FIPS 197, 5 */

struct wv__aes_wide {
	unsigned char round_keys[WV__AES_ROUNDS + 1][WV__AES_BLOCK];
};

bool wv__aes_is_wide(void); /* else the others must not be called */
/* The caller wipes it after use. */
void wv__aes_wide_key(const unsigned char key[32], struct wv__aes_wide *ret);
/*
 * The stream from a block on, in steps of 512 bytes; returns how many bytes of
 * len were whole steps. The counter is the block's number, big-endian.
 */
size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len);

#endif
