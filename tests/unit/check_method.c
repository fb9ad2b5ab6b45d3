/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_method.c - the method table */
#include "../../lib/wipe/method.h"
#include "../../lib/wipe/wipe.h"
#include "support.h"

static const unsigned char seed[32] = "a seed of thirty-two bytes......";

static int expand(const char *name, struct wv__pass *passes)
{
	const struct wv__method *method = wv__method_find(name);

	ck_assert_ptr_nonnull(method);
	return wv__method_expand(method, seed, passes);
}

START_TEST(every_row_ends_with_a_read_back_of_its_last_pass)
{
	struct wv__pass passes[WV__PASSES_MAX];
	struct wv_doc *methods = NULL, *row;
	int n;

	ck_assert_int_eq(wv_wipe_methods(ctx, &methods), 0);
	ck_assert_uint_eq(wv_doc_count(methods), 18);
	for (size_t i = 0; i < wv_doc_count(methods); i++) {
		row = wv_doc_at(methods, i);
		n = expand(wv_doc_str(row, "name"), passes);
		ck_assert_int_eq(n, (int)wv_doc_u64(row, "passes"));
		ck_assert(passes[n - 1].verify);
	}
	wv_doc_free(methods);
}
END_TEST

START_TEST(a_tilde_is_the_complement_of_the_byte_before)
{
	struct wv__pass passes[WV__PASSES_MAX];

	ck_assert_int_eq(expand("dod-ece", passes), 7);
	ck_assert_uint_eq((unsigned char)~passes[0].pattern.bytes[0], passes[1].pattern.bytes[0]);
	ck_assert(passes[2].pattern.random);
	ck_assert_uint_eq((unsigned char)~passes[4].pattern.bytes[0], passes[5].pattern.bytes[0]);
	ck_assert(passes[6].pattern.random);
	ck_assert_mem_ne(passes[2].pattern.key, passes[6].pattern.key, 32);
}
END_TEST

START_TEST(gutmann_shuffles_its_27_fixed_passes_and_loses_none)
{
	struct wv__pass passes[WV__PASSES_MAX];
	unsigned int single = 0, triple = 0, sum = 0;
	bool moved = false;

	ck_assert_int_eq(expand("gutmann", passes), 35);
	for (int i = 0; i < 35; i++) {
		ck_assert_int_eq(passes[i].pattern.random, i < 4 || i > 30);
		single += passes[i].pattern.len == 1;
		triple += passes[i].pattern.len == 3;
		if (passes[i].pattern.len == 1)
			sum += passes[i].pattern.bytes[0];
	}
	ck_assert_uint_eq(single, 18);
	ck_assert_uint_eq(triple, 9);
	ck_assert_uint_eq(sum, 0x55 + 0xAA + 0x11 * 120);
	moved = passes[4].pattern.bytes[0] != 0x55 || passes[5].pattern.bytes[0] != 0xAA ||
		passes[30].pattern.bytes[0] != 0xDB;
	ck_assert(moved);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_passes)
{
	static struct wv__pass a[WV__PASSES_MAX], b[WV__PASSES_MAX];
	const int n = expand("gutmann", a);

	ck_assert_int_eq(expand("gutmann", b), n);
	for (int i = 0; i < n; i++) {
		ck_assert_mem_eq(a[i].pattern.key, b[i].pattern.key, 32);
		ck_assert_mem_eq(a[i].pattern.bytes, b[i].pattern.bytes, 3);
	}
}
END_TEST

START_TEST(a_method_is_at_least_itself_and_those_with_less)
{
	ck_assert_int_eq(wv__wipe_method_at_least("random", "random"), 1);
	ck_assert_int_eq(wv__wipe_method_at_least("random", "zero"), 1);
	ck_assert_int_eq(wv__wipe_method_at_least("zero", "random"), 0);
	ck_assert_int_eq(wv__wipe_method_at_least("dod-5220.22-m", "random"), 1);
	ck_assert_int_eq(wv__wipe_method_at_least("nist-clear-flash", "random"), 0);
	ck_assert_int_eq(wv__wipe_method_at_least("dod-ece", "ncsc-tg-025"), 0);
	ck_assert_int_eq(wv__wipe_method_at_least("gutmann", "schneier"), 1);
	ck_assert_int_eq(wv__wipe_method_at_least("random", "no such"), -EINVAL);
	ck_assert_int_eq(wv__wipe_method_at_least("no such", "random"), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("method");
	TCase *all = tcase_create("all");

	tcase_add_test(all, every_row_ends_with_a_read_back_of_its_last_pass);
	tcase_add_test(all, a_tilde_is_the_complement_of_the_byte_before);
	tcase_add_test(all, gutmann_shuffles_its_27_fixed_passes_and_loses_none);
	tcase_add_test(all, the_same_seed_gives_the_same_passes);
	tcase_add_test(all, a_method_is_at_least_itself_and_those_with_less);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
