/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_secret.c - tests of lib/base/secret.c
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../../lib/base/secret.h"
#include "support.h"

static int pipe_of(const char *text, size_t len)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(write(fds[1], text, len), (ssize_t)len);
	close(fds[1]);
	return fds[0];
}

START_TEST(one_newline_at_the_end_is_stripped_and_no_other_byte)
{
	static const struct {
		const char *given, *kept;
		size_t len;
	} cases[] = { { "pass\n", "pass", 5 }, { "pass\n\n", "pass\n", 6 }, { "pass", "pass", 4 },
		      { "\n", "", 1 },	       { " p\r\n", " p\r", 4 },	    { "", "", 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wv_secret *secret = NULL;
		const int fd = pipe_of(cases[i].given, cases[i].len);

		ck_assert_int_eq(wv_secret_from_fd(ctx, fd, "test", &secret), 0);
		ck_assert_uint_eq(secret->len, strlen(cases[i].kept));
		ck_assert_str_eq((char *)secret->data, cases[i].kept);
		wv_secret_free(secret);
		close(fd);
	}
}
END_TEST

static void *cancel_soon(void *data)
{
	usleep(20000);
	wv_ctx_cancel(data);
	return NULL;
}

/* Here no signal ends the read: as when one comes just before it. */
START_TEST(a_wish_to_stop_is_seen_while_it_is_waited_for)
{
	struct wv_secret *secret = NULL;
	pthread_t thread;
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, ctx), 0);
	ck_assert_int_eq(wv_secret_from_fd(ctx, fds[0], "test", &secret), -ECANCELED);
	ck_assert_ptr_null(secret);
	pthread_join(thread, NULL);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(more_than_the_limit_is_efbig)
{
	struct wv_secret *secret = NULL;
	int fd = pipe_of("12345", 5);

	ck_assert_int_eq(wv__secret_read(ctx, fd, "the key", 4, &secret), -EFBIG);
	ck_assert_ptr_null(secret);
	ck_error_has("the key");
	close(fd);
	fd = pipe_of("12345", 5);
	ck_assert_int_eq(wv__secret_read(ctx, fd, "the key", 5, &secret), 0);
	ck_assert_uint_eq(secret->len, 5);
	wv__secret_free(secret);
	close(fd);
	ck_assert_int_eq(wv__secret_read(ctx, -1, "the key", 5, &secret), -EBADF);
}
END_TEST

START_TEST(a_child_sees_zeros)
{
	cleanup_secret struct wv_secret *secret = NULL;
	int status;
	pid_t pid;

	ck_assert_int_eq(wv__secret_copy(ctx, "abc", 3, &secret), 0);
	ck_assert_str_eq((char *)secret->data, "abc");
	pid = fork();
	if (pid == 0)
		_exit(secret->data[0]);
	ck_assert_int_gt(pid, 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(memory_is_locked_and_not_dumped)
{
	cleanup_secret struct wv_secret *secret = NULL;
	char line[512], start[32];
	FILE *maps = NULL;
	bool here = false, kept_out = false;
	__attribute__((unused)) bool locked = false;

	ck_assert_int_eq(wv__secret_new(ctx, 10, &secret), 0);
	snprintf(start, sizeof(start), "%lx-", (unsigned long)secret->data);
	maps = fopen("/proc/self/smaps", "re");
	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps)) {
		if (strstr(line, "-") && strstr(line, " rw-p "))
			here = strncmp(line, start, strlen(start)) == 0;
		if (here && strncmp(line, "VmFlags:", 8) == 0) {
			locked = strstr(line, " lo");
			kept_out = strstr(line, " dd") && strstr(line, " wf");
		}
	}
	fclose(maps);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they make mlock() do nothing */
	ck_assert(locked);
#endif
	ck_assert(kept_out);
}
END_TEST

START_TEST(forgetting_zeroes)
{
	char data[8] = "secret";

	wv__forget(data, sizeof(data));
	for (size_t i = 0; i < sizeof(data); i++)
		ck_assert_int_eq(data[i], 0);
	wv_secret_free(NULL);
}
END_TEST

START_TEST(a_guarded_process_leaves_no_core)
{
	struct rlimit core;

	wv__process_guard(ctx);
	ck_assert_int_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
	ck_assert_uint_eq(core.rlim_max, 0);
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	const int fds = open_fds() + 1;
	struct wv_secret *secret = NULL;
	int r, n = 0;

	for (;; n++) {
		const int fd = pipe_of("abc\n", 4);

		fault_after(n);
		r = wv_secret_from_fd(ctx, fd, "test", &secret);
		if (!fault_fired()) {
			close(fd);
			break;
		}
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(secret);
		ck_assert_int_eq(open_fds(), fds);
		close(fd);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv_secret_free(secret);
	ck_assert_int_eq(wv__secret_new(ctx, SIZE_MAX - 5, &secret), -ENOMEM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("secret");
	TCase *tc = tcase_create("secret");

	tcase_add_test(tc, one_newline_at_the_end_is_stripped_and_no_other_byte);
	tcase_add_test(tc, a_wish_to_stop_is_seen_while_it_is_waited_for);
	tcase_add_test(tc, more_than_the_limit_is_efbig);
	tcase_add_test(tc, a_child_sees_zeros);
	tcase_add_test(tc, memory_is_locked_and_not_dumped);
	tcase_add_test(tc, forgetting_zeroes);
	tcase_add_test(tc, a_guarded_process_leaves_no_core);
	tcase_add_test(tc, reading_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
