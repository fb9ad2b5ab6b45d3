/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume.h - a work volume with the cheapest key derivation, for tests
 */
#ifndef TEST_VOLUME_H
#define TEST_VOLUME_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/crypto.h"
#include "../../lib/volume/luks.h"
#include "support.h"

#define TEST_UUID "01234567-89ab-4def-8123-456789abcdef"
#define TEST_PASSPHRASE "a passphrase of the field"

/* Both factors, the salt, and the keyslot's passphrase made of them. */
struct factors {
	unsigned char raw[WV__KEY_SIZE];
	struct wv_secret *key;
	struct wv_secret *passphrase;
	struct wv_secret *derived;
	unsigned char salt[WV__SALT_SIZE];
	char key_id[WV__KEY_ID];
	char uuid[37]; /* one of its own: programs that run at once may not map the same */
};

static inline struct wv_secret *secret(const void *data, size_t len)
{
	struct wv_secret *made = NULL;

	ck_assert_int_eq(wv__secret_copy(ctx, data, len, &made), 0);
	return made;
}

/* Also for a child of the test: secrets are wiped in it. */
static inline void factors_build(struct factors *f)
{
	f->key = secret(f->raw, sizeof(f->raw));
	f->passphrase = secret(TEST_PASSPHRASE, strlen(TEST_PASSPHRASE));
	f->derived = NULL;
	ck_assert_int_eq(wv__factor_key_id(ctx, f->key, f->key_id), 0);
	ck_assert_int_eq(wv__factor_derive(ctx, f->key, f->passphrase, f->salt, f->uuid, &f->derived), 0);
}

static inline struct factors factors_with_uuid(const char *uuid)
{
	struct factors f = { 0 };

	snprintf(f.uuid, sizeof(f.uuid), "%s", uuid);
	ck_assert_int_eq(wv__random(f.raw, sizeof(f.raw)), 0);
	ck_assert_int_eq(wv__random(f.salt, sizeof(f.salt)), 0);
	factors_build(&f);
	return f;
}

static inline struct factors factors_new(void)
{
	char uuid[37];

	ck_assert_int_eq(wv__uuid(uuid), 0);
	return factors_with_uuid(uuid);
}

static inline void factors_free(struct factors *f)
{
	wv_secret_free(f->key);
	wv_secret_free(f->passphrase);
	wv_secret_free(f->derived);
}

static inline struct wv__luks_params cheap_params(const struct factors *f)
{
	return (struct wv__luks_params){
		.uuid = f->uuid,
		.label = "take-out 7",
		.salt = f->salt,
		.key_id = f->key_id,
		.pbkdf_memory_kib = 32,
		.pbkdf_iterations = 4,
		.pbkdf_threads = 1,
	};
}

static inline void format_volume(const char *path, const struct factors *f)
{
	const struct wv__luks_params params = cheap_params(f);

	ck_assert_msg(wv__luks_format(ctx, path, &params, f->derived) == 0, "%s", wv_ctx_error(ctx));
}

static inline struct wv__luks *open_volume(const char *path)
{
	struct wv__luks *luks = NULL;

	ck_assert_msg(wv__luks_open(ctx, path, &luks) == 0, "%s", wv_ctx_error(ctx));
	return luks;
}

/* Run a shell command with path as $1 and the files as $2, $3; its exit status. */
static inline int sh(const char *script, const char *path, const char *file)
{
	cleanup_free char *command = NULL;

	ck_assert_int_gt(asprintf(&command, "set -- '%s' '%s'; { %s; } >/dev/null 2>&1 </dev/null", path,
				  file ? file : "", script),
			 0);
	return system(command);
}

/* What a command prints, one trailing newline stripped; free() it. */
static inline char *sh_output(const char *script, const char *path)
{
	char line[4096];
	cleanup_free char *command = NULL;
	FILE *out;
	size_t len;

	ck_assert_int_gt(asprintf(&command, "set -- '%s'; %s", path, script), 0);
	out = popen(command, "r");
	ck_assert_ptr_nonnull(out);
	len = fread(line, 1, sizeof(line) - 1, out);
	ck_assert_int_eq(pclose(out), 0);
	if (len && line[len - 1] == '\n')
		len--;
	line[len] = '\0';
	return strdup(line);
}

/* The derived passphrase in a file of the test's directory; free() the path. */
static inline char *secret_file(const char *name, const struct wv_secret *content)
{
	char *path = test_path(name);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content->data, content->len), (ssize_t)content->len);
	close(fd);
	return path;
}

#endif
