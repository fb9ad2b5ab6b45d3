/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret.c - memory that is locked, kept out of dumps and children, and
 * zeroed when it is freed
 */
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "secret.h"

#define FROM_FD_MAX (64 * KiB)
#define TICK_MS 100 /* how often the wish to stop is looked at */

void wv__forget(void *data, size_t len)
{
	explicit_bzero(data, len);
}

int wv__secret_new(struct wv_ctx *ctx, size_t len, struct wv_secret **ret)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	struct wv_secret *secret;
	void *data;

	if (len > SIZE_MAX / 2)
		return wv__fail_memory(ctx);
	secret = calloc(1, sizeof(*secret));
	if (!secret)
		return wv__fail_memory(ctx);
	secret->len = len;
	secret->mapped = (len / page + 1) * page; /* at least one byte more: the NUL */
	data = mmap(NULL, secret->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED) {
		free(secret);
		return wv__fail_memory(ctx);
	}
	secret->data = data;
	if (mlock(data, secret->mapped) < 0)
		wv__log(ctx, WV_LOG_WARNING, "a secret may be swapped out: %s", strerror(errno));
	madvise(data, secret->mapped, MADV_DONTDUMP);
	madvise(data, secret->mapped, MADV_WIPEONFORK);
	*ret = secret;
	return 0;
}

int wv__secret_copy(struct wv_ctx *ctx, const void *data, size_t len, struct wv_secret **ret)
{
	struct wv_secret *secret = NULL;
	const int r = wv__secret_new(ctx, len, &secret);

	if (r < 0)
		return r;
	if (len)
		memcpy(secret->data, data, len);
	*ret = secret;
	return 0;
}

void wv__secret_free(struct wv_secret *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret->data, secret->mapped);
	munmap(secret->data, secret->mapped);
	free(secret);
}

WV_API void wv_secret_free(struct wv_secret *secret)
{
	wv__secret_free(secret);
}

void wv__secret_freep(struct wv_secret **secret)
{
	wv__secret_free(*secret);
}

/* A signal that comes just before read() does not end it: so it is never waited for there. */
static int wait_readable(struct wv_ctx *ctx, int fd, const char *name)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int n;

	if (fd < 0)
		return wv__fail_sys(ctx, -EBADF, "cannot read %s", name); /* poll() would wait for ever */
	do {
		if (wv__cancelled(ctx))
			return wv__check_cancel(ctx);
		n = poll(&pfd, 1, TICK_MS);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n < 0 ? wv__fail_sys(ctx, -errno, "cannot read %s", name) : 0;
}

int wv__secret_read(struct wv_ctx *ctx, int fd, const char *name, size_t max,
		    struct wv_secret **ret)
{
	cleanup_secret struct wv_secret *secret = NULL;
	size_t len = 0;
	int r;

	r = wv__secret_new(ctx, max + 1, &secret); /* one more shows that there is more */
	if (r < 0)
		return r;
	while (len <= max) {
		ssize_t n;

		r = wait_readable(ctx, fd, name);
		if (r < 0)
			return r;
		n = read(fd, secret->data + len, max + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return wv__fail_sys(ctx, -errno, "cannot read %s", name);
		if (n == 0)
			break;
		len += n;
	}
	if (len > max)
		return wv__fail(ctx, -EFBIG, "%s is longer than %zu bytes", name, max);
	secret->len = len;
	*ret = take_ptr(secret);
	return 0;
}

WV_API int wv_secret_from_fd(struct wv_ctx *ctx, int fd, const char *name,
			     struct wv_secret **ret_secret)
{
	struct wv_secret *secret = NULL;
	int r;

	wv__process_guard(ctx);
	r = wv__secret_read(ctx, fd, name, FROM_FD_MAX, &secret);
	if (r < 0)
		return r;
	if (secret->len && secret->data[secret->len - 1] == '\n')
		secret->data[--secret->len] = '\0';
	*ret_secret = secret;
	return 0;
}

void wv__process_guard(struct wv_ctx *ctx)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit locked;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		wv__log(ctx, WV_LOG_WARNING, "memory may be dumped: %s", strerror(errno));
	/* Under a limit MCL_FUTURE would make later allocations fail (Argon2's first). */
	if (geteuid() != 0 && (getrlimit(RLIMIT_MEMLOCK, &locked) < 0 ||
			       locked.rlim_cur != RLIM_INFINITY)) {
		wv__log(ctx, WV_LOG_WARNING, "memory may be swapped out: a limit on locked memory");
		return;
	}
	/* ONFAULT: lock what is touched, not the address space that libraries only reserve */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		wv__log(ctx, WV_LOG_WARNING, "memory may be swapped out: %s", strerror(errno));
}
