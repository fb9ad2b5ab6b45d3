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

/* ---- in the person's language ---- */

static const char *into_german(void *data, const char *text)
{
	static const char *const words[][2] = {
		{ "%s is mounted on %s", "auf %2$s ist %1$s" },
		{ "cannot open %s", "%s kann nicht geöffnet werden" },
		{ "No such file or directory", "nicht da" },
		{ "changed: %s", "geändert: %s" },
		{ "%s; it waits", "%s; es wartet" },
		{ "disk %d", "Platte %d" },
		{ "it broke", "es ist kaputt" },
		{ "it\004is a link", "ist eine Verknüpfung" },
		{ "%s: %s, and %d more", "%s: %s, und %d weitere" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words) && data == &into_german; i++)
		if (strcmp(words[i][0], text) == 0)
			return words[i][1];
	return text;
}

START_TEST(without_a_translation_both_sentences_are_one)
{
	ck_assert_str_eq(wv_ctx_error_local(ctx), "");
	wv__fail(ctx, -EIO, "it broke");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "it broke");
	wv_ctx_set_translate(ctx, into_german, &into_german);
	wv__fail(ctx, -EIO, "not in the table");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "not in the table");
}
END_TEST

START_TEST(a_sentence_is_kept_in_english_and_told_in_the_persons_language)
{
	wv_ctx_set_translate(ctx, into_german, &into_german);
	wv__fail(ctx, -EBUSY, "%s is mounted on %s", "/dev/x", "/mnt");
	ck_assert_str_eq(wv_ctx_error(ctx), "/dev/x is mounted on /mnt");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "auf /mnt ist /dev/x");
	wv__fail_sys(ctx, -ENOENT, "cannot open %s", "a");
	ck_assert_str_eq(wv_ctx_error(ctx), "cannot open a: No such file or directory");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "a kann nicht geöffnet werden: nicht da");
	wv__fail_prefix(ctx, "disk %d", 3);
	ck_assert_str_eq(wv_ctx_error(ctx), "disk 3: cannot open a: No such file or directory");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "Platte 3: a kann nicht geöffnet werden: nicht da");
}
END_TEST

START_TEST(a_sentence_made_of_an_earlier_one_is_told_whole)
{
	char why[64];

	wv_ctx_set_translate(ctx, into_german, &into_german);
	wv__fail(ctx, -EIO, "it broke");
	snprintf(why, sizeof(why), "%s", wv_ctx_error(ctx));
	wv__fail(ctx, -EIO, "something else");
	wv__fail(ctx, -EIO, "%s; it waits", why);
	ck_assert_str_eq(wv_ctx_error(ctx), "it broke; it waits");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "es ist kaputt; es wartet");
	wv__fail(ctx, -EIO, "changed: %s", why);
	ck_assert_str_eq(wv_ctx_error_local(ctx), "geändert: es ist kaputt");
	wv__fail(ctx, -EIO, "%s", why);
	ck_assert_str_eq(wv_ctx_error_local(ctx), "es ist kaputt");
	/* a name that only begins like one */
	wv__fail(ctx, -EIO, "changed: %s", "it brokers");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "geändert: it brokers");
}
END_TEST

START_TEST(a_sentence_in_a_result_is_found_again)
{
	wv_ctx_set_translate(ctx, into_german, &into_german);
	for (int i = 0; i < 600; i++)
		wv__fail(ctx, -EIO, "disk %d", i);
	ck_assert_str_eq(wv_ctx_translate(ctx, "disk 599"), "Platte 599");
	ck_assert_str_eq(wv_ctx_translate(ctx, "disk 140"), "Platte 140");
	ck_assert_str_eq(wv_ctx_translate(ctx, "disk 1"), "disk 1"); /* long past */
	ck_assert_str_eq(wv_ctx_translate(ctx, "it broke"), "es ist kaputt");
	ck_assert_str_eq(wv_ctx_translate(ctx, ""), "");
}
END_TEST

START_TEST(what_is_said_of_a_name_is_translated_behind_it)
{
	wv_ctx_set_translate(ctx, into_german, &into_german);
	wv__fail(ctx, -EIO, "%s %s", "/a b", "is a link");
	ck_assert_str_eq(wv_ctx_error(ctx), "/a b is a link");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "/a b ist eine Verknüpfung");
	wv__fail(ctx, -EIO, "%s: %s, and %d more", "/a", "b is a link", 3);
	ck_assert_str_eq(wv_ctx_error_local(ctx), "/a: b ist eine Verknüpfung, und 3 weitere");
	ck_assert_str_eq(wv_ctx_translate(ctx, "is a link"), "ist eine Verknüpfung");
	wv__fail(ctx, -EIO, "%s", "");
	ck_assert_str_eq(wv_ctx_error_local(ctx), "");
	wv__fail(ctx, -EIO, "%s", " is a linker");
	ck_assert_str_eq(wv_ctx_error_local(ctx), " is a linker");
}
END_TEST

START_TEST(a_sentence_for_a_document_is_remembered)
{
	cleanup_free char *text = NULL;

	wv_ctx_set_translate(ctx, into_german, &into_german);
	text = wv__say(ctx, "disk %d", 7);
	ck_assert_str_eq(text, "disk 7");
	ck_assert_str_eq(wv_ctx_translate(ctx, "disk 7"), "Platte 7");
	ck_assert_str_eq(wv_ctx_error(ctx), "");
}
END_TEST

START_TEST(without_memory_a_result_is_told_in_english)
{
	wv_ctx_set_translate(ctx, into_german, &into_german);
	for (int n = 0; n < 2; n++) {
		fault_after(n);
		wv__fail(ctx, -EIO, "disk %d", n);
		ck_assert(fault_fired());
		ck_assert_str_eq(wv_ctx_error_local(ctx), n ? "Platte 1" : "Platte 0");
		ck_assert_str_eq(wv_ctx_translate(ctx, n ? "disk 1" : "disk 0"), n ? "disk 1" : "disk 0");
	}
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
	tcase_add_test(tc, without_a_translation_both_sentences_are_one);
	tcase_add_test(tc, a_sentence_is_kept_in_english_and_told_in_the_persons_language);
	tcase_add_test(tc, a_sentence_made_of_an_earlier_one_is_told_whole);
	tcase_add_test(tc, a_sentence_in_a_result_is_found_again);
	tcase_add_test(tc, what_is_said_of_a_name_is_translated_behind_it);
	tcase_add_test(tc, a_sentence_for_a_document_is_remembered);
	tcase_add_test(tc, without_memory_a_result_is_told_in_english);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
