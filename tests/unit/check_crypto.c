/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_crypto.c - tests of lib/base/crypto.c
 */
#include "../../lib/base/crypto.h"
#include "support.h"

static void unhex(const char *hex, unsigned char *ret)
{
	ck_assert_int_eq(wv__unhex(hex, ret, strlen(hex) / 2), 0);
}

START_TEST(sha256_gives_the_answers_of_fips_180)
{
	struct wv__sha256 *hash = NULL;
	unsigned char digest[WV_SHA256_SIZE];
	char hex[WV_SHA256_HEX];

	ck_assert_int_eq(wv__sha256_hex("abc", 3, hex), 0);
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_int_eq(wv__sha256_hex("", 0, hex), 0);
	ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_int_eq(wv__sha256_new(&hash), 0);
	for (int again = 0; again < 2; again++) { /* final begins anew */
		ck_assert_int_eq(wv__sha256_update(hash, "a", 1), 0);
		ck_assert_int_eq(wv__sha256_update(hash, "bc", 2), 0);
		ck_assert_int_eq(wv__sha256_final(hash, digest), 0);
		wv__hex(digest, sizeof(digest), hex);
		ck_assert_int_eq(strncmp(hex, "ba7816bf8f01cfea", 16), 0);
	}
	wv__sha256_free(hash);
}
END_TEST

START_TEST(hkdf_gives_the_answers_of_rfc_5869)
{
	unsigned char ikm[22], salt[13], info[10], key[42];
	char hex[85];

	unhex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", ikm);
	unhex("000102030405060708090a0b0c", salt);
	unhex("f0f1f2f3f4f5f6f7f8f9", info);
	ck_assert_int_eq(wv__hkdf_sha256(ikm, 22, salt, 13, info, 10, key, 42), 0);
	wv__hex(key, 42, hex);
	ck_assert_str_eq(hex, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
			      "34007208d5b887185865");
	ck_assert_int_eq(wv__hkdf_sha256(ikm, 22, NULL, 0, NULL, 0, key, 42), 0);
	wv__hex(key, 42, hex);
	ck_assert_str_eq(hex, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
			      "9d201395faa4b61a96c8");
}
END_TEST

START_TEST(ctr_is_aes_256_with_the_block_number_as_the_counter)
{
	/* The answers of openssl enc -aes-256-ctr for zeros, -iv the block number. */
	unsigned char key[32], data[32];
	struct wv__ctr *ctr = NULL;
	char hex[65];

	for (int i = 0; i < 32; i++)
		key[i] = i;
	ck_assert_int_eq(wv__ctr_new(key, &ctr), 0);
	ck_assert_int_eq(wv__ctr_fill(ctr, 0, data, sizeof(data)), 0);
	wv__hex(data, sizeof(data), hex);
	ck_assert_str_eq(hex, "f29000b62a499fd0a9f39a6add2e7780f05d76ae4ab99fe5a6f69b3148c2363d");
	ck_assert_int_eq(wv__ctr_fill(ctr, 16 * UINT64_C(0x0123456789abcdef), data, 16), 0);
	wv__hex(data, 16, hex);
	ck_assert_str_eq(hex, "2564ca0288004790aa1ac634717980f1");
	wv__ctr_free(ctr);
}
END_TEST

START_TEST(ctr_gives_the_same_bytes_from_any_offset_in_any_pieces)
{
	const size_t size = 100000;
	unsigned char *whole = malloc(size), *part = malloc(size), key[32] = { 7 };
	struct wv__ctr *ctr = NULL;

	srand(1);
	ck_assert_int_eq(wv__ctr_new(key, &ctr), 0);
	for (uint64_t base = 0; base < UINT64_C(1) << 50; base = base * 16 + 13) {
		ck_assert_int_eq(wv__ctr_fill(ctr, base, whole, size), 0);
		for (int i = 0; i < 50; i++) {
			const size_t at = rand() % size, len = rand() % (size - at + 1);

			ck_assert_int_eq(wv__ctr_fill(ctr, base + at, part, len), 0);
			ck_assert_int_eq(memcmp(whole + at, part, len), 0);
		}
	}
	wv__ctr_free(ctr);
	free(whole);
	free(part);
}
END_TEST

START_TEST(xts_gives_the_answer_of_ieee_1619)
{
	/* Vector 10: AES-256, data unit ff, 512 bytes 00 01 .. ff 00 01 .. ff */
	unsigned char key[64], plain[512], data[512];
	struct wv__xts *xts = NULL;
	char hex[65];

	unhex("2718281828459045235360287471352662497757247093699959574966967627"
	      "3141592653589793238462643383279502884197169399375105820974944592", key);
	for (int i = 0; i < 512; i++)
		plain[i] = i;
	ck_assert_int_eq(wv__xts_new(key, &xts), 0);
	ck_assert_int_eq(wv__xts_encrypt(xts, 0xff, 512, plain, data, 512), 0);
	wv__hex(data, 32, hex);
	ck_assert_str_eq(hex, "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b");
	ck_assert_int_eq(wv__xts_decrypt(xts, 0xff, 512, data, data, 512), 0);
	ck_assert_int_eq(memcmp(data, plain, 512), 0);
	wv__xts_free(xts);
}
END_TEST

