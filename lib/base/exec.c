/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exec.c - other programs: an argv, a fixed PATH, closed descriptors, no shell
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "clock.h"
#include "exec.h"

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define OUTPUT_MAX (64 * MiB)
#define TICK_MS 100          /* how often the wish to stop is looked at */
#define TERM_PATIENCE_MS 2000 /* from SIGTERM to SIGKILL */

enum { READ_END, WRITE_END };

struct child {
	pid_t pid; /* 0: not started */
	int pidfd;
	int in[2], out[2], err[2];
	int report[2]; /* carries the errno of a failed start; closed by execve */
	size_t written;
};

#define CHILD_INIT { .pidfd = -1, .in = { -1, -1 }, .out = { -1, -1 }, .err = { -1, -1 }, \
		     .report = { -1, -1 } }

static void close_end(int *fd)
{
	wv__closep(fd);
	*fd = -1;
}

static void stop(struct child *child, bool terminal);

static void child_done(struct child *child)
{
	int *const fds[] = { child->in, child->out, child->err, child->report };

	stop(child, false);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		close_end(&fds[i][READ_END]);
		close_end(&fds[i][WRITE_END]);
	}
	close_end(&child->pidfd);
}

static char *find_program(const char *name)
{
	cleanup_free char *path = strdup(PATH);
	char *rest = path;

	if (!path || strchr(name, '/'))
		return path ? strdup(name) : NULL;
	for (const char *dir; (dir = strsep(&rest, ":"));) {
		cleanup_free char *candidate = wv__printf("%s/%s", dir, name);

		if (!candidate)
			return NULL;
		if (access(candidate, X_OK) == 0)
			return take_ptr(candidate);
	}
	return strdup(name); /* execve will say ENOENT */
}

/* PATH and the locale, then what was asked for; an array to free. */
static const char **make_env(const char *const *more)
{
	size_t n = 0;
	const char **env;

	while (more && more[n])
		n++;
	env = calloc(n + 3, sizeof(*env));
	if (!env)
		return NULL;
	env[0] = "PATH=" PATH;
	env[1] = "LC_ALL=C.UTF-8";
	for (size_t i = 0; i < n; i++)
		env[i + 2] = more[i];
	return env;
}

/* ---- in the child: async-signal-safe calls only ------------------------------ */

