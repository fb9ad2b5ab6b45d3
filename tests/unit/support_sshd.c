/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_sshd.c - a real sshd on 127.0.0.1 with one key and one forced command
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"
#include "support_sshd.h"

static pid_t start(const char *const *argv)
{
	const pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setpgid(0, 0);
	dup2(STDERR_FILENO, STDOUT_FILENO); /* stdout is the TAP's */
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

int test_run(const char *const *argv)
{
	const pid_t pid = start(argv);
	int status = 0;

	for (int i = 0; i < 10000; i++, nap())
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ck_abort_msg("%s did not end", argv[0]);
	return -1;
}

char *test_keygen(const char *path)
{
	const char *const argv[] = { "/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test",
				     "-f", path, NULL };
	char line[600], type[64], blob[400], *name = NULL, *key = NULL;
	FILE *file;

	ck_assert_int_eq(test_run(argv), 0);
	ck_assert_int_gt(asprintf(&name, "%s.pub", path), 0);
	file = fopen(name, "re");
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
	fclose(file);
	free(name);
	ck_assert_int_eq(sscanf(line, "%63s %399s", type, blob), 2);
	ck_assert_int_gt(asprintf(&key, "%s %s", type, blob), 0);
	return key;
}

static unsigned int free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(at);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static bool answers(unsigned int port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const bool yes = connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return yes;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static bool listens(struct test_sshd *sshd, const char *dir)
{
	char config[2048], path[512];

	sshd->port = free_port();
	snprintf(config, sizeof(config),
		 "ListenAddress 127.0.0.1:%u\nHostKey %s/host\nPidFile none\n"
		 "AuthorizedKeysFile %s/authorized_keys\nPermitRootLogin forced-commands-only\n"
		 "StrictModes no\nUsePAM no\nUseDNS no\nLogLevel FATAL\n", sshd->port, dir, dir);
	write_file(dir, "config", config);
	snprintf(path, sizeof(path), "%s/config", dir);
	sshd->pid = start((const char *const[]){ "/usr/sbin/sshd", "-D", "-e", "-f", path, NULL });
	for (int i = 0; i < 5000; i++, nap()) {
		if (waitpid(sshd->pid, NULL, WNOHANG) == sshd->pid)
			return false;
		if (answers(sshd->port))
			return true;
	}
	return false;
}

void test_sshd_start(struct test_sshd *ret, const char *dir, const char *command)
{
	char line[2048], path[512], *key;

	mkdir("/run/sshd", 0755); /* sshd insists on it as root */
	snprintf(path, sizeof(path), "%s/host", dir);
	ret->host_key = test_keygen(path);
	ck_assert_int_gt(asprintf(&ret->identity, "%s/client", dir), 0);
	key = test_keygen(ret->identity);
	snprintf(line, sizeof(line), "restrict,command=\"%s\" %s\n", command, key);
	free(key);
	write_file(dir, "authorized_keys", line);
	for (int i = 0; i < 3; i++) /* another may have taken the port */
		if (listens(ret, dir))
			return;
	ck_abort_msg("sshd does not start");
}

void test_sshd_stop(struct test_sshd *sshd)
{
	if (sshd->pid > 0) {
		kill(sshd->pid, SIGTERM);
		waitpid(sshd->pid, NULL, 0);
	}
	free(sshd->host_key);
	free(sshd->identity);
	*sshd = (struct test_sshd){ 0 };
}
