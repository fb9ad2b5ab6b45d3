/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_exec.c - tests of lib/base/exec.c
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "../../lib/base/exec.h"
#include "support.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Run it with this input and give what it printed. */
static int run(const char *const *argv, const char *input, struct wv_buf *out, int *status)
{
	const struct wv__exec exec = { .argv = argv, .out = out, .input = input,
				       .input_len = input ? strlen(input) : 0, .seconds = 20 };

	return wv__exec(ctx, &exec, status);
}

START_TEST(a_program_is_fed_heard_and_its_status_told)
{
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	int status = -1;

	ck_assert_int_eq(run(ARGV("cat"), "hello", &out, &status), 0);
	ck_assert_str_eq(wv__buf_str(&out), "hello");
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(run(ARGV("sh", "-c", "exit 7"), NULL, NULL, &status), 0);
	ck_assert_int_eq(status, 7);
	ck_assert_int_eq(run(ARGV("sh", "-c", "kill -9 $$"), NULL, NULL, &status), 0);
	ck_assert_int_eq(status, 128 + 9);
	ck_assert_int_eq(run(ARGV("cat"), NULL, NULL, &status), 0); /* /dev/null */
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(run(ARGV("cat"), "", NULL, &status), 0);
}
END_TEST

START_TEST(megabytes_pass_both_ways_at_once)
{
	const size_t size = 5 << 20;
	cleanup_free char *input = malloc(size + 1);
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	int status;

	for (size_t i = 0; i < size; i++)
		input[i] = 'a' + i % 26;
	input[size] = '\0';
	ck_assert_int_eq(run(ARGV("cat"), input, &out, &status), 0);
	ck_assert_uint_eq(out.len, size);
	ck_assert_int_eq(memcmp(out.data, input, size), 0);
	/* one that does not read its input neither hangs nor kills us */
	ck_assert_int_eq(run(ARGV("true"), input, NULL, &status), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(the_environment_is_what_was_given_and_nothing_else)
{
	const struct wv__exec exec = { .argv = ARGV("env"), .env = ARGV("SSH_AUTH_SOCK=/x"),
				       .out = &(struct wv_buf)WV_BUF_INIT, .seconds = 20 };
	int status;

	setenv("SECRET_OF_MINE", "1", 1);
	ck_assert_int_eq(wv__exec(ctx, &exec, &status), 0);
	ck_assert_str_eq(wv__buf_str(exec.out),
			 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
			 "LC_ALL=C.UTF-8\nSSH_AUTH_SOCK=/x\n");
	wv__buf_free(exec.out);
}
END_TEST

START_TEST(only_the_descriptors_to_keep_are_inherited)
{
	const int leaked = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	const int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct wv__exec exec = { .argv = ARGV("ls", "/proc/self/fd"),
				       .keep_fds = (const int[]){ kept, -1 },
				       .out = &(struct wv_buf)WV_BUF_INIT, .seconds = 20 };
	char expected[32];
	int status;

	ck_assert_int_ne(leaked, kept);
	ck_assert_int_eq(wv__exec(ctx, &exec, &status), 0);
	/* 0, 1, 2, the one kept, and the one that ls has for the directory */
	snprintf(expected, sizeof(expected), "\n%d\n", kept);
	ck_assert_ptr_nonnull(strstr(wv__buf_str(exec.out), expected));
	snprintf(expected, sizeof(expected), "\n%d\n", leaked);
	ck_assert(leaked == 3 || !strstr(wv__buf_str(exec.out), expected));
	wv__buf_free(exec.out);
	close(leaked);
	close(kept);
}
END_TEST

START_TEST(it_works_while_our_own_standard_descriptors_are_closed)
{
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	int saved[3], status, r;

	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 50);
		close(i);
	}
	r = run(ARGV("sh", "-c", "cat; echo err >&2"), "in", &out, &status);
	for (int i = 0; i < 3; i++)
		if (saved[i] >= 0)
			dup2(saved[i], i);
	ck_assert_int_eq(r, 0);
	ck_assert_str_eq(wv__buf_str(&out), "in");
}
END_TEST

START_TEST(a_blocked_or_ignored_signal_is_not_inherited)
{
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	sigset_t all;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* 32 and 33 are glibc's own: its posix_spawn leaves them ignored, and nobody may change them */
	ck_assert_int_eq(run(ARGV("grep", "-E", "^Sig(Blk|Ign):\t(0+|0000000180000000)$",
				  "/proc/self/status"), NULL, &out, &status), 0);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(out.len, 2 * strlen("SigBlk:\t0000000000000000\n"));
}
END_TEST

START_TEST(a_program_that_is_not_there_is_enoent_by_name)
{
	int status = 42;

	ck_assert_int_eq(run(ARGV("no-such-program"), NULL, NULL, &status), -ENOENT);
	ck_assert_str_eq(wv_ctx_error(ctx), "the program no-such-program is not installed");
	ck_assert_int_eq(run(ARGV("/dev/null"), NULL, NULL, &status), -EIO); /* EACCES from outside */
	ck_assert_int_eq(status, 42);
}
END_TEST

