/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * child.c - a look at a medium by a process of its own
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "child.h"
#include "../base/clock.h"

#define KILL_SECONDS 2
#define POLL_MS 200
#define NS_PER_S UINT64_C(1000000000)

/* Wait for its end, and not for ever: a process that waits for a wedged disk cannot be killed. */
static int end_child(pid_t pid, bool at_once)
{
	const uint64_t until = wv__monotonic_ns() + KILL_SECONDS * NS_PER_S;
	int status;

	if (at_once)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (wv__monotonic_ns() > until)
			kill(pid, SIGKILL);
		if (wv__monotonic_ns() > until + KILL_SECONDS * NS_PER_S)
			return -1;
		usleep(1000);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Until it closes the pipe: 0, hear's answer, -ETIMEDOUT (no sentence), -errno. */
static int listen_to(struct wv_ctx *ctx, const struct wv__child *child, int in)
{
	const uint64_t until = wv__monotonic_ns() + child->seconds * NS_PER_S;
	struct pollfd p = { .fd = in, .events = POLLIN };
	char message[PIPE_BUF];
	ssize_t n;
	int r;

	for (;;) {
		r = wv__check_cancel(ctx);
		if (r < 0)
			return r;
		if (wv__monotonic_ns() > until)
			return -ETIMEDOUT;
		r = poll(&p, 1, POLL_MS);
		if (r == 0 || (r < 0 && errno == EINTR))
			continue;
		n = r < 0 ? r : read(in, message, child->size); /* writes below PIPE_BUF come whole */
		if (n < 0)
			return wv__fail_sys(ctx, -errno, "cannot hear from a process that looks at a medium");
		if ((size_t)n != child->size)
			return 0;
		r = child->hear(child->data, message);
		if (r)
			return r;
	}
}

int wv__child_run(struct wv_ctx *ctx, const struct wv__child *child, int *ret_status)
{
	int ends[2], status, r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		_exit(child->work(child->data, ends[1]));
	}
	r = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return wv__fail_sys(ctx, r, "cannot start a process");
	}
	r = listen_to(ctx, child, ends[0]);
	close(ends[0]);
	status = end_child(pid, r != 0);
	if (r && r != -ETIMEDOUT)
		return r;
	*ret_status = r ? -1 : status;
	return 0;
}
