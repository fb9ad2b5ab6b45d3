/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_place.c - may a directory of this machine be the designated server?
 */
#include <errno.h>

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

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

START_TEST(one_that_is_read_only_is_said_and_to_a_service_what_helps)
{
	char *dir = test_path("server");

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("none", dir, "tmpfs", MS_RDONLY, NULL), 0);
	unsetenv("INVOCATION_ID");
	ck_assert_int_eq(wv__sync_path_allowed(ctx, dir, true), -EROFS);
	ck_error_has(dir);
	ck_assert_ptr_null(strstr(wv_ctx_error(ctx), "ReadWritePaths"));
	setenv("INVOCATION_ID", "0123456789abcdef0123456789abcdef", 1);
	ck_assert_int_eq(wv__sync_path_allowed(ctx, dir, true), -EROFS);
	ck_error_has("with ReadWritePaths=\"/");
	umount(dir);
	free(dir);
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
	tcase_add_test(tc, one_that_is_read_only_is_said_and_to_a_service_what_helps);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
