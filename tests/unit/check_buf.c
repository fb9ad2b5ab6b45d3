/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_buf.c - tests of lib/base/buf.c
 */
#include "../../lib/base/buf.h"
#include "support.h"

START_TEST(an_empty_buffer_reads_as_an_empty_string)
{
	struct wv_buf buf = WV_BUF_INIT;
	char *text;

	ck_assert_str_eq(wv__buf_str(&buf), "");
	text = wv__buf_take(&buf);
	ck_assert_str_eq(text, "");
	free(text);
	ck_assert_int_eq(wv__buf_append(&buf, NULL, 0), 0);
	ck_assert_str_eq(wv__buf_str(&buf), "");
	wv__buf_free(&buf);
	ck_assert_ptr_null(buf.data);
}
END_TEST

START_TEST(what_is_appended_is_there_with_a_nul_behind_it)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	for (int i = 0; i < 10000; i++) {
		ck_assert_int_eq(wv__buf_append(&buf, "a\0", 2), 0);
		ck_assert_int_eq(wv__buf_printf(&buf, "%d", i % 10), 0);
		ck_assert_int_eq(wv__buf_puts(&buf, "z"), 0);
		ck_assert_uint_eq(buf.len, 4u * (i + 1));
		ck_assert_int_eq(buf.data[buf.len], 0);
		ck_assert_uint_gt(buf.capacity, buf.len);
	}
	for (int i = 0; i < 10000; i++) {
		ck_assert_int_eq(buf.data[4 * i], 'a');
		ck_assert_int_eq(buf.data[4 * i + 2], '0' + i % 10);
	}
}
END_TEST

START_TEST(a_length_that_cannot_be_is_enomem)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(wv__buf_puts(&buf, "x"), 0);
	ck_assert_int_eq(wv__buf_reserve(&buf, SIZE_MAX), -ENOMEM);
	ck_assert_int_eq(wv__buf_reserve(&buf, SIZE_MAX - 1), -ENOMEM);
	ck_assert_int_eq(wv__buf_reserve(&buf, SIZE_MAX / 2), -ENOMEM);
	ck_assert_str_eq(buf.data, "x");
}
END_TEST

START_TEST(a_failure_leaves_the_buffer_as_it_was)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	char big[300] = { 0 };

	ck_assert_int_eq(wv__buf_puts(&buf, "abc"), 0);
	memset(big, 'x', sizeof(big) - 1);
	fault_after(0);
	ck_assert_int_eq(wv__buf_append(&buf, big, sizeof(big)), -ENOMEM);
	ck_assert(fault_fired());
	fault_after(0);
	ck_assert_int_eq(wv__buf_printf(&buf, "%s", big), -ENOMEM);
	ck_assert(fault_fired());
	ck_assert_str_eq(buf.data, "abc");
	ck_assert_uint_eq(buf.len, 3);
	fault_after(0);
	ck_assert_ptr_null(wv__printf("%s", "a"));
	ck_assert(fault_fired());
}
END_TEST

START_TEST(printf_gives_a_string_to_free)
{
	char *text = wv__printf("%s-%d", "a", 7);

	ck_assert_str_eq(text, "a-7");
	free(text);
	text = wv__printf("%s", "");
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, an_empty_buffer_reads_as_an_empty_string);
	tcase_add_test(tc, what_is_appended_is_there_with_a_nul_behind_it);
	tcase_add_test(tc, a_length_that_cannot_be_is_enomem);
	tcase_add_test(tc, a_failure_leaves_the_buffer_as_it_was);
	tcase_add_test(tc, printf_gives_a_string_to_free);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
