/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sshsig.c - what an armoured SSHSIG says about itself
 */
#include "sshsig.h"

#include <string.h>

#include "../base/buf.h"
#include "../base/crypto.h"
#include "keys.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"
#define BLOB_MAX 16384 /* an RSA key of 16384 bits and its signature take 4 KiB */

struct reader {
	const unsigned char *at;
	size_t left;
};

static bool take_u32(struct reader *in, uint32_t *ret)
{
	if (in->left < 4)
		return false;
	*ret = (uint32_t)in->at[0] << 24 | in->at[1] << 16 | in->at[2] << 8 | in->at[3];
	in->at += 4;
	in->left -= 4;
	return true;
}

static bool take_string(struct reader *in, const unsigned char **ret, size_t *ret_len)
{
	uint32_t len;

	if (!take_u32(in, &len) || len > in->left)
		return false;
	*ret = in->at;
	*ret_len = len;
	in->at += len;
	in->left -= len;
	return true;
}

/* The base64 between the two lines, without its line ends. */
static int dearmour(const char *sig, size_t len, struct wv_buf *ret)
{
	const size_t begin = strlen(BEGIN), end = strlen(END);
	const char *stop;

	if (len < begin + end || memcmp(sig, BEGIN, begin) || memcmp(sig + len - end, END, end))
		return -EBADMSG;
	stop = sig + len - end;
	for (sig += begin; sig < stop; sig++)
		if (*sig != '\n' && wv__buf_append(ret, sig, 1) < 0)
			return -ENOMEM;
	return 0;
}

/* magic, version, public key, namespace, reserved, hash algorithm, signature */
static bool read_claims(struct reader *in, struct reader *ret_key, struct reader *ret_namespace)
{
	const unsigned char *skipped;
	uint32_t version;
	size_t len;

	if (in->left < 6 || memcmp(in->at, "SSHSIG", 6))
		return false;
	in->at += 6;
	in->left -= 6;
	return take_u32(in, &version) && version == 1 &&
	       take_string(in, &ret_key->at, &ret_key->left) &&
	       take_string(in, &ret_namespace->at, &ret_namespace->left) &&
	       take_string(in, &skipped, &len) && take_string(in, &skipped, &len) &&
	       take_string(in, &skipped, &len) && !in->left &&
	       !memchr(ret_namespace->at, 0, ret_namespace->left);
}

int wv__sshsig_parse(struct wv_ctx *ctx, const char *sig, size_t len, char **ret_key,
		     char **ret_namespace)
{
	cleanup_buf struct wv_buf base64 = WV_BUF_INIT;
	cleanup_free char *key = NULL;
	unsigned char blob[BLOB_MAX];
	struct reader in = { .at = blob }, claimed_key, claimed_namespace;
	char *namespace;
	int r;

	r = dearmour(sig, len, &base64);
	if (r == -ENOMEM)
		return wv__fail_memory(ctx);
	if (r < 0 ||
	    wv__unbase64(wv__buf_str(&base64), base64.len, blob, sizeof(blob), &in.left) < 0)
		return wv__fail(ctx, -EBADMSG, "not an armoured SSH signature");
	if (!read_claims(&in, &claimed_key, &claimed_namespace))
		return wv__fail(ctx, -EBADMSG, "not an SSH signature of version 1");
	r = wv__key_from_blob(ctx, claimed_key.at, claimed_key.left, "signature", &key);
	if (r < 0)
		return r;
	namespace = strndup((const char *)claimed_namespace.at, claimed_namespace.left);
	if (!namespace)
		return wv__fail_memory(ctx);

	*ret_key = take_ptr(key);
	*ret_namespace = namespace;
	return 0;
}
