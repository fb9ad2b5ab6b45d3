/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crypto.c - SHA-256, HKDF, AES-256-CTR at any offset, AES-256-XTS, random;
 * hex and base64. The only file that knows OpenSSL.
 */
#include <limits.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "aes_wide.h"
#include "crypto.h"

/* Input of the CTR stream: small enough to stay in the first-level cache, and
 * long enough that the cost of a call does not show. */
#define ZEROS (16 * 1024)

static const unsigned char zeros[ZEROS];

struct wv__sha256 {
	EVP_MD_CTX *md;
};

int wv__sha256_new(struct wv__sha256 **ret)
{
	struct wv__sha256 *hash = calloc(1, sizeof(*hash));

	if (!hash)
		return -ENOMEM;
	hash->md = EVP_MD_CTX_new();
	if (!hash->md || !EVP_DigestInit_ex(hash->md, EVP_sha256(), NULL)) {
		wv__sha256_free(hash);
		return -ENOMEM;
	}
	*ret = hash;
	return 0;
}

void wv__sha256_free(struct wv__sha256 *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->md);
	free(hash);
}

void wv__sha256_freep(struct wv__sha256 **hash)
{
	wv__sha256_free(*hash);
}

int wv__sha256_update(struct wv__sha256 *hash, const void *data, size_t len)
{
	return EVP_DigestUpdate(hash->md, data, len) ? 0 : -EIO;
}

int wv__sha256_final(struct wv__sha256 *hash, unsigned char ret[WV_SHA256_SIZE])
{
	if (!EVP_DigestFinal_ex(hash->md, ret, NULL) ||
	    !EVP_DigestInit_ex(hash->md, NULL, NULL))
		return -EIO;
	return 0;
}

int wv__sha256(const void *data, size_t len, unsigned char ret[WV_SHA256_SIZE])
{
	return EVP_Digest(data, len, ret, NULL, EVP_sha256(), NULL) ? 0 : -EIO;
}

int wv__sha256_hex(const void *data, size_t len, char ret[WV_SHA256_HEX])
{
	unsigned char digest[WV_SHA256_SIZE];
	const int r = wv__sha256(data, len, digest);

	if (r < 0)
		return r;
	wv__hex(digest, sizeof(digest), ret);
	return 0;
}

static void kdf_ctx_freep(EVP_KDF_CTX **kdf)
{
	EVP_KDF_CTX_free(*kdf);
}

int wv__hkdf_sha256(const void *ikm, size_t ikm_len, const void *salt, size_t salt_len,
		    const void *info, size_t info_len, void *ret_key, size_t key_len)
{
	/* OpenSSL's parameters are not const, but read only; it takes no NULL for nothing. */
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)ikm, ikm_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(salt ? salt : ""), salt_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(info ? info : ""), info_len),
		OSSL_PARAM_construct_end(),
	};
	cleanup(kdf_ctx_freep) EVP_KDF_CTX *kdf = NULL;
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);

	kdf = EVP_KDF_CTX_new(hkdf);
	EVP_KDF_free(hkdf);
	if (!kdf)
		return -ENOMEM;
	return EVP_KDF_derive(kdf, ret_key, key_len, params) > 0 ? 0 : -EIO;
}

int wv__random(void *data, size_t len)
{
	unsigned char *at = data;

	while (len) {
		const ssize_t n = getrandom(at, len, 0);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			at += n;
			len -= n;
		}
	}
	return 0;
}

struct wv__ctr {
	EVP_CIPHER_CTX *cipher;
	struct wv__aes_wide wide;
};

int wv__ctr_new(const unsigned char key[32], struct wv__ctr **ret)
{
	const unsigned int wide = wv__aes_wide_blocks();
	struct wv__ctr *ctr = calloc(1, sizeof(*ctr));

	if (!ctr)
		return -ENOMEM;
	ctr->cipher = EVP_CIPHER_CTX_new();
	if (!ctr->cipher ||
	    !EVP_EncryptInit_ex(ctr->cipher, EVP_aes_256_ctr(), NULL, key, zeros)) {
		wv__ctr_free(ctr);
		return -ENOMEM;
	}
	if (wide)
		wv__aes_wide_key(key, wide, &ctr->wide);
	*ret = ctr;
	return 0;
}

void wv__ctr_free(struct wv__ctr *ctr)
{
	if (!ctr)
		return;
	EVP_CIPHER_CTX_free(ctr->cipher);
	explicit_bzero(ctr, sizeof(*ctr));
	free(ctr);
}

void wv__ctr_freep(struct wv__ctr **ctr)
{
	wv__ctr_free(*ctr);
}

static void put_be64(unsigned char *to, uint64_t n)
{
	n = __builtin_bswap64(n);
	memcpy(to, &n, sizeof(n));
}

static void put_le64(unsigned char *to, uint64_t n)
{
	memcpy(to, &n, sizeof(n));
}
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the two functions above");

