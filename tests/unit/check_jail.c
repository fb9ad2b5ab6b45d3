/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_jail.c - a process that can read, write, compute, and nothing else
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/jail.h"

#define DENIED(call) (errno = 0, (call) < 0 && errno == EPERM)
/* After the jail nothing can be asserted aloud: the number of the line is the exit status. */
#define NEED(what)                                \
	do {                                      \
		if (!(what))                      \
			_exit(__LINE__ % 250 + 1); \
	} while (0)

static void cannot_reach_out(void)
{
	int ends[2];

	NEED(DENIED(open("/etc/passwd", O_RDONLY)));
	NEED(DENIED(open("/dev/null", O_WRONLY)));
	NEED(DENIED(unlink("/nowhere")));
	NEED(DENIED(socket(AF_UNIX, SOCK_STREAM, 0)));
	NEED(DENIED(syscall(SYS_fork)));
	NEED(DENIED(execl("/bin/true", "true", NULL)));
	NEED(DENIED(kill(getppid(), 0)));
	NEED(DENIED(syscall(SYS_ptrace, 0, 0, 0, 0)));
	NEED(DENIED(pipe(ends)));
	NEED(DENIED(ioctl(WV__JAIL_IN, BLKROSET, &(int){ 0 })));
	NEED(DENIED(setuid(0)));
	NEED(DENIED(mount("none", "/", "tmpfs", 0, NULL)));
}

static void cannot_run_new_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(page != MAP_FAILED);
	NEED(DENIED(mprotect(page, 4096, PROT_READ | PROT_EXEC)));
	NEED(mprotect(page, 4096, PROT_READ) == 0);
	NEED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	NEED(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, WV__JAIL_IN, 0) == MAP_FAILED);
}

static void cannot_take_all_memory(void)
{
	NEED(mmap(NULL, 200 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	NEED(mmap(NULL, 200 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static void can_read_and_answer(void)
{
	char text[6];
	struct stat st;

	NEED(read(WV__JAIL_IN, text, 5) == 5);
	NEED(pread(WV__JAIL_IN, text, 5, 0) == 5 && lseek(WV__JAIL_IN, 0, SEEK_SET) == 0);
	NEED(fstat(WV__JAIL_IN, &st) == 0 && st.st_size == 5);
	NEED(write(WV__JAIL_OUT, text, 5) == 5);
}

static void prisoner(int in, int out, int secret)
{
	char byte;

	NEED(wv__jail_descriptors(in, out) == 0);
	NEED(read(secret, &byte, 1) < 0 && errno == EBADF);
	NEED(fcntl(STDERR_FILENO, F_GETFD) < 0);
	NEED(wv__jail() == 0);
	can_read_and_answer();
	cannot_reach_out();
	cannot_run_new_code();
	cannot_take_all_memory();
	_exit(0);
}

START_TEST(a_prisoner_reads_answers_computes_and_nothing_else)
{
	char *path = make_image("in", 0);
	int in, ends[2], secret, status;
	char text[6] = "";
	pid_t pid;

	run("printf hello >%s", path);
	in = open(path, O_RDONLY | O_CLOEXEC);
	secret = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(secret, 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		prisoner(in, ends[1], secret);
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "wait status %#x", status);
	ck_assert_int_eq(read(ends[0], text, 5), 5);
	ck_assert_str_eq(text, "hello");
	close(ends[0]);
	close(secret);
	close(in);
	free(path);
}
END_TEST

static void becomes_nobody(int tell)
{
	NEED(wv__jail() == 0);
	NEED(write(tell, "x", 1) == 1);
	for (;;)
		;
}

START_TEST(it_is_nobody_and_ends_with_its_processor_time)
{
	char command[200], byte;
	int ends[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		becomes_nobody(ends[1]);
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	snprintf(command, sizeof(command),
		 "grep -q '^Uid:.65534.65534.65534' /proc/%d/status && grep -q '^Groups:[[:space:]]*$' /proc/%d/status", pid, pid);
	if (geteuid() == 0)
		run("%s", command);
	run("grep -q '^NoNewPrivs:.1' /proc/%d/status && grep -q '^CapPrm:.0*$' /proc/%d/status", pid, pid);
	run("grep -q '^Max cpu time *20 ' /proc/%d/limits", pid);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}
END_TEST

static Suite *jail_suite(void)
{
	Suite *suite = suite_create("jail");
	TCase *tc = tcase_create("jail");

	tcase_add_test(tc, a_prisoner_reads_answers_computes_and_nothing_else);
	tcase_add_test(tc, it_is_nobody_and_ends_with_its_processor_time);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(jail_suite());
}