START_TEST(xts_steps_its_tweak_by_512_bytes_whatever_the_sector)
{
	unsigned char key[64], plain[8192] = { 1 }, whole[8192], part[4096];
	struct wv__xts *xts = NULL;

	for (int i = 0; i < 64; i++)
		key[i] = i;
	ck_assert_int_eq(wv__xts_new(key, &xts), 0);
	ck_assert_int_eq(wv__xts_encrypt(xts, 100, 4096, plain, whole, 8192), 0);
	ck_assert_int_eq(wv__xts_encrypt(xts, 108, 4096, plain + 4096, part, 4096), 0);
	ck_assert_int_eq(memcmp(whole + 4096, part, 4096), 0);
	ck_assert_int_eq(wv__xts_encrypt(xts, 0, 4096, plain, whole, 100), -EINVAL);
	ck_assert_int_eq(wv__xts_encrypt(xts, 0, 0, plain, whole, 512), -EINVAL);
	ck_assert_int_eq(wv__xts_decrypt(xts, 0, 1000, plain, whole, 1000), -EINVAL);
	wv__xts_free(xts);
}
END_TEST

START_TEST(hex_goes_both_ways_and_takes_nothing_else)
{
	unsigned char data[3] = { 9, 9, 9 };
	char hex[7];

	ck_assert_int_eq(wv__unhex("00aBff", data, 3), 0);
	wv__hex(data, 3, hex);
	ck_assert_str_eq(hex, "00abff");
	ck_assert_int_eq(wv__unhex("00abf", data, 3), -EINVAL);
	ck_assert_int_eq(wv__unhex("00abff0", data, 3), -EINVAL);
	ck_assert_int_eq(wv__unhex("00abfg", data, 3), -EINVAL);
	ck_assert_int_eq(wv__unhex(" 0abff", data, 3), -EINVAL);
	ck_assert(wv__is_hex64("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	ck_assert(!wv__is_hex64("E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	ck_assert(!wv__is_hex64("e3b0"));
}
END_TEST

START_TEST(base64_goes_both_ways_for_every_length)
{
	unsigned char data[70], back[70];
	size_t len;

	ck_assert_int_eq(wv__random(data, sizeof(data)), 0);
	for (size_t n = 0; n <= sizeof(data); n++) {
		char *text = wv__base64(data, n);

		ck_assert_ptr_nonnull(text);
		ck_assert_int_eq(wv__unbase64(text, strlen(text), back, sizeof(back), &len), 0);
		ck_assert_uint_eq(len, n);
		ck_assert_int_eq(memcmp(data, back, n), 0);
		if (n)
			ck_assert_int_eq(wv__unbase64(text, strlen(text), back, n - 1, &len), -EFBIG);
		free(text);
	}
}
END_TEST

START_TEST(base64_that_another_text_could_stand_for_is_refused)
{
	static const char *const bad[] = { "QQ=",  "QQ",   "QR==", "QUF=",     "Q===", "====",
					   "QQ==QQ==", "QQ =", "QUJ\n", "QQ==\n", "QU-_", "=QQ=" };
	unsigned char data[16];
	size_t len = 77;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(wv__unbase64(bad[i], strlen(bad[i]), data, 16, &len) == -EINVAL, "%s",
			      bad[i]);
	ck_assert_uint_eq(len, 77);
}
END_TEST

START_TEST(a_uuid_is_random_and_of_version_4)
{
	char a[37], b[37];

	ck_assert_int_eq(wv__uuid(a), 0);
	ck_assert_int_eq(wv__uuid(b), 0);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strlen(a), 36);
	ck_assert(a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
	ck_assert_int_eq(a[14], '4');
	ck_assert_ptr_nonnull(strchr("89ab", a[19]));
}
END_TEST

START_TEST(making_things_survives_every_failure)
{
	static const unsigned char key[64] = { 1 };
	struct wv__sha256 *hash = NULL;
	struct wv__ctr *ctr = NULL;
	struct wv__xts *xts = NULL;
	char uuid[37] = "";

	fault_after(0);
	ck_assert_int_eq(wv__sha256_new(&hash), -ENOMEM);
	ck_assert(fault_fired());
	fault_after(0);
	ck_assert_int_eq(wv__ctr_new(key, &ctr), -ENOMEM);
	ck_assert(fault_fired());
	fault_after(0);
	ck_assert_int_eq(wv__xts_new(key, &xts), -ENOMEM);
	ck_assert(fault_fired());
	fault_after(0);
	ck_assert_ptr_null(wv__base64("a", 1));
	ck_assert(fault_fired());
	fault_after(0);
	ck_assert_int_eq(wv__uuid(uuid), -EIO);
	ck_assert(fault_fired());
	ck_assert(!hash && !ctr && !xts && !uuid[0]);
	ck_assert_int_eq(wv__xts_new((unsigned char[64]){ 0 }, &xts), -ENOMEM); /* equal halves */
	ck_assert_ptr_null(xts);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crypto");
	TCase *tc = tcase_create("crypto");

	tcase_add_test(tc, sha256_gives_the_answers_of_fips_180);
	tcase_add_test(tc, hkdf_gives_the_answers_of_rfc_5869);
	tcase_add_test(tc, ctr_is_aes_256_with_the_block_number_as_the_counter);
	tcase_add_test(tc, ctr_gives_the_same_bytes_from_any_offset_in_any_pieces);
	tcase_add_test(tc, xts_gives_the_answer_of_ieee_1619);
	tcase_add_test(tc, xts_steps_its_tweak_by_512_bytes_whatever_the_sector);
	tcase_add_test(tc, hex_goes_both_ways_and_takes_nothing_else);
	tcase_add_test(tc, base64_goes_both_ways_for_every_length);
	tcase_add_test(tc, base64_that_another_text_could_stand_for_is_refused);
	tcase_add_test(tc, a_uuid_is_random_and_of_version_4);
	tcase_add_test(tc, making_things_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
