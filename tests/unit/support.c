/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support.c - runs a suite below a parent that clears up after it
 *
 * Check skips the teardown of a test that failed, and a test that is killed
 * has none: so the suite runs in a child, and its parent removes what is left.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"
#include "support_clear.h"

struct wv_ctx *ctx;

static char dir[256];

/* Read when a TCase is made, so before main(). For what hangs: a machine may be ten times slower than ours. */
__attribute__((constructor)) static void set_time_limit(void)
{
	setenv("CK_DEFAULT_TIMEOUT", "600", 0);
}

const char *test_dir(void)
{
	return dir;
}

char *test_path(const char *name)
{
	char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/%s", dir, name), 0);
	return path;
}

char *make_image(const char *name, uint64_t size)
{
	char *path = test_path(name);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	close(fd);
	return path;
}

char *make_file(const char *name, const char *text)
{
	char *path = make_image(name, 0);
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	const size_t len = strlen(text);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	return path;
}

int open_fds(void)
{
	DIR *fds = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(fds);
	while (readdir(fds))
		n++;
	closedir(fds);
	return n;
}

static bool make_dir(void)
{
	const char *temp = getenv("TMPDIR");
	const char *const places[] = { "/dev/shm", temp ? temp : "/tmp" };

	for (int i = 0; i < 2; i++) {
		snprintf(dir, sizeof(dir), "%s/workvol-test-XXXXXX", places[i]);
		if (mkdtemp(dir))
			return true;
	}
	perror(dir);
	return false;
}

static int run_child(Suite *suite, const sigset_t *before)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	/* Check ends a whole group on SIGTERM, between two tests its own: not the caller's. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	sigprocmask(SIG_SETMASK, before, NULL);
	srunner_set_fork_status(runner, getenv("CK_FORK") ? CK_FORK_GETENV : CK_FORK);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	wv_ctx_free(ctx);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Wait for the suite; hand a wish to end on to it, and do not wait long then. */
static int supervise(pid_t child, const sigset_t *wait_for)
{
	const struct timespec tick = { .tv_sec = 1 };
	int status, patience = -1;

	while (waitpid(child, &status, WNOHANG) == 0) {
		const int got = sigtimedwait(wait_for, NULL, &tick);

		if (got > 0 && got != SIGCHLD && patience < 0) {
			kill(child, SIGTERM);
			patience = 5;
		}
		if (patience >= 0 && patience-- == 0)
			kill(child, SIGKILL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int run_suite(Suite *suite)
{
	sigset_t wait_for, before;
	int rc = EXIT_FAILURE;
	pid_t child;

	sigemptyset(&wait_for);
	sigaddset(&wait_for, SIGTERM);
	sigaddset(&wait_for, SIGINT);
	sigaddset(&wait_for, SIGHUP);
	sigaddset(&wait_for, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wait_for, &before);
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!make_dir() || wv_ctx_new(&ctx) < 0)
		return EXIT_FAILURE;
	child = fork();
	if (child == 0)
		exit(run_child(suite, &before));
	if (child > 0)
		rc = supervise(child, &wait_for);
	end_orphans();
	clear_mounts_and_loops(dir);
	remove_dir(dir);
	wv_ctx_free(ctx);
	srunner_free(srunner_create(suite)); /* the only way to free a suite */
	return rc;
}
