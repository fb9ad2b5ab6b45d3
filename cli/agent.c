/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agent.c - both factors, asked for through systemd's password agents: where
 * there is no terminal, by whatever desktop, console or wall listens for them
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define PROGRAM "/usr/bin/systemd-ask-password"
#define TICK_MS 200 /* how often the wish to stop is looked at */

static int start(const char *prompt, bool secret, pid_t *ret_pid, int *ret_fd)
{
	/* 10 minutes: for who is told of the medium, and fetches the key file */
	const char *const argv[] = { PROGRAM, "--no-tty", "--timeout=600", "--icon=drive-removable-media",
				     secret ? "--echo=masked" : "--echo=yes", "--", prompt, NULL };
	const char *const env[] = { "LC_ALL=C.UTF-8", NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		r = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		if (r == 0)
			r = posix_spawn(ret_pid, PROGRAM, &actions, NULL, (char *const *)argv,
					(char *const *)env);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	if (r)
		close(ends[0]);
	*ret_fd = ends[0];
	return -r;
}

/* A signal to us alone takes the question back: an answer would come to nobody. */
static void wait_answer(pid_t pid, int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };
	int n = 0;

	while (!signals_stop_wanted() && (n == 0 || (n < 0 && errno == EINTR)))
		n = poll(&end, 1, TICK_MS);
	if (signals_stop_wanted())
		kill(pid, SIGTERM);
}

/* It has answered: with status 0, or nobody did. */
static bool answered(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int nobody(struct cli *cli, bool secret)
{
	if (signals_stop_wanted())
		return report_text(cli, -ECANCELED, "interrupted");
	return report_text(cli, -EPERM, secret ? N_("no password agent gave the passphrase") :
						 N_("no password agent gave the path of the key file"));
}

/* One line: a path holds no secret. */
static int read_path(int fd, char *path, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && ((n = read(fd, path + len, size - 1 - len)) > 0 || (n < 0 && errno == EINTR)))
		len += n > 0 ? n : 0;
	path[len] = '\0';
	path[strcspn(path, "\n")] = '\0';
	return *path ? 0 : -ENODATA;
}

static int ask_key_file(struct cli *cli, const char *target)
{
	char prompt[256], path[PATH_MAX], *kept;
	pid_t pid;
	int fd, r;

	snprintf(prompt, sizeof(prompt), _("workvol return %s: path of the key file"), target);
	r = start(prompt, false, &pid, &fd);
	if (r < 0)
		return report_text(cli, r, "cannot run %s", PROGRAM);
	wait_answer(pid, fd);
	r = read_path(fd, path, sizeof(path));
	close(fd);
	if (!answered(pid) || r < 0)
		return nobody(cli, false);
	kept = strdup(path);
	if (!kept || list_add(&cli->args.typed, kept) < 0) {
		free(kept);
		return report_text(cli, -ENOMEM, "out of memory");
	}
	cli->args.key_file = kept;
	return EXIT_OK;
}

int ask_agent(struct cli *cli, struct wv_secret **ret_secret)
{
	const char *target = cli->args.argv[0];
	char prompt[256];
	pid_t pid;
	int fd, r;

	if (cli->args.no_input)
		return report_text(cli, -EPERM, "--ask-agent asks, and --no-input forbids it");
	if (!cli->args.key_file) {
		r = ask_key_file(cli, target);
		if (r)
			return r;
	}
	snprintf(prompt, sizeof(prompt), _("workvol return %s: passphrase"), target);
	r = start(prompt, true, &pid, &fd);
	if (r < 0)
		return report_text(cli, r, "cannot run %s", PROGRAM);
	wait_answer(pid, fd);
	r = wv_secret_from_fd(cli->ctx, fd, "the passphrase", ret_secret); /* into locked memory, and nowhere else */
	close(fd);
	if (answered(pid) && r == 0)
		return EXIT_OK;
	if (r == 0) {
		wv_secret_free(*ret_secret);
		*ret_secret = NULL;
	}
	return nobody(cli, true);
}
