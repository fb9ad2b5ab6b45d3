/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys.c - SSH keys: made, their public half, their fingerprint
 */
#include "keys.h"

#include <fcntl.h>
#include <string.h>

#include "../base/crypto.h"
#include "../base/exec.h"
#include "../base/fs.h"

#define KEY_BLOB_MAX 4096 /* RSA of 16384 bits, the most that OpenSSH takes, needs 2 KiB */
#define KEY_FILE_MAX 16384
#define SPACE " \t"

/* No certificates: their authority would decide who is a person of the roster. */
static const char *const key_types[] = {
	"ssh-ed25519",
	"sk-ssh-ed25519@openssh.com",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ecdsa-sha2-nistp256@openssh.com",
	"ssh-rsa",
};

static bool is_key_type(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_types); i++)
		if (strlen(key_types[i]) == len && !memcmp(key_types[i], text, len))
			return true;
	return false;
}

/* The type that a blob begins with: a string with a 32-bit big-endian length. */
static bool blob_type(const unsigned char *blob, size_t len, const char **ret_type, size_t *ret_len)
{
	size_t n;

	if (len < 4)
		return false;
	n = (size_t)blob[0] << 24 | blob[1] << 16 | blob[2] << 8 | blob[3];
	if (n >= len - 4)
		return false;
	*ret_type = (const char *)blob + 4;
	*ret_len = n;
	return is_key_type(*ret_type, n);
}

int wv__key_from_blob(struct wv_ctx *ctx, const void *blob, size_t len, const char *name,
		      char **ret_key)
{
	cleanup_free char *base64 = NULL;
	const char *type;
	size_t type_len;
	char *key;

	if (!blob_type(blob, len, &type, &type_len))
		return wv__fail(ctx, -EBADMSG, "%s: not a public key of a known type", name);
	base64 = wv__base64(blob, len);
	if (!base64)
		return wv__fail_memory(ctx);
	key = wv__printf("%.*s %s", (int)type_len, type, base64);
	if (!key)
		return wv__fail_memory(ctx);

	*ret_key = key;
	return 0;
}

/* TYPE BASE64 [COMMENT]: the key's bytes, which must be of the type that the line says. */
static int read_line(struct wv_ctx *ctx, const char *text, const char *name,
		     unsigned char ret_blob[KEY_BLOB_MAX], size_t *ret_len)
{
	const size_t line_len = strcspn(text, "\n");
	const size_t type_len = strcspn(text, SPACE "\n");
	const char *base64 = text + type_len + strspn(text + type_len, SPACE);
	const char *type;
	size_t n;

	if (text[line_len] && text[line_len + 1])
		return wv__fail(ctx, -EBADMSG, "%s: more than one line", name);
	if (!is_key_type(text, type_len))
		return wv__fail(ctx, -EBADMSG, "%s: does not begin with the type of a public key",
				name);
	if (wv__unbase64(base64, strcspn(base64, SPACE "\n"), ret_blob, KEY_BLOB_MAX, ret_len) < 0)
		return wv__fail(ctx, -EBADMSG, "%s: the key is not base64", name);
	if (!blob_type(ret_blob, *ret_len, &type, &n) || n != type_len || memcmp(type, text, n))
		return wv__fail(ctx, -EBADMSG, "%s: the key is not of the type it says", name);
	return 0;
}

int wv__key_parse(struct wv_ctx *ctx, const char *text, const char *name, char **ret_key)
{
	unsigned char blob[KEY_BLOB_MAX];
	size_t len;
	int r;

	r = read_line(ctx, text, name, blob, &len);
	if (r < 0)
		return r;
	return wv__key_from_blob(ctx, blob, len, name, ret_key);
}

int wv__key_fingerprint(struct wv_ctx *ctx, const char *text, char **ret_fingerprint)
{
	unsigned char blob[KEY_BLOB_MAX], digest[WV_SHA256_SIZE];
	cleanup_free char *base64 = NULL;
	char *fingerprint;
	size_t len;
	int r;

	r = read_line(ctx, text, "public key", blob, &len);
	if (r < 0)
		return r;
	if (wv__sha256(blob, len, digest) < 0)
		return wv__fail_memory(ctx);
	base64 = wv__base64(digest, sizeof(digest));
	if (!base64)
		return wv__fail_memory(ctx);
	/* ssh-keygen -l leaves the padding out */
	fingerprint = wv__printf("SHA256:%.*s", (int)strcspn(base64, "="), base64);
	if (!fingerprint)
		return wv__fail_memory(ctx);

	*ret_fingerprint = fingerprint;
	return 0;
}

static int refuse_existing(struct wv_ctx *ctx, const char *path)
{
	if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return wv__fail(ctx, -EEXIST, "%s exists already", path);
	if (errno != ENOENT)
		return wv__fail_sys(ctx, -errno, "cannot look for %s", path);
	return 0;
}

int wv__key_generate(struct wv_ctx *ctx, const char *path, const char *comment)
{
	const char *const argv[] = { "ssh-keygen", "-q",    "-t", "ed25519", "-N", "",
				     "-C",	   comment, "-f", path,	     NULL };
	cleanup_free char *pub = wv__printf("%s.pub", path);
	int r;

	if (!pub)
		return wv__fail_memory(ctx);
	/* ssh-keygen would ask whether to overwrite, and takes no answer but a terminal's */
	r = refuse_existing(ctx, path);
	if (r < 0)
		return r;
	r = refuse_existing(ctx, pub);
	if (r < 0)
		return r;
	/* "." keeps a relative path what the caller meant */
	return wv__exec_ok(ctx, &(struct wv__exec){ .argv = argv, .dir = ".", .seconds = 60 });
}

static bool ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}

/* A private key without a passphrase gives its public half; -P "" keeps it from asking. */
static int public_of_private(struct wv_ctx *ctx, const char *path, struct wv_buf *ret)
{
	const char *const argv[] = { "ssh-keygen", "-y", "-P", "", "-f", path, NULL };

	return wv__exec_ok(
		ctx, &(struct wv__exec){ .argv = argv, .dir = ".", .out = ret, .seconds = 60 });
}

int wv__key_public(struct wv_ctx *ctx, const char *path, char **ret_key)
{
	cleanup_free char *pub = wv__printf("%s%s", path, ends_with(path, ".pub") ? "" : ".pub");
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	if (!pub)
		return wv__fail_memory(ctx);
	r = wv__read_file(ctx, AT_FDCWD, pub, KEY_FILE_MAX, &text);
	if (r == -ENOENT && strcmp(pub, path) != 0)
		r = public_of_private(ctx, path, &text);
	if (r < 0)
		return r;
	return wv__key_parse(ctx, wv__buf_str(&text), pub, ret_key);
}
