/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * factor.c - the two factors: the key file, the passphrase, and what is made
 * of both. The format and the derivation are fixed in docs/formats.md: stock
 * tools must be able to do the same when workvol is gone.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/crypto.h"
#include "../base/fs.h"
#include "luks.h"

#define HEADER     "workvol key file 1\n"
#define HEADER_LEN (sizeof(HEADER) - 1)
#define BASE64_LEN 44 /* of 32 bytes */
#define TEXT_LEN   (HEADER_LEN + BASE64_LEN + 1)
#define ID_LABEL   "workvol-key-id"
#define INFO       "workvol-2f-v1"

/* Base64 of 32 bytes, put into locked memory. */
static int encode(struct wv_ctx *ctx, const unsigned char *data, unsigned char *ret)
{
	char *text = wv__base64(data, 32);

	if (!text)
		return wv__fail_memory(ctx);
	memcpy(ret, text, BASE64_LEN);
	wv__forget(text, strlen(text));
	free(text);
	return 0;
}

int wv__factor_text(struct wv_ctx *ctx, const struct wv_secret *key, struct wv_secret **ret_text)
{
	cleanup_secret struct wv_secret *text = NULL;
	int r;

	r = wv__secret_new(ctx, TEXT_LEN, &text);
	if (r < 0)
		return r;
	memcpy(text->data, HEADER, HEADER_LEN);
	r = encode(ctx, key->data, text->data + HEADER_LEN);
	if (r < 0)
		return r;
	text->data[TEXT_LEN - 1] = '\n';
	*ret_text = take_ptr(text);
	return 0;
}

WV_API int wv_factor_new(struct wv_ctx *ctx, const char *path)
{
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_secret struct wv_secret *text = NULL;
	int r;

	wv__process_guard(ctx);
	r = wv__secret_new(ctx, WV__KEY_SIZE, &key);
	if (r < 0)
		return r;
	r = wv__random(key->data, key->len);
	if (r < 0)
		return wv__fail_sys(ctx, r, "no random bytes for %s", path);
	r = wv__factor_text(ctx, key, &text);
	if (r < 0)
		return r;
	return wv__create_file(ctx, AT_FDCWD, path, text->data, text->len, 0600);
}

/* One byte more than a key file shows that it is none; a FIFO must not hold us up. */
static int read_text(struct wv_ctx *ctx, const char *path, struct wv_secret **ret)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot read the key file %s", path);
	if (!S_ISREG(st.st_mode) || st.st_size != TEXT_LEN)
		return wv__fail(ctx, -EBADMSG, "%s is not a workvol key file", path);
	return wv__secret_read(ctx, fd, path, TEXT_LEN, ret);
}

int wv__factor_read(struct wv_ctx *ctx, const char *path, struct wv_secret **ret_key)
{
	cleanup_secret struct wv_secret *text = NULL;
	cleanup_secret struct wv_secret *key = NULL;
	size_t len = 0;
	int r;

	r = read_text(ctx, path, &text);
	if (r < 0)
		return r;
	r = wv__secret_new(ctx, WV__KEY_SIZE, &key);
	if (r < 0)
		return r;
	if (text->len != TEXT_LEN || memcmp(text->data, HEADER, HEADER_LEN) != 0 ||
	    text->data[TEXT_LEN - 1] != '\n' ||
	    wv__unbase64((const char *)text->data + HEADER_LEN, BASE64_LEN, key->data, key->len,
			 &len) < 0 ||
	    len != WV__KEY_SIZE)
		return wv__fail(ctx, -EBADMSG, "%s is not a workvol key file", path);
	*ret_key = take_ptr(key);
	return 0;
}

/* The key has 256 random bits: its hash gives no way back to it. */
int wv__factor_key_id(struct wv_ctx *ctx, const struct wv_secret *key, char ret[WV__KEY_ID])
{
	cleanup_secret struct wv_secret *input = NULL;
	unsigned char digest[WV_SHA256_SIZE];
	int r;

	r = wv__secret_new(ctx, strlen(ID_LABEL) + key->len, &input);
	if (r < 0)
		return r;
	memcpy(input->data, ID_LABEL, strlen(ID_LABEL));
	memcpy(input->data + strlen(ID_LABEL), key->data, key->len);
	r = wv__sha256(input->data, input->len, digest);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot name the key file's key");
	wv__hex(digest, (WV__KEY_ID - 1) / 2, ret);
	return 0;
}

