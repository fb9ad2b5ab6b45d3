/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_swaps.c - the table of swap areas is understood (an imitation of it:
 * nothing ever swaps to what it names)
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "../../lib/media/swaps.h"

static void pretend(const char *lines)
{
	char *text = NULL, *swaps;

	ck_assert_int_gt(asprintf(&text, "Filename\tType\tSize\tUsed\tPriority\n%s", lines), 0);
	swaps = make_file("swaps", text);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount(swaps, "/proc/swaps", NULL, MS_BIND, NULL), 0);
	free(swaps);
	free(text);
}

START_TEST(a_name_with_blanks_is_found_and_a_missing_one_passed_over)
{
	char *file = make_file("a b\\c", "x"), lines[1024], escaped[512] = "";
	struct stat st, other;
	const char *c;

	for (c = file; *c; c++)
		if (*c == ' ' || *c == '\\')
			sprintf(escaped + strlen(escaped), "\\%03o", *c);
		else
			strncat(escaped, c, 1);
	snprintf(lines, sizeof(lines), "/no/such file 1 0 -2\n/gone\\040(deleted) file 1 0 -2\n%s file 1 0 -2\n",
		 escaped);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(stat("/proc/self/exe", &other), 0);
	pretend(lines);
	ck_assert_int_eq(wv__swaps_have(ctx, &st), 1);
	ck_assert_int_eq(wv__swaps_have(ctx, &other), 0);
	free(file);
}
END_TEST

START_TEST(an_empty_or_cut_table_holds_nothing)
{
	struct stat st;

	ck_assert_int_eq(stat("/proc/self/exe", &st), 0);
	pretend("\\");
	ck_assert_int_eq(wv__swaps_have(ctx, &st), 0);
}
END_TEST

START_TEST(no_failure_makes_a_swap_area_look_free)
{
	char *file = make_file("area", "x"), lines[512];
	struct stat st;
	int n, r, fds;

	snprintf(lines, sizeof(lines), "%s file 1 0 -2\n", file);
	ck_assert_int_eq(stat(file, &st), 0);
	pretend(lines);
	fds = open_fds();
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__swaps_have(ctx, &st);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 1);
	ck_assert_int_ge(n, 3);
	free(file);
}
END_TEST

static Suite *swaps_suite(void)
{
	Suite *suite = suite_create("swaps");
	TCase *tc = tcase_create("swaps");

	tcase_add_test(tc, a_name_with_blanks_is_found_and_a_missing_one_passed_over);
	tcase_add_test(tc, an_empty_or_cut_table_holds_nothing);
	tcase_add_test(tc, no_failure_makes_a_swap_area_look_free);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(swaps_suite());
}
