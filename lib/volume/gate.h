/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate.h - two factors, and nothing less, open the volume
 */
#ifndef WV_GATE_H
#define WV_GATE_H

#include "luks.h"

/**
 * wv__gate() - prove it, and give the volume's key
 * @recovery_slot: a keyslot that the signed take-out record excepts by name, or -1
 * @ret_key: for wv__map()
 *
 * All 32 keyslots are looked at. Each active one but the recovery slot is
 * bound to exactly one workvol-2f token and opens with both factors; none
 * opens with the passphrase alone (with and without a newline) or with the key
 * file alone (its bytes, its base64, the whole file). Six Argon2 runs a slot.
 *
 * Return: 0; -EPERM when the factors are not this volume's; -EBADMSG when a
 * factor alone opens it or a keyslot is not accounted for; or another errno.
 */
int wv__gate(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
	     const struct wv_secret *passphrase, int recovery_slot, struct wv_secret **ret_key);

#endif
