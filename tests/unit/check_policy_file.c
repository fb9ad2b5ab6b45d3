/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_policy_file.c - tests of lib/policy/policy_file.c
 */
#include "../../lib/base/buf.h"
#include "../../lib/policy/policy_file.h"
#include "support.h"

static int keep(void *data, const char *key, const char *value, uint64_t line)
{
	if (strcmp(key, "bad") == 0)
		return wv__fail(ctx, -ERANGE, "bad is bad");
	return wv__buf_printf(data, "%" PRIu64 ":%s=%s;", line, key, value);
}

START_TEST(each_setting_comes_with_its_line)
{
	cleanup_free char *path = make_file("a.conf", "# c\n\n a =  1 2 \nb=3 # c\n\tc = x=y\n#d = 4");
	cleanup_buf struct wv_buf seen = WV_BUF_INIT;

	ck_assert_int_eq(wv__policy_read_file(ctx, path, keep, &seen), 0);
	ck_assert_str_eq(wv__buf_str(&seen), "3:a=1 2;4:b=3;5:c=x=y;");
}
END_TEST

START_TEST(an_error_of_the_receiver_gets_the_place_before_its_sentence)
{
	cleanup_free char *path = make_file("b.conf", "a = 1\nbad = 2\nc = 3\n");
	cleanup_buf struct wv_buf seen = WV_BUF_INIT;

	ck_assert_int_eq(wv__policy_read_file(ctx, path, keep, &seen), -ERANGE);
	ck_error_has("b.conf:2: bad is bad");
	ck_assert_str_eq(wv__buf_str(&seen), "1:a=1;");
}
END_TEST

START_TEST(what_is_no_file_of_settings_is_refused)
{
	cleanup_free char *nul = make_image("nul.conf", 10);
	cleanup_free char *big = make_image("big.conf", 100000);
	cleanup_free char *twice = make_file("twice.conf", "a = 1\na = 1\n");

	ck_assert_int_eq(wv__policy_read_file(ctx, nul, keep, NULL), -EINVAL);
	ck_assert_int_eq(wv__policy_read_file(ctx, big, keep, NULL), -EFBIG);
	ck_assert_int_eq(wv__policy_read_file(ctx, test_dir(), keep, NULL), -EISDIR);
	ck_assert_int_eq(wv__policy_read_file(ctx, "/nonexistent", keep, NULL), -ENOENT);
	{
		cleanup_buf struct wv_buf seen = WV_BUF_INIT;

		ck_assert_int_eq(wv__policy_read_file(ctx, twice, keep, &seen), -EINVAL);
		ck_error_has("twice.conf:2: ");
	}
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	const int fds = open_fds();
	cleanup_free char *path = make_file("f.conf", "a = 1\nb = 2\n");
	int r, n = 0;

	for (;; n++) {
		cleanup_buf struct wv_buf seen = WV_BUF_INIT;

		fault_after(n);
		r = wv__policy_read_file(ctx, path, keep, &seen);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 6);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_file");
	TCase *tc = tcase_create("policy_file");

	tcase_add_test(tc, each_setting_comes_with_its_line);
	tcase_add_test(tc, an_error_of_the_receiver_gets_the_place_before_its_sentence);
	tcase_add_test(tc, what_is_no_file_of_settings_is_refused);
	tcase_add_test(tc, reading_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
