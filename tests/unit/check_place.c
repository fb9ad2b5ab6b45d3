/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_place.c - may a directory of this machine be the designated server?
 */
#include <errno.h>

#include "support.h"
#include "sync/place.h"

START_TEST(memory_is_no_server)
{
	ck_assert_int_eq(wv__sync_path_allowed(ctx, "/dev/shm", false), -EPERM);
	ck_error_has("lies in memory only");
}
END_TEST

START_TEST(a_trials_server_may_lie_in_memory)
{
	ck_assert_int_eq(wv__sync_path_allowed(ctx, "/dev/shm", true), 0);
}
END_TEST

START_TEST(a_disk_may_be_a_server)
{
	ck_assert_int_eq(wv__sync_path_allowed(ctx, "/usr", false), 0);
}
END_TEST

START_TEST(what_is_not_there_is_said)
{
	ck_assert_int_eq(wv__sync_path_allowed(ctx, "/nonexistent", true), -ENOENT);
	ck_error_has("/nonexistent");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("place");
	TCase *tc = tcase_create("place");

	tcase_add_test(tc, memory_is_no_server);
	tcase_add_test(tc, a_trials_server_may_lie_in_memory);
	tcase_add_test(tc, a_disk_may_be_a_server);
	tcase_add_test(tc, what_is_not_there_is_said);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