START_TEST(the_last_line_of_a_failed_program_is_the_sentence)
{
	const struct wv__exec exec = { .argv = ARGV("sh", "-c", "echo a >&2; echo it broke >&2; exit 3"),
				       .seconds = 20 };
	const struct wv__exec silent = { .argv = ARGV("false"), .seconds = 20 };
	const struct wv__exec good = { .argv = ARGV("true"), .seconds = 20 };

	ck_assert_int_eq(wv__exec_ok(ctx, &good), 0);
	ck_assert_int_eq(wv__exec_ok(ctx, &exec), -EIO);
	ck_assert_str_eq(wv_ctx_error(ctx), "sh: it broke");
	ck_assert_int_eq(wv__exec_ok(ctx, &silent), -EIO);
	ck_assert_str_eq(wv_ctx_error(ctx), "false ended with status 1");
}
END_TEST

/*
 * It takes a second, and every process of it ends: each has the end of a pipe
 * that closes with the last. Where one slept on, this would until the time limit.
 */
static void ends_by_the_limit(const char *script)
{
	int fds[2], status;
	char byte;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	const struct wv__exec exec = { .argv = ARGV("sh", "-c", script), .seconds = 1,
				       .keep_fds = (const int[]){ fds[1], -1 } };

	ck_assert_int_eq(wv__exec(ctx, &exec, &status), -ETIMEDOUT);
	ck_error_has("sh did not end within 1 s");
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &byte, 1), 0);
	close(fds[0]);
}

START_TEST(a_time_limit_ends_the_whole_group)
{
	ends_by_the_limit("sleep 4711 & sleep 4711");
}
END_TEST

START_TEST(one_that_ignores_sigterm_is_killed)
{
	ends_by_the_limit("trap '' TERM; sleep 4712; sleep 4712");
}
END_TEST

static void *cancel_soon(void *data)
{
	usleep(200000);
	wv_ctx_cancel(data);
	return NULL;
}

START_TEST(a_cancel_ends_it_soon)
{
	const struct wv__exec exec = { .argv = ARGV("sleep", "4713") };
	pthread_t thread;
	int status;

	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, ctx), 0);
	ck_assert_int_eq(wv__exec(ctx, &exec, &status), -ECANCELED); /* or the time limit ends the test */
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(what_a_grandchild_holds_open_is_not_waited_for)
{
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	int status;

	/* waited for, it would outlast the limit of run() */
	ck_assert_int_eq(run(ARGV("sh", "-c", "echo a; sleep 4715 &"), NULL, &out, &status), 0);
	ck_assert_str_eq(wv__buf_str(&out), "a\n");
}
END_TEST

START_TEST(too_much_output_is_efbig)
{
	cleanup_buf struct wv_buf out = WV_BUF_INIT;
	int status;

	ck_assert_int_eq(run(ARGV("cat", "/dev/zero"), NULL, &out, &status), -EFBIG);
	ck_error_has("cat printed more than 64 MiB");
}
END_TEST

START_TEST(it_dies_with_us)
{
	int status, fds[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const struct wv__exec exec = { .argv = ARGV("sleep", "4714"),
					       .keep_fds = (const int[]){ fds[1], -1 } };

		wv__exec(ctx, &exec, &status);
		_exit(0);
	}
	ck_assert_int_gt(pid, 1);
	close(fds[1]);
	usleep(200000);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(read(fds[0], &byte, 1), 0); /* the pipe's last writer is gone */
	close(fds[0]);
}
END_TEST

START_TEST(running_survives_every_failure)
{
	const int fds = open_fds();
	int r, status, n = 0;

	for (;; n++) {
		cleanup_buf struct wv_buf out = WV_BUF_INIT, err = WV_BUF_INIT;
		const struct wv__exec exec = { .argv = ARGV("cat"), .input = "abc", .input_len = 3,
					       .out = &out, .err = &err, .seconds = 10 };

		status = 42;
		fault_after(n);
		r = wv__exec(ctx, &exec, &status);
		if (!fault_fired())
			break;
		/* a missed look at one directory of PATH only goes on to the next */
		ck_assert_msg(r < 0, "call %d: %d", n, r);
		ck_assert_int_eq(status, 42);
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child left */
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(status, 0);
	ck_assert_int_ge(n, 15);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exec");
	TCase *tc = tcase_create("exec");

	tcase_add_test(tc, a_program_is_fed_heard_and_its_status_told);
	tcase_add_test(tc, megabytes_pass_both_ways_at_once);
	tcase_add_test(tc, the_environment_is_what_was_given_and_nothing_else);
	tcase_add_test(tc, only_the_descriptors_to_keep_are_inherited);
	tcase_add_test(tc, it_works_while_our_own_standard_descriptors_are_closed);
	tcase_add_test(tc, a_blocked_or_ignored_signal_is_not_inherited);
	tcase_add_test(tc, a_program_that_is_not_there_is_enoent_by_name);
	tcase_add_test(tc, the_last_line_of_a_failed_program_is_the_sentence);
	tcase_add_test(tc, a_time_limit_ends_the_whole_group);
	tcase_add_test(tc, one_that_ignores_sigterm_is_killed);
	tcase_add_test(tc, a_cancel_ends_it_soon);
	tcase_add_test(tc, what_a_grandchild_holds_open_is_not_waited_for);
	tcase_add_test(tc, too_much_output_is_efbig);
	tcase_add_test(tc, it_dies_with_us);
	tcase_add_test(tc, running_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
