/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_keys.c - SSH keys: made, their public half, their fingerprint
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/base/crypto.h"
#include "../../lib/trust/keys.h"
#include "support.h"

/* A key of RFC 8709's type with 32 zero bytes: well-formed, nobody's. */
#define ZERO_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static char *new_key(const char *name)
{
	char *path = test_path(name);

	ck_assert_int_eq(wv__key_generate(ctx, path, "a test"), 0);
	return path;
}

START_TEST(a_new_key_is_private_and_has_a_public_half)
{
	cleanup_free char *path = new_key("fresh"), *key = NULL;
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(wv__key_public(ctx, path, &key), 0);
	ck_assert_int_eq(strncmp(key, "ssh-ed25519 AAAA", 16), 0);
	ck_assert_ptr_eq(strrchr(key, ' '), key + strlen("ssh-ed25519"));
}
END_TEST

START_TEST(a_key_is_never_overwritten)
{
	cleanup_free char *path = new_key("twice"), *pub = wv__printf("%s.pub", path);

	ck_assert_int_eq(wv__key_generate(ctx, path, "again"), -EEXIST);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(wv__key_generate(ctx, path, "again"), -EEXIST);
	ck_error_has(pub);
}
END_TEST

START_TEST(the_public_half_comes_from_either_file)
{
	cleanup_free char *path = new_key("halves"), *pub = wv__printf("%s.pub", path);
	cleanup_free char *a = NULL, *b = NULL, *c = NULL, *none = NULL;

	ck_assert_int_eq(wv__key_public(ctx, path, &a), 0);
	ck_assert_int_eq(wv__key_public(ctx, pub, &b), 0);
	ck_assert_int_eq(unlink(pub), 0);
	ck_assert_int_eq(wv__key_public(ctx, path, &c), 0);
	ck_assert_str_eq(a, b);
	ck_assert_str_eq(a, c);
	ck_assert_int_eq(wv__key_public(ctx, pub, &none), -ENOENT);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_lt(wv__key_public(ctx, path, &none), 0);
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(a_fingerprint_is_the_one_that_ssh_keygen_prints)
{
	cleanup_free char *path = new_key("finger"), *key = NULL, *fingerprint = NULL;
	cleanup_free char *command = wv__printf("ssh-keygen -lf %s", path);
	char line[256], *said = line;
	FILE *pipe;

	ck_assert_int_eq(wv__key_public(ctx, path, &key), 0);
	ck_assert_int_eq(wv__key_fingerprint(ctx, key, &fingerprint), 0);
	pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), pipe));
	pclose(pipe);
	strsep(&said, " ");
	ck_assert_str_eq(strsep(&said, " "), fingerprint);
}
END_TEST

START_TEST(comments_and_one_newline_do_not_make_another_key)
{
	static const char *const same[] = { ZERO_KEY, ZERO_KEY "\n", ZERO_KEY " a comment",
					    ZERO_KEY "\tx y\n" };

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		cleanup_free char *key = NULL;

		ck_assert_int_eq(wv__key_parse(ctx, same[i], "k", &key), 0);
		ck_assert_str_eq(key, ZERO_KEY);
	}
}
END_TEST

START_TEST(what_is_no_public_key_is_refused)
{
	static const char *const bad[] = {
		"",
		"\n",
		"ssh-ed25519",
		"ssh-ed25519 ",
		"ssh-ed25519 AAAA",
		"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", /* a type and no key */
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t",
		"restrict " ZERO_KEY,
		" " ZERO_KEY,
		ZERO_KEY "\n" ZERO_KEY,
		"-----BEGIN OPENSSH PRIVATE KEY-----\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *key = NULL;

		ck_assert_msg(wv__key_parse(ctx, bad[i], "k", &key) == -EBADMSG, "taken: %s",
			      bad[i]);
		ck_assert_ptr_null(key);
	}
}
END_TEST

START_TEST(reading_a_public_key_survives_every_failure)
{
	cleanup_free char *pub = make_file("faults.pub", ZERO_KEY "\n");
	const int fds = open_fds();
	char *key = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__key_public(ctx, pub, &key);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(key);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	free(key);
}
END_TEST

static Suite *keys_suite(void)
{
	Suite *suite = suite_create("keys");
	TCase *keys = tcase_create("keys");

	tcase_add_test(keys, a_new_key_is_private_and_has_a_public_half);
	tcase_add_test(keys, a_key_is_never_overwritten);
	tcase_add_test(keys, the_public_half_comes_from_either_file);
	tcase_add_test(keys, a_fingerprint_is_the_one_that_ssh_keygen_prints);
	tcase_add_test(keys, comments_and_one_newline_do_not_make_another_key);
	tcase_add_test(keys, what_is_no_public_key_is_refused);
	tcase_add_test(keys, reading_a_public_key_survives_every_failure);
	suite_add_tcase(suite, keys);
	return suite;
}

int main(void)
{
	return run_suite(keys_suite());
}
