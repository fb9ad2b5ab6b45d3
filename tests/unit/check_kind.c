/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_kind.c - the method that names a sanitize
 */
#include <errno.h>

#include "../../lib/sanitize/kind.h"
#include "support.h"

START_TEST(a_method_names_a_kind_and_what_follows)
{
	struct wv__sanitize_method m;

	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize", &m), 1);
	ck_assert_int_eq(m.kind, WV__KINDS);
	ck_assert_ptr_null(m.then);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize:security-erase", &m), 1);
	ck_assert_int_eq(m.kind, WV__KIND_SECURITY);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize:block+random", &m), 1);
	ck_assert_int_eq(m.kind, WV__KIND_BLOCK);
	ck_assert_str_eq(m.then, "random");
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize+dod-ece", &m), 1);
	ck_assert_int_eq(m.kind, WV__KINDS);
	ck_assert_str_eq(m.then, "dod-ece");
}
END_TEST

START_TEST(other_methods_are_none_of_ours)
{
	struct wv__sanitize_method m;

	ck_assert_int_eq(wv__sanitize_method(ctx, NULL, &m), 0);
	ck_assert_int_eq(wv__sanitize_method(ctx, "random", &m), 0);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitizer", &m), 0);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanit", &m), 0);
}
END_TEST

START_TEST(a_kind_that_is_not_known_is_named)
{
	struct wv__sanitize_method m;

	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize:", &m), -EINVAL);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize:security", &m), -EINVAL);
	ck_assert_int_eq(wv__sanitize_method(ctx, "sanitize:magic+zero", &m), -EINVAL);
	ck_error_has("magic is no kind");
}
END_TEST

START_TEST(only_the_sanitize_commands_are_a_purge)
{
	for (unsigned int i = 0; i < WV__KINDS; i++)
		ck_assert_str_eq(wv__kind_info(i)->category,
				 i <= WV__KIND_CRYPTO ? "purge" : "clear");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kind");
	TCase *tc = tcase_create("kind");

	tcase_add_test(tc, a_method_names_a_kind_and_what_follows);
	tcase_add_test(tc, other_methods_are_none_of_ours);
	tcase_add_test(tc, a_kind_that_is_not_known_is_named);
	tcase_add_test(tc, only_the_sanitize_commands_are_a_purge);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
