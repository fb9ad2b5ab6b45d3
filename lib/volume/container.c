/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * container.c - the file that carries a volume. Never sparse: what is written
 * to a hole later may find the disk full, and lands in blocks that nobody
 * recorded.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/crypto.h"
#include "../base/fs.h"
#include "container.h"
#include "direct.h"
#include "luks.h"

#define CHUNK MiB

/* A stream, not zeros: zeros may be stored as a hole, or compressed. The key is not kept. */
static int fill(struct wv_ctx *ctx, const char *path, int fd, uint64_t size)
{
	struct wv_progress progress = { .what = path, .step = "write", .total = size };
	cleanup(wv__ctr_freep) struct wv__ctr *stream = NULL;
	cleanup_free unsigned char *data = wv__direct_buffer(CHUNK);
	unsigned char key[32];
	int r;

	r = wv__random(key, sizeof(key));
	if (r == 0)
		r = wv__ctr_new(key, &stream);
	if (r < 0 || !data)
		return r < 0 ? wv__fail_sys(ctx, r, "cannot fill %s", path) : wv__fail_memory(ctx);
	for (uint64_t at = 0; at < size; at += CHUNK) {
		const size_t len = MIN(CHUNK, size - at);

		r = wv__check_cancel(ctx);
		if (r < 0)
			return r;
		r = wv__ctr_fill(stream, at, data, len);
		if (r == 0)
			r = wv__pwrite_all(fd, data, len, at);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot write %s", path);
		progress.done = progress.all_done = at + len;
		progress.all_total = size;
		wv__progress(ctx, &progress);
	}
	return 0;
}

static int make(struct wv_ctx *ctx, const char *path, int fd, uint64_t size)
{
	int r;

	if (fallocate(fd, 0, 0, size) < 0)
		return wv__fail_sys(ctx, -errno, "cannot reserve %" PRIu64 " bytes for %s", size, path);
	r = fill(ctx, path, fd, size);
	if (r < 0)
		return r;
	if (fsync(fd) < 0)
		return wv__fail_sys(ctx, -errno, "cannot write %s", path);
	return 0;
}

/* The directory's own fsync: a container that a power cut can take away has no records. */
static int sync_parent(struct wv_ctx *ctx, const char *path)
{
	cleanup_free char *dir = strdup(path);
	char *slash;

	if (!dir)
		return wv__fail_memory(ctx);
	slash = strrchr(dir, '/');
	if (!slash)
		return wv__sync_dir(ctx, ".");
	slash[slash == dir] = '\0';
	return wv__sync_dir(ctx, dir);
}

int wv__container_create(struct wv_ctx *ctx, const char *path, uint64_t size)
{
	cleanup_close int fd = -1;
	int r;

	if (size % 4096 != 0 || size < WV__LUKS_MIN_SIZE)
		return wv__fail(ctx, -EINVAL,
				"a container's size is a multiple of 4096 and at least %" PRIu64 " bytes",
				WV__LUKS_MIN_SIZE);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot create %s", path);
	r = make(ctx, path, fd, size);
	if (r == 0)
		r = sync_parent(ctx, path);
	if (r < 0)
		unlink(path);
	return r;
}
