/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aes_wide.h - AES-256-CTR where the processor ciphers two or four blocks in one
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
	unsigned int blocks; /* in one instruction */
	unsigned char round_keys[WV__AES_ROUNDS + 1][WV__AES_BLOCK];
};

/* How many blocks this processor ciphers in one instruction: 4, 2, or 0: the others must not be called. */
unsigned int wv__aes_wide_blocks(void);
/* blocks: as many as the processor can, or fewer. The caller wipes it after use. */
void wv__aes_wide_key(const unsigned char key[32], unsigned int blocks, struct wv__aes_wide *ret);
/*
 * The stream from a block on, in steps of 128 bytes for each of its blocks; returns how many
 * bytes of len were whole steps. The counter is the block's number, big-endian.
 */
size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len);

#endif
