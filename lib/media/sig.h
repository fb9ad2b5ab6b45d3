/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sig.h - the header of a work volume, read raw: LUKS2 with the subsystem
 * "workvol" or the token of two factors. A hint about what lies there, never a
 * proof: whoever wrote the medium wrote it. Checksums are not looked at, since
 * a damaged volume is still one.
 */
#ifndef WV_SIG_H
#define WV_SIG_H

#include "device.h"

#define WV__SUBSYSTEM "workvol"
#define WV__TOKEN_TYPE "workvol-2f"
#define WV__SIG_BYTES 512 /* of the header that are looked at */

struct wv__volume_sig {
	char uuid[37];      /* lower case; "unknown" when it is none */
	char label[49];     /* bytes that are not printable ASCII are '?' */
	char subsystem[49];
	uint64_t offset;    /* 0, or where the secondary header was found */
	uint64_t size;      /* of the header with its JSON area, as it says */
	bool token;         /* its JSON area names WV__TOKEN_TYPE; wv__volume_sig_read() looks */
};

/* What a LUKS2 header at offset bytes from the volume's begin says; false: there is none. */
bool wv__volume_sig_parse(const unsigned char *data, size_t len, uint64_t offset,
			  struct wv__volume_sig *ret);
bool wv__volume_sig_is_work(const struct wv__volume_sig *sig);

/**
 * wv__volume_sig_read() - look in all places of a LUKS2 header
 * @fd: buffered
 * @start: where the volume would begin
 * @size: its bytes
 *
 * Of two headers the one that says that it is a work volume's is returned.
 *
 * Return: 1 found (any LUKS2), 0 there is none, or a negative errno without a sentence.
 */
int wv__volume_sig_read(int fd, uint64_t start, uint64_t size, struct wv__volume_sig *ret);

/* The work volume on the device itself (not in a partition of it). -ENOENT with its sentence when there is none. */
int wv__media_find_volume(struct wv_ctx *ctx, const struct wv_device *dev,
			  struct wv__volume_sig *ret);

#endif