/* Above the three standard ones, so that putting one in place never closes another. */
static int out_of_the_way(int fd)
{
	return fd < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static int set_descriptors(const struct child *child, const int *keep)
{
	int fds[3] = { child->in[READ_END], child->out[WRITE_END], child->err[WRITE_END] };

	for (int i = 0; i < 3; i++) {
		fds[i] = out_of_the_way(fds[i]);
		if (fds[i] >= 0 && fds[i] < 3)
			fds[i] = out_of_the_way(fds[i]);
		if (fds[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			return -errno;
	if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	for (; keep && *keep >= 0; keep++)
		if (fcntl(*keep, F_SETFD, 0) < 0)
			return -errno;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become(const struct wv__exec *exec, const struct child *child, pid_t parent,
		  const char *program, const char **env)
{
	int r;

	/* A session of its own: no terminal to hang on, and a group that can be ended whole. */
	if (!exec->terminal && setsid() < 0)
		return -errno;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	if (getppid() != parent) /* it died before the line above */
		return -ESRCH;
	reset_signals();
	r = set_descriptors(child, exec->keep_fds);
	if (r < 0)
		return r;
	if (chdir(exec->dir ? exec->dir : "/") < 0)
		return -errno;
	execve(program, (char *const *)exec->argv, (char *const *)env);
	return -errno;
}

/* ---- in the parent -------------------------------------------------------------- */

static int make_pipes(const struct wv__exec *exec, struct child *child)
{
	if (exec->input && pipe2(child->in, O_CLOEXEC) < 0)
		return -errno;
	if (exec->out && pipe2(child->out, O_CLOEXEC) < 0)
		return -errno;
	if (exec->err && pipe2(child->err, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(child->report, O_CLOEXEC) < 0)
		return -errno;
	/* Ours only: O_NONBLOCK belongs to the open file, not to the child's end. */
	if ((exec->input && fcntl(child->in[WRITE_END], F_SETFL, O_NONBLOCK) < 0) ||
	    (exec->out && fcntl(child->out[READ_END], F_SETFL, O_NONBLOCK) < 0) ||
	    (exec->err && fcntl(child->err[READ_END], F_SETFL, O_NONBLOCK) < 0))
		return -errno;
	return 0;
}

static int start(const struct wv__exec *exec, struct child *child)
{
	cleanup_free char *program = find_program(exec->argv[0]);
	cleanup_free const char **env = make_env(exec->env);
	const pid_t parent = getpid();
	int r, said = 0;
	pid_t pid;

	if (!program || !env)
		return -ENOMEM;
	r = make_pipes(exec, child);
	if (r < 0)
		return r;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		r = become(exec, child, parent, program, env);
		if (write(child->report[WRITE_END], &r, sizeof(r)) < 0)
			r = 0; /* nobody is there to be told */
		_exit(127);
	}
	child->pid = pid;
	close_end(&child->out[WRITE_END]);
	close_end(&child->err[WRITE_END]);
	close_end(&child->report[WRITE_END]);
	/* in[READ_END] stays open here: while there is a reader, no SIGPIPE can hit the caller */
	while ((r = read(child->report[READ_END], &said, sizeof(said))) < 0 && errno == EINTR)
		;
	if (r < 0)
		return -errno;
	if (r > 0)
		return said;
	child->pidfd = syscall(SYS_pidfd_open, pid, 0);
	return child->pidfd < 0 ? -errno : 0;
}

/* End it if it still runs, politely first, and reap it. */
static void stop(struct child *child, bool terminal)
{
	const pid_t whom = terminal ? child->pid : -child->pid;
	struct pollfd end = { .fd = child->pidfd, .events = POLLIN };

	if (child->pid <= 1)
		return;
	if (child->pidfd >= 0) {
		kill(whom, SIGTERM);
		poll(&end, 1, TERM_PATIENCE_MS);
	}
	kill(whom, SIGKILL);
	kill(child->pid, SIGKILL); /* before its setsid() it has no group */
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
}

static size_t output_max(const struct wv__exec *exec)
{
	return exec->out_max ? exec->out_max : OUTPUT_MAX;
}

/* Take what is there now; the end closes our side. */
static int take_output(int *fd, struct wv_buf *buf, size_t max)
{
	while (*fd >= 0) {
		ssize_t n;
		int r = wv__buf_reserve(buf, 65536);

		if (r < 0)
			return r;
		n = read(*fd, buf->data + buf->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n == 0)
			close_end(fd);
		buf->len += n;
		buf->data[buf->len] = '\0';
		if (buf->len > max)
			return -EFBIG;
	}
	return 0;
}

static int give_input(struct child *child, const struct wv__exec *exec)
{
	while (child->written < exec->input_len) {
		const ssize_t n = write(child->in[WRITE_END],
					(const char *)exec->input + child->written,
					exec->input_len - child->written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		child->written += n;
	}
	close_end(&child->in[WRITE_END]);
	return 0;
}

/* Feed it and listen to it until it ends: what a grandchild still holds open is not waited for. */
static int attend(struct wv_ctx *ctx, const struct wv__exec *exec, struct child *child)
{
	const uint64_t begin = wv__monotonic_ns();
	int r;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = child->pidfd, .events = POLLIN },
			{ .fd = child->out[READ_END], .events = POLLIN },
			{ .fd = child->err[READ_END], .events = POLLIN },
			{ .fd = child->in[WRITE_END], .events = POLLOUT },
		};

		if (wv__cancelled(ctx))
			return -ECANCELED;
		if (exec->seconds && wv__monotonic_ns() - begin > exec->seconds * UINT64_C(1000000000))
			return -ETIMEDOUT;
		if (poll(fds, ARRAY_SIZE(fds), TICK_MS) < 0 && errno != EINTR)
			return -errno;
		r = child->in[WRITE_END] >= 0 ? give_input(child, exec) : 0;
		if (r == 0 && exec->out)
			r = take_output(&child->out[READ_END], exec->out, output_max(exec));
		if (r == 0 && exec->err)
			r = take_output(&child->err[READ_END], exec->err, output_max(exec));
		if (r < 0)
			return r;
		if (fds[0].revents & POLLIN)
			return 0;
	}
}

static int reap(struct child *child, int *ret_status)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	child->pid = 0;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

static int failed(struct wv_ctx *ctx, const struct wv__exec *exec, int err)
{
	const char *name = exec->argv[0];

	switch (err) {
	case -ENOENT:
		return wv__fail(ctx, err, "the program %s is not installed", name);
	case -ECANCELED:
		return wv__check_cancel(ctx);
	case -ETIMEDOUT:
		return wv__fail(ctx, err, "%s did not end within %u s", name, exec->seconds);
	case -EFBIG:
		return wv__fail(ctx, err, "%s printed more than %zu MiB", name,
				(size_t)(output_max(exec) / MiB));
	default:
		return wv__fail_sys(ctx, err, "cannot run %s", name);
	}
}

int wv__exec(struct wv_ctx *ctx, const struct wv__exec *exec, int *ret_status)
{
	cleanup(child_done) struct child child = CHILD_INIT;
	int r;

	r = start(exec, &child);
	if (r == 0)
		r = attend(ctx, exec, &child);
	if (r == 0)
		r = reap(&child, ret_status);
	if (r < 0) {
		stop(&child, exec->terminal);
		return failed(ctx, exec, r);
	}
	return 0;
}

/* The last line that is not empty, without its end. */
static const char *last_line(struct wv_buf *text)
{
	const char *line;

	while (text->len && strchr(" \r\n", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
	line = text->len ? strrchr(text->data, '\n') : NULL;
	return line ? line + 1 : wv__buf_str(text);
}

int wv__exec_ok(struct wv_ctx *ctx, const struct wv__exec *exec)
{
	cleanup_buf struct wv_buf own = WV_BUF_INIT;
	struct wv__exec with_err = *exec;
	const char *line;
	int r, status;

	if (!exec->err)
		with_err.err = &own;
	r = wv__exec(ctx, &with_err, &status);
	if (r < 0 || status == 0)
		return r;
	line = last_line(with_err.err);
	if (!*line)
		return wv__fail(ctx, -EIO, "%s ended with status %d", exec->argv[0], status);
	return wv__fail(ctx, -EIO, "%s: %s", exec->argv[0], line);
}
