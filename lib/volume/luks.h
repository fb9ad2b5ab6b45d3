/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * luks.h - the LUKS2 header of a work volume. The only file that knows
 * libcryptsetup.
 *
 * A path is a file, a partition or a disk, best as wv__device_proc_path().
 * libcryptsetup opens block devices exclusively itself: nobody may hold the
 * device (wv__device_unhold()) while one of these runs.
 */
#ifndef WV_LUKS_H
#define WV_LUKS_H

#include "../base/json.h"
#include "../media/sig.h"
#include "factor.h"

#define WV__LUKS_SLOTS 32
#define WV__VOLUME_KEY_SIZE 64
#define WV__LUKS_MIN_SIZE (20 * MiB) /* 16 MiB of header, and some room for a file system */

struct wv__luks_params {
	const char *uuid;  /* 36 lower-case characters, from wv__uuid() */
	const char *label; /* at most 47 bytes; NULL: none */
	const unsigned char *salt; /* WV__SALT_SIZE random bytes */
	const char *key_id;        /* of wv__factor_key_id() */
	uint32_t sector_size;      /* 512 or 4096; 0: 4096 where the medium allows */
	uint32_t pbkdf_memory_kib; /* Argon2id; the library's floor is 32 */
	uint32_t pbkdf_iterations; /* the floor is 4 */
	uint32_t pbkdf_threads;    /* 1 to 4 */
};

struct wv__luks_info {
	char uuid[37];
	char label[49];
	uint64_t data_offset; /* bytes */
	uint64_t size;        /* of the data, whole sectors */
	uint64_t iv_offset;   /* in units of 512 bytes */
	uint32_t sector_size;
};

struct wv__luks_slot {
	bool active;
	bool two_factor; /* exactly one token, a workvol-2f of our version; then salt and key_id are set */
	unsigned char salt[WV__SALT_SIZE];
	char key_id[WV__KEY_ID];
};

struct wv__luks; /* a header that has been read */
#define cleanup_luks cleanup(wv__luks_freep)

/**
 * wv__luks_format() - make a work volume
 * @secret: of wv__factor_derive() with the same uuid and salt
 *
 * What was there is lost. Keyslot 0 is bound to the one token. A failure may
 * leave half a header: destroy it or format again.
 */
int wv__luks_format(struct wv_ctx *ctx, const char *path, const struct wv__luks_params *params,
		    const struct wv_secret *secret);

/**
 * wv__luks_open() - read the header of a work volume
 *
 * A damaged copy of the header is repaired from the other where the medium can
 * be written.
 *
 * Return: 0; -ENODATA when there is no LUKS2 volume; -EBADMSG when it is not
 * one of ours: subsystem, aes-xts-plain64 with 512 bits, one plain segment,
 * no requirement flags; or another negative errno.
 */
int wv__luks_open(struct wv_ctx *ctx, const char *path, struct wv__luks **ret_luks);
void wv__luks_free(struct wv__luks *luks);
void wv__luks_freep(struct wv__luks **luks);

const struct wv__luks_info *wv__luks_info(const struct wv__luks *luks);
/* What the header digest is made of (docs/formats.md). Borrowed. */
struct wv_doc *wv__luks_header(struct wv__luks *luks);
/* The header digest: SHA-256 of its canonical bytes. */
int wv__luks_digest(struct wv_ctx *ctx, struct wv__luks *luks, char ret[65]);
/* @slot: 0 to WV__LUKS_SLOTS - 1 */
int wv__luks_slot(struct wv_ctx *ctx, struct wv__luks *luks, int slot, struct wv__luks_slot *ret);

/* Does it open that keyslot: 1, 0, or a negative errno. One Argon2 run. */
int wv__luks_opens(struct wv_ctx *ctx, struct wv__luks *luks, int slot,
		   const struct wv_secret *secret);
/* The volume's key by a keyslot; -EPERM when the secret does not open it. */
int wv__luks_volume_key(struct wv_ctx *ctx, struct wv__luks *luks, int slot,
			const struct wv_secret *secret, struct wv_secret **ret_key);

/* dm-crypt, for mapper_kernel.c. No discards. */
int wv__luks_activate(struct wv_ctx *ctx, struct wv__luks *luks, const char *name,
		      const struct wv_secret *key, bool read_only);
/* @deferred: it ends with its last user. -ENODEV (no sentence) when it is not active, -EBUSY in use. */
int wv__luks_deactivate(struct wv_ctx *ctx, const char *name, bool deferred);

#endif