int wv__ctr_fill(struct wv__ctr *ctr, uint64_t offset, void *data, size_t len)
{
	unsigned char counter[WV__AES_BLOCK] = { 0 }, skipped[WV__AES_BLOCK];
	unsigned char *at = data;
	int n;

	if (ctr->wide.blocks && offset % WV__AES_BLOCK == 0) {
		const size_t wide = wv__aes_wide_ctr(&ctr->wide, offset / WV__AES_BLOCK, data, len);

		if (wide == len)
			return 0;
		at += wide;
		offset += wide;
		len -= wide;
	}
	put_be64(counter + 8, offset / WV__AES_BLOCK);
	if (!EVP_EncryptInit_ex(ctr->cipher, NULL, NULL, NULL, counter) ||
	    !EVP_EncryptUpdate(ctr->cipher, skipped, &n, zeros, offset % WV__AES_BLOCK))
		return -EIO;
	while (len) {
		if (!EVP_EncryptUpdate(ctr->cipher, at, &n, zeros, MIN(len, (size_t)ZEROS)))
			return -EIO;
		at += n;
		len -= n;
	}
	return 0;
}

struct wv__xts {
	EVP_CIPHER_CTX *encrypt, *decrypt;
};

int wv__xts_new(const unsigned char key[64], struct wv__xts **ret)
{
	struct wv__xts *xts = calloc(1, sizeof(*xts));

	if (!xts)
		return -ENOMEM;
	xts->encrypt = EVP_CIPHER_CTX_new();
	xts->decrypt = EVP_CIPHER_CTX_new();
	if (!xts->encrypt || !xts->decrypt ||
	    !EVP_EncryptInit_ex(xts->encrypt, EVP_aes_256_xts(), NULL, key, zeros) ||
	    !EVP_DecryptInit_ex(xts->decrypt, EVP_aes_256_xts(), NULL, key, zeros)) {
		wv__xts_free(xts);
		return -ENOMEM;
	}
	*ret = xts;
	return 0;
}

void wv__xts_free(struct wv__xts *xts)
{
	if (!xts)
		return;
	EVP_CIPHER_CTX_free(xts->encrypt);
	EVP_CIPHER_CTX_free(xts->decrypt);
	free(xts);
}

static int xts_sectors(EVP_CIPHER_CTX *cipher, uint64_t iv, size_t sector_size,
		       const unsigned char *in, unsigned char *out, size_t len)
{
	int n;

	if (!sector_size || sector_size % 512 || sector_size > 4096 || len % sector_size)
		return -EINVAL;
	for (size_t at = 0; at < len; at += sector_size, iv += sector_size / 512) {
		unsigned char tweak[WV__AES_BLOCK] = { 0 };

		put_le64(tweak, iv);
		if (!EVP_CipherInit_ex(cipher, NULL, NULL, NULL, tweak, -1) ||
		    !EVP_CipherUpdate(cipher, out + at, &n, in + at, sector_size))
			return -EIO;
	}
	return 0;
}

int wv__xts_encrypt(struct wv__xts *xts, uint64_t first_iv, size_t sector_size, const void *in,
		    void *out, size_t len)
{
	return xts_sectors(xts->encrypt, first_iv, sector_size, in, out, len);
}

int wv__xts_decrypt(struct wv__xts *xts, uint64_t first_iv, size_t sector_size, const void *in,
		    void *out, size_t len)
{
	return xts_sectors(xts->decrypt, first_iv, sector_size, in, out, len);
}

void wv__hex(const void *data, size_t len, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
	*ret = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int wv__unhex(const char *text, void *ret, size_t len)
{
	unsigned char *to = ret;

	if (strlen(text) != 2 * len)
		return -EINVAL;
	for (const char *c = text; *c; c++)
		if (hex_value(*c) < 0)
			return -EINVAL;
	for (size_t i = 0; i < len; i++)
		to[i] = hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]);
	return 0;
}

bool wv__is_hex64(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

char *wv__base64(const void *data, size_t len)
{
	char *text;

	if (len > INT_MAX / 2)
		return NULL;
	text = malloc((len + 2) / 3 * 4 + 1);
	if (text)
		EVP_EncodeBlock((unsigned char *)text, data, len);
	return text;
}

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Not EVP_DecodeBlock(): it forgives spaces and stray bits, so that two texts mean the same bytes. */
int wv__unbase64(const char *text, size_t text_len, void *ret, size_t max, size_t *ret_len)
{
	unsigned char *to = ret;
	size_t digits = text_len, len;
	uint32_t bits = 0;

	if (text_len % 4)
		return -EINVAL;
	for (int padding = 0; padding < 2 && digits && text[digits - 1] == '='; padding++)
		digits--;
	len = digits * 3 / 4;
	if (len > max)
		return -EFBIG;
	for (size_t i = 0; i < digits; i++) {
		const int value = base64_value(text[i]);

		if (value < 0)
			return -EINVAL;
		bits = bits << 6 | value;
		if (i % 4)
			*to++ = bits >> (6 - i % 4 * 2);
	}
	/* The bits behind the last whole byte must be zero. */
	if (digits % 4 && bits & ((1u << (digits * 6 % 8)) - 1))
		return -EINVAL;
	*ret_len = len;
	return 0;
}

int wv__uuid(char ret[37])
{
	unsigned char bytes[16];
	char hex[33];
	const int r = wv__random(bytes, sizeof(bytes));

	if (r < 0)
		return r;
	bytes[6] = (bytes[6] & 0x0f) | 0x40; /* version 4 */
	bytes[8] = (bytes[8] & 0x3f) | 0x80; /* the variant of RFC 9562 */
	wv__hex(bytes, sizeof(bytes), hex);
	for (int from = 0, to = 0; from < 32; from++) {
		if (from == 8 || from == 12 || from == 16 || from == 20)
			ret[to++] = '-';
		ret[to++] = hex[from];
		ret[to] = '\0';
	}
	return 0;
}
