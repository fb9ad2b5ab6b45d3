/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_child.c - a look at a medium by a process of its own
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#include "support.h"
#include "../../lib/media/child.h"

static unsigned int heard;
static int answer; /* what hear() says to the second message */

static int hear(void *data, const void *message)
{
	ck_assert_ptr_eq(data, &heard);
	ck_assert_mem_eq(message, &(unsigned int){ heard }, sizeof(heard));
	return ++heard == 2 ? answer : 0;
}

static int says_three(void *data, int out)
{
	unsigned int i;

	(void)data;
	for (i = 0; i < 3; i++)
		if (write(out, &i, sizeof(i)) != sizeof(i))
			return 1;
	return 7;
}

static int says_much(void *data, int out)
{
	unsigned int i;

	(void)data;
	for (i = 0; i < 100000; i++) /* more than a pipe holds */
		if (write(out, &i, sizeof(i)) != sizeof(i))
			return 1;
	return 0;
}

static int breaks(void *data, int out)
{
	(void)data;
	(void)out;
	raise(SIGKILL);
	return 0;
}

static int hangs(void *data, int out)
{
	(void)data;
	(void)out;
	pause();
	return 0;
}

static int says_half(void *data, int out)
{
	(void)data;
	return write(out, "x", 1) == 1 ? 0 : 1;
}

static int run_it(int (*work)(void *, int), unsigned int seconds, int *ret_status)
{
	const struct wv__child child = { .work = work,
					 .hear = hear,
					 .data = &heard,
					 .size = sizeof(heard),
					 .seconds = seconds };
	const int fds = open_fds();
	int r;

	heard = 0;
	r = wv__child_run(ctx, &child, ret_status);
	ck_assert_int_eq(open_fds(), fds);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* it was waited for */
	return r;
}

START_TEST(every_message_comes_and_its_status_too)
{
	int status = -2;

	answer = 0;
	ck_assert_int_eq(run_it(says_three, 30, &status), 0);
	ck_assert_uint_eq(heard, 3);
	ck_assert_int_eq(status, 7);
	ck_assert_int_eq(run_it(says_much, 30, &status), 0);
	ck_assert_uint_eq(heard, 100000);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(the_answer_to_a_message_ends_it)
{
	int status = -2;

	answer = 5;
	ck_assert_int_eq(run_it(says_much, 30, &status), 5);
	answer = -EPERM;
	ck_assert_int_eq(run_it(says_much, 30, &status), -EPERM);
	ck_assert_uint_eq(heard, 2);
	ck_assert_int_eq(status, -2);
}
END_TEST

START_TEST(one_that_breaks_or_hangs_has_no_status)
{
	int status = -2;

	answer = 0;
	ck_assert_int_eq(run_it(breaks, 30, &status), 0);
	ck_assert_int_eq(status, -1);
	status = -2;
	ck_assert_int_eq(run_it(hangs, 1, &status), 0);
	ck_assert_int_eq(status, -1);
	ck_assert_uint_eq(heard, 0);
}
END_TEST

START_TEST(half_a_message_is_none)
{
	int status = -2;

	answer = 0;
	ck_assert_int_eq(run_it(says_half, 30, &status), 0);
	ck_assert_uint_eq(heard, 0);
}
END_TEST

static Suite *child_suite(void)
{
	Suite *suite = suite_create("child");
	TCase *tc = tcase_create("child");

	tcase_add_test(tc, every_message_comes_and_its_status_too);
	tcase_add_test(tc, the_answer_to_a_message_ends_it);
	tcase_add_test(tc, one_that_breaks_or_hangs_has_no_status);
	tcase_add_test(tc, half_a_message_is_none);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(child_suite());
}
