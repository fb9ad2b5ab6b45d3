/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_aes_wide.c - tests of lib/base/aes_wide.c
 */
#include "../../lib/base/aes_wide.h"
#include "../../lib/base/crypto.h"
#include "support.h"

/* Pieces of less than a step go by OpenSSL, whatever the processor has. */
START_TEST(a_long_piece_is_what_openssl_makes_of_its_blocks)
{
	unsigned char whole[8192 + 48], block[16], key[32];
	struct wv__ctr *ctr = NULL;

	srand(2);
	for (int i = 0; i < 100; i++) {
		const uint64_t base = ((uint64_t)rand() << 32 | (uint64_t)rand()) << i % 2 & ~UINT64_C(15);
		const size_t size = sizeof(whole) - rand() % 1024;

		for (size_t k = 0; k < sizeof(key); k++)
			key[k] = rand();
		ck_assert_int_eq(wv__ctr_new(key, &ctr), 0);
		memset(whole, 0xa5, sizeof(whole));
		ck_assert_int_eq(wv__ctr_fill(ctr, base, whole, size), 0);
		for (size_t at = 0; at < size; at += sizeof(block)) {
			const size_t len = size - at < sizeof(block) ? size - at : sizeof(block);

			ck_assert_int_eq(wv__ctr_fill(ctr, base + at, block, len), 0);
			ck_assert_int_eq(memcmp(whole + at, block, len), 0);
		}
		for (size_t at = size; at < sizeof(whole); at++)
			ck_assert_int_eq(whole[at], 0xa5);
		wv__ctr_free(ctr);
	}
}
END_TEST

/* A processor that ciphers four blocks at once can cipher two: all widths are tried that it has. */
START_TEST(every_width_is_the_stream_from_any_block_on)
{
	static const uint64_t blocks[] = { 0, 1, 7, 65535, UINT64_C(1) << 32, (UINT64_C(1) << 32) - 3 };
	unsigned char wide[4096 + 48], stream[sizeof(wide)], key[32];
	struct wv__aes_wide aes;
	struct wv__ctr *ctr = NULL;

	for (size_t k = 0; k < sizeof(key); k++)
		key[k] = 3 * k;
	ck_assert_int_eq(wv__ctr_new(key, &ctr), 0);
	for (unsigned int width = 2; width <= wv__aes_wide_blocks(); width *= 2) {
		const size_t step = 128 * width;

		wv__aes_wide_key(key, width, &aes);
		for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
			memset(wide, 0xa5, sizeof(wide));
			ck_assert_uint_eq(wv__aes_wide_ctr(&aes, blocks[i], wide, sizeof(wide)),
					  sizeof(wide) / step * step);
			for (size_t at = 0; at < sizeof(stream); at += 16)
				ck_assert_int_eq(wv__ctr_fill(ctr, (blocks[i] * 16) + at, stream + at, 16), 0);
			ck_assert_int_eq(memcmp(wide, stream, sizeof(wide) / step * step), 0);
			for (size_t at = sizeof(wide) / step * step; at < sizeof(wide); at++)
				ck_assert_int_eq(wide[at], 0xa5);
		}
		ck_assert_uint_eq(wv__aes_wide_ctr(&aes, 0, wide, step - 1), 0);
	}
	wv__ctr_free(ctr);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aes_wide");
	TCase *tc = tcase_create("aes_wide");

	tcase_add_test(tc, a_long_piece_is_what_openssl_makes_of_its_blocks);
	tcase_add_test(tc, every_width_is_the_stream_from_any_block_on);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