static unsigned char *put_part(unsigned char *at, const struct wv_secret *part)
{
	const uint32_t len = part->len;

	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = len >> shift;
	memcpy(at, part->data, len);
	return at + len;
}

/* ikm = u32be(32) || K || u32be(len) || passphrase: the lengths keep the two apart. */
static int key_material(struct wv_ctx *ctx, const struct wv_secret *key,
			const struct wv_secret *passphrase, struct wv_secret **ret)
{
	struct wv_secret *ikm = NULL;
	int r;

	r = wv__secret_new(ctx, 4 + key->len + 4 + passphrase->len, &ikm);
	if (r < 0)
		return r;
	put_part(put_part(ikm->data, key), passphrase);
	*ret = ikm;
	return 0;
}

int wv__factor_derive(struct wv_ctx *ctx, const struct wv_secret *key,
		      const struct wv_secret *passphrase,
		      const unsigned char salt[WV__SALT_SIZE], const char *uuid,
		      struct wv_secret **ret_secret)
{
	cleanup_secret struct wv_secret *ikm = NULL;
	cleanup_secret struct wv_secret *derived = NULL;
	cleanup_secret struct wv_secret *text = NULL;
	char info[sizeof(INFO) + 36];
	int r;

	if (passphrase->len == 0)
		return wv__fail(ctx, -EINVAL, "the passphrase is empty");
	if (key->len != WV__KEY_SIZE || strlen(uuid) != 36 || passphrase->len > UINT32_MAX)
		return wv__fail(ctx, -EINVAL, "the factors of volume %s have the wrong form", uuid);
	memcpy(info, INFO, strlen(INFO));
	memcpy(info + strlen(INFO), uuid, 36);

	r = key_material(ctx, key, passphrase, &ikm);
	if (r == 0)
		r = wv__secret_new(ctx, 32, &derived);
	if (r == 0)
		r = wv__secret_new(ctx, BASE64_LEN, &text);
	if (r < 0)
		return r;
	r = wv__hkdf_sha256(ikm->data, ikm->len, salt, WV__SALT_SIZE, info, strlen(INFO) + 36,
			    derived->data, derived->len);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot derive the keyslot's passphrase");
	r = encode(ctx, derived->data, text->data);
	if (r < 0)
		return r;
	*ret_secret = take_ptr(text);
	return 0;
}

/* The salt of the first keyslot that has one: a work volume has one such slot. */
static int find_salt(struct wv_ctx *ctx, struct wv__luks *luks, const char *target,
		     struct wv__luks_slot *ret_slot)
{
	for (int i = 0; i < WV__LUKS_SLOTS; i++) {
		const int r = wv__luks_slot(ctx, luks, i, ret_slot);

		if (r < 0)
			return r;
		if (ret_slot->two_factor)
			return 0;
	}
	return wv__fail(ctx, -EBADMSG, "no keyslot of %s takes two factors", target);
}

WV_API int wv_factor_derive(struct wv_ctx *ctx, const char *target, const char *key_file,
			    const struct wv_secret *passphrase, int fd)
{
	cleanup_luks struct wv__luks *luks = NULL;
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_secret struct wv_secret *secret = NULL;
	struct wv__luks_slot slot;
	int r;

	r = wv__factor_read(ctx, key_file, &key);
	if (r < 0)
		return r;
	r = wv__luks_open(ctx, target, &luks);
	if (r < 0)
		return r;
	r = find_salt(ctx, luks, target, &slot);
	if (r < 0)
		return r;
	r = wv__factor_derive(ctx, key, passphrase, slot.salt, wv__luks_info(luks)->uuid, &secret);
	if (r < 0)
		return r;
	r = wv__write_all(fd, secret->data, secret->len);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot write the derived passphrase") : 0;
}
