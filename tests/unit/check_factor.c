/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_factor.c - the key file, and what is made of both factors
 */
#include <sys/stat.h>

#include "volume.h"

/*
 * K = 00..1f, salt = 64..83 (hex), computed with Python's hmac and hashlib:
 *	ikm = pack(">I", 32) + K + pack(">I", len(p)) + p
 *	prk = hmac(salt, ikm); okm = hmac(prk, b"workvol-2f-v1" + uuid + b"\x01")
 */
#define VECTOR_UUID "01234567-89ab-cdef-0123-456789abcdef"
#define VECTOR_PASSPHRASE "correct horse\xff battery"
#define VECTOR_DERIVED "KVQlaLvkEtEnUa/6z4rkvU+EBZ+D1dUNRT3kbInNiBY="
#define VECTOR_KEY_FILE "workvol key file 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
#define VECTOR_KEY_ID "27ea1c4151a37f780647555cd87ce05c" /* sha256("workvol-key-id" + K) */

static struct wv_secret *vector_key(void)
{
	unsigned char key[WV__KEY_SIZE];

	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = i;
	return secret(key, sizeof(key));
}

START_TEST(the_derivation_is_the_one_of_the_protocol)
{
	cleanup_secret struct wv_secret *key = vector_key();
	cleanup_secret struct wv_secret *passphrase =
		secret(VECTOR_PASSPHRASE, strlen(VECTOR_PASSPHRASE));
	cleanup_secret struct wv_secret *derived = NULL;
	unsigned char salt[WV__SALT_SIZE];

	for (unsigned int i = 0; i < sizeof(salt); i++)
		salt[i] = 100 + i;
	ck_assert_int_eq(wv__factor_derive(ctx, key, passphrase, salt, VECTOR_UUID, &derived), 0);
	ck_assert_str_eq((const char *)derived->data, VECTOR_DERIVED);
	ck_assert_uint_eq(derived->len, 44);
}
END_TEST

START_TEST(an_empty_passphrase_is_refused)
{
	cleanup_secret struct wv_secret *key = vector_key();
	cleanup_secret struct wv_secret *empty = secret("", 0);
	const unsigned char salt[WV__SALT_SIZE] = { 0 };
	struct wv_secret *derived = NULL;

	ck_assert_int_eq(wv__factor_derive(ctx, key, empty, salt, VECTOR_UUID, &derived), -EINVAL);
	ck_error_has("empty");
	ck_assert_ptr_null(derived);
}
END_TEST

START_TEST(a_key_file_is_read_and_printed_to_the_byte)
{
	cleanup_free char *path = make_file("vector.key", VECTOR_KEY_FILE);
	cleanup_secret struct wv_secret *wanted = vector_key();
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_secret struct wv_secret *text = NULL;
	char key_id[WV__KEY_ID];

	ck_assert_int_eq(wv__factor_read(ctx, path, &key), 0);
	ck_assert_uint_eq(key->len, WV__KEY_SIZE);
	ck_assert_mem_eq(key->data, wanted->data, WV__KEY_SIZE);
	ck_assert_int_eq(wv__factor_text(ctx, key, &text), 0);
	ck_assert_str_eq((const char *)text->data, VECTOR_KEY_FILE);
	ck_assert_int_eq(wv__factor_key_id(ctx, key, key_id), 0);
	ck_assert_str_eq(key_id, VECTOR_KEY_ID);
}
END_TEST

START_TEST(a_new_key_file_is_private_and_never_replaces_one)
{
	cleanup_free char *path = test_path("new.key");
	cleanup_free char *other = test_path("other.key");
	cleanup_secret struct wv_secret *key = NULL;
	cleanup_secret struct wv_secret *second = NULL;
	struct stat st;

	ck_assert_int_eq(wv_factor_new(ctx, path), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(wv_factor_new(ctx, path), -EEXIST);
	ck_assert_int_eq(wv_factor_new(ctx, other), 0);
	ck_assert_int_eq(wv__factor_read(ctx, path, &key), 0);
	ck_assert_int_eq(wv__factor_read(ctx, other, &second), 0);
	ck_assert_mem_ne(key->data, second->data, WV__KEY_SIZE);
}
END_TEST

START_TEST(what_is_not_a_key_file_to_the_byte_is_a_failed_proof)
{
	static const char *const wrong[] = {
		"",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"workvol key file 2\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"workvol key file 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"workvol key file 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
		"workvol key file 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
		"workvol key file 1\n*AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
		"workvol key file 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cleanup_free char *path = make_file("wrong.key", wrong[i]);
		struct wv_secret *key = NULL;

		ck_assert_msg(wv__factor_read(ctx, path, &key) == -EBADMSG, "case %zu", i);
		ck_assert_ptr_null(key);
	}
}
END_TEST

START_TEST(a_key_file_that_is_a_pipe_does_not_hold_it_up)
{
	cleanup_free char *path = test_path("pipe.key");
	struct wv_secret *key = NULL;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(wv__factor_read(ctx, path, &key), -EBADMSG);
	ck_assert_int_lt(wv__factor_read(ctx, "/nonexistent", &key), 0);
}
END_TEST

START_TEST(the_public_derivation_gives_what_opens_the_volume)
{
	struct factors f = factors_new();
	cleanup_free char *image = make_image("volume.img", 32 * MiB);
	cleanup_secret struct wv_secret *text = NULL;
	cleanup_free char *key_file = NULL, *out = test_path("derived");
	const int fd = open(out, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_eq(wv__factor_text(ctx, f.key, &text), 0);
	key_file = secret_file("volume.key", text);
	ck_assert_int_eq(wv_factor_derive(ctx, image, key_file, f.passphrase, fd), -ENODATA);
	format_volume(image, &f);
	ck_assert_int_eq(wv_factor_derive(ctx, image, key_file, f.passphrase, fd), 0);
	close(fd);
	ck_assert_int_eq(sh("cryptsetup open --test-passphrase --key-file \"$2\" \"$1\"", image, out), 0);
	factors_free(&f);
}
END_TEST

START_TEST(new_and_read_survive_every_failure)
{
	cleanup_free char *path = test_path("faulty.key");
	const int fds = open_fds();
	struct wv_secret *key = NULL;
	int r, n;

	for (n = 0;; n++) {
		unlink(path);
		fault_after(n);
		r = wv_factor_new(ctx, path);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__factor_read(ctx, path, &key);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(key);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv_secret_free(key);
}
END_TEST

START_TEST(the_derivation_survives_every_failure)
{
	cleanup_secret struct wv_secret *key = vector_key();
	cleanup_secret struct wv_secret *passphrase = secret("p", 1);
	const unsigned char salt[WV__SALT_SIZE] = { 0 };
	struct wv_secret *derived = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__factor_derive(ctx, key, passphrase, salt, VECTOR_UUID, &derived);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(derived);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv_secret_free(derived);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("factor");
	TCase *tc = tcase_create("factor");

	tcase_add_test(tc, the_derivation_is_the_one_of_the_protocol);
	tcase_add_test(tc, an_empty_passphrase_is_refused);
	tcase_add_test(tc, a_key_file_is_read_and_printed_to_the_byte);
	tcase_add_test(tc, a_new_key_file_is_private_and_never_replaces_one);
	tcase_add_test(tc, what_is_not_a_key_file_to_the_byte_is_a_failed_proof);
	tcase_add_test(tc, a_key_file_that_is_a_pipe_does_not_hold_it_up);
	tcase_add_test(tc, the_public_derivation_gives_what_opens_the_volume);
	tcase_add_test(tc, new_and_read_survive_every_failure);
	tcase_add_test(tc, the_derivation_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
