/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reread.c - files read back from the medium, on all cores
 *
 * The page cache would only repeat what was sent. So: syncfs, the file's clean
 * pages dropped, and O_DIRECT where the file system has it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/fs.h"
#include "../declare/pool.h"
#include "reread.h"

#define MISSING C_("it", "is missing")
#define CONTENT C_("it", "has another content")

struct run {
	int dir;
	const struct wv__entry *_Atomic bad; /* the first one found, in no order */
};

static int found(struct run *run, struct wv__worker *worker, const struct wv__entry *entry,
		 const char *why)
{
	const struct wv__entry *none = NULL;

	atomic_compare_exchange_strong(&run->bad, &none, entry);
	return wv__worker_fail(worker, -EBADMSG, "%s", why);
}

/* A file system may take the flag and refuse the read (a tail, a small block): then without it. */
static ssize_t read_direct(int fd, void *buffer, uint64_t offset)
{
	ssize_t n;

	do
		n = pread(fd, buffer, WV_POOL_BUFFER, offset);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EINVAL && fcntl(fd, F_GETFL) & O_DIRECT &&
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_DIRECT) == 0)
		n = pread(fd, buffer, WV_POOL_BUFFER, offset);
	return n;
}

static int hash(struct run *run, struct wv__worker *worker, const struct wv__entry *entry, int fd)
{
	unsigned char sha256[WV_SHA256_SIZE];
	uint64_t offset = 0;
	ssize_t n;
	int r;

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	fcntl(fd, F_SETFL, O_RDONLY | O_DIRECT); /* refused where there is none */
	while (offset < entry->size) {
		n = read_direct(fd, worker->buffer, offset);
		if (n < 0)
			return wv__worker_fail_sys(worker, -errno, "cannot read a file back");
		if (n == 0)
			break;
		if (wv__sha256_update(worker->hash, worker->buffer, n) < 0)
			return wv__worker_fail(worker, -EIO, "cannot hash");
		offset += n;
		r = wv__worker_done(worker, n);
		if (r < 0)
			return r;
	}
	if (wv__sha256_final(worker->hash, sha256) < 0)
		return wv__worker_fail(worker, -EIO, "cannot hash");
	if (offset != entry->size || memcmp(sha256, entry->sha256, sizeof(sha256)))
		return found(run, worker, entry, CONTENT);
	return 0;
}

static int check_file(struct wv__worker *worker, void *data, struct wv__entry *entry)
{
	struct run *run = data;
	cleanup_close int fd = -1;
	struct stat st;

	fd = wv__open_beneath(run->dir, entry->path, O_RDONLY | O_NOFOLLOW, 0);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return found(run, worker, entry, MISSING);
	if (fd == -ELOOP)
		return found(run, worker, entry, C_("it", "is a symbolic link"));
	if (fd == -EXDEV || fd == -ENXIO)
		return found(run, worker, entry, C_("it", "is not a file of this directory"));
	if (fd < 0)
		return wv__worker_fail_sys(worker, fd, "cannot open a file to read it back");
	if (fstat(fd, &st) < 0)
		return wv__worker_fail_sys(worker, -errno, "cannot stat a file to read it back");
	if (!S_ISREG(st.st_mode))
		return found(run, worker, entry, C_("it", "is no regular file"));
	if ((uint64_t)st.st_size != entry->size)
		return found(run, worker, entry, C_("it", "has another size"));
	return hash(run, worker, entry, fd);
}

int wv__reread(struct wv_ctx *ctx, int dir, const struct wv__files *files,
	       const struct wv__entry **ret_bad)
{
	struct run run = { .dir = dir };
	struct wv__pool *pool;
	int r;

	if (syncfs(dir) < 0)
		return wv__fail_sys(ctx, -errno, "cannot sync the take-out's data");
	r = wv__pool_start(ctx, check_file, &run, "receipt", files->bytes, &pool);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < files->entries.count; i++)
		r = wv__pool_put(pool, files->entries.at[i]);
	r = wv__pool_finish(pool, 0);
	if (r == -EBADMSG)
		*ret_bad = run.bad;
	return r;
}
