/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_confine.c - a process that writes below one directory only
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support.h"
#include "sync/confine.h"

static bool can_write(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* In a child, since it cannot be undone: 0 as it should be, 1 not. */
static int confined(const char *inside, const char *outside, int dir, bool cutting)
{
	char path[600], deeper[600], deepest[600];

	if (wv__confine_writes(ctx, dir) < 0)
		return 2;
	snprintf(path, sizeof(path), "%s/file", inside);
	snprintf(deeper, sizeof(deeper), "%s/d", inside);
	snprintf(deepest, sizeof(deepest), "%s/d/file", inside);
	if (!can_write(path) || mkdir(deeper, 0700) < 0 || rename(path, deepest) < 0)
		return 3;
	snprintf(path, sizeof(path), "%s/file", outside);
	if (can_write(path) || mkdir(path, 0700) == 0)
		return 4;
	snprintf(path, sizeof(path), "%s/old", outside);
	if (can_write(path) || unlink(path) == 0 || rename(path, deeper) == 0)
		return 5;
	if (cutting && (truncate(deepest, 0) < 0 || truncate(path, 0) == 0))
		return 7;
	snprintf(path, sizeof(path), "%s/link", inside);
	return symlink("/", path) == 0 ? 6 : 0;
}

START_TEST(writing_stays_in_the_directory)
{
	char *inside = test_path("inside"), *outside = test_path("outside"), *old;
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int dir, status;
	pid_t pid;

	if (abi < 2)
		return; /* this kernel has none: nothing to see */
	ck_assert_int_eq(mkdir(inside, 0700), 0);
	ck_assert_int_eq(mkdir(outside, 0700), 0);
	old = make_file("outside/old", "x");
	dir = open(inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(confined(inside, outside, dir, abi >= 3)); /* Linux 6.2: truncate(2) */
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(dir);
	free(inside);
	free(outside);
	free(old);
}
END_TEST

START_TEST(what_is_no_directory_is_refused)
{
	const int fds = open_fds();
	pid_t pid;
	int status;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 2)
		return;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(wv__confine_writes(ctx, -1) < 0 && open_fds() == fds ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("confine");
	TCase *tc = tcase_create("landlock");

	tcase_add_test(tc, writing_stays_in_the_directory);
	tcase_add_test(tc, what_is_no_directory_is_refused);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
