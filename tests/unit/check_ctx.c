/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_ctx.c - tests of lib/base/ctx.c
 */
#include <string.h>

#include "../../lib/base/ctx.h"
#include "support.h"

START_TEST(a_failure_keeps_its_sentence_and_returns_its_errno)
{
	ck_assert_str_eq(wv_ctx_error(ctx), "");
	ck_assert_int_eq(wv__fail(ctx, -EBUSY, "%s is mounted", "/dev/x"), -EBUSY);
	ck_assert_str_eq(wv_ctx_error(ctx), "/dev/x is mounted");
	ck_assert_int_eq(wv__fail(NULL, -EBUSY, "x"), -EBUSY);
	ck_assert_int_eq(wv__fail_memory(ctx), -ENOMEM);
	ck_assert_str_eq(wv_ctx_error(ctx), "out of memory");
}
END_TEST

START_TEST(a_system_errno_with_a_meaning_of_its_own_here_becomes_eio)
{
	static const int own[] = { EPERM,	  EACCES,      EAGAIN,	  EBADMSG,
				   EKEYREJECTED, EKEYEXPIRED, ECANCELED };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		ck_assert_int_eq(wv__fail_sys(ctx, -own[i], "cannot open %s", "a"), -EIO);
	ck_assert_int_eq(wv__fail_sys(ctx, -ENOENT, "cannot open %s", "a"), -ENOENT);
	ck_assert_str_eq(wv_ctx_error(ctx), "cannot open a: No such file or directory");
}
END_TEST

START_TEST(a_prefix_is_put_before_the_sentence)
{
	wv__fail(ctx, -EIO, "it broke");
	wv__fail_prefix(ctx, "disk %d", 3);
	ck_assert_str_eq(wv_ctx_error(ctx), "disk 3: it broke");
	wv__fail(ctx, -EIO, "again: %s", wv_ctx_error(ctx));
	ck_assert_str_eq(wv_ctx_error(ctx), "again: disk 3: it broke");
}
END_TEST

START_TEST(an_overlong_sentence_is_cut)
{
	char *text = malloc(100000);

	memset(text, 'x', 99999);
	text[99999] = '\0';
	wv__fail(ctx, -EIO, "%s", text);
	wv__fail_prefix(ctx, "%s", text);
	wv__fail_sys(ctx, -EIO, "%s", text);
	ck_assert_uint_gt(strlen(wv_ctx_error(ctx)), 8000);
	ck_assert_uint_lt(strlen(wv_ctx_error(ctx)), 10000);
	free(text);
}
END_TEST

START_TEST(errno_survives_a_failure_and_a_log_line)
{
	errno = EXDEV;
	wv__fail(ctx, -EIO, "x");
	wv__log(ctx, WV_LOG_INFO, "x");
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(after_a_cancel_every_check_says_so)
{
	ck_assert_int_eq(wv__check_cancel(ctx), 0);
	wv_ctx_cancel(ctx);
	ck_assert(wv__cancelled(ctx));
	ck_assert_int_eq(wv__check_cancel(ctx), -ECANCELED);
	ck_assert_str_eq(wv_ctx_error(ctx), "interrupted");
	ck_assert_int_eq(wv__check_cancel(NULL), 0);
}
END_TEST

START_TEST(a_failed_proof_is_the_worst_and_an_interruption_the_mildest)
{
	static const int order[] = { 0, -ECANCELED, -EBUSY, -EIO, -EBADMSG };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		for (size_t k = 0; k < ARRAY_SIZE(order); k++)
			ck_assert_int_eq(wv__worse(order[i], order[k]), order[MAX(i, k)]);
	ck_assert_int_eq(wv__worse(-EIO, -ENOMEM), -EIO); /* the first of two alike */
}
END_TEST

static void keep_line(void *data, enum wv_log_level level, const char *line)
{
	snprintf(data, 64, "%d %s", level, line);
}

static void keep_done(void *data, const struct wv_progress *progress)
{
	*(uint64_t *)data = progress->done;
}

START_TEST(log_and_progress_reach_the_receiver)
{
	const struct wv_progress progress = { .done = 7 };
	char line[64] = "";
	uint64_t done = 0;

	wv__log(ctx, WV_LOG_INFO, "nobody");
	wv__progress(ctx, &progress);
	wv_ctx_set_log(ctx, keep_line, line);
	wv_ctx_set_progress(ctx, keep_done, &done);
	wv__log(ctx, WV_LOG_WARNING, "slow %s", "disk");
	wv__progress(ctx, &progress);
	ck_assert_str_eq(line, "1 slow disk");
	ck_assert_uint_eq(done, 7);
	wv__log(NULL, WV_LOG_INFO, "x");
	wv__progress(NULL, &progress);
}
END_TEST

START_TEST(no_memory_for_a_context_is_enomem)
{
	struct wv_ctx *other = NULL;

	fault_after(0);
	ck_assert_int_eq(wv_ctx_new(&other), -ENOMEM);
	ck_assert(fault_fired());
	ck_assert_ptr_null(other);
	wv_ctx_free(NULL);
	ck_assert_str_eq(wv_version(), WV_VERSION);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ctx");
	TCase *tc = tcase_create("ctx");

	tcase_add_test(tc, a_failed_proof_is_the_worst_and_an_interruption_the_mildest);
	tcase_add_test(tc, a_failure_keeps_its_sentence_and_returns_its_errno);
	tcase_add_test(tc, a_system_errno_with_a_meaning_of_its_own_here_becomes_eio);
	tcase_add_test(tc, a_prefix_is_put_before_the_sentence);
	tcase_add_test(tc, an_overlong_sentence_is_cut);
	tcase_add_test(tc, errno_survives_a_failure_and_a_log_line);
	tcase_add_test(tc, after_a_cancel_every_check_says_so);
	tcase_add_test(tc, log_and_progress_reach_the_receiver);
	tcase_add_test(tc, no_memory_for_a_context_is_enomem);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
