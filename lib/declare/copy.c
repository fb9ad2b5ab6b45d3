/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.c - a declared tree, copied and hashed in one reading, and proven after
 *
 * Copying is a walk over the source whose reading writes as well. A file that
 * is wrong before it is read, or after, stops it at once; what only the whole
 * tree shows (something missing, links, names that collide), at the end.
 */
#include <fcntl.h>
#include <string.h>

#include "base/fs.h"
#include "copy.h"

struct copy {
	const struct wv__declaration *decl;
	const char *source;
	int dest;
};

/*
 * What is as wanted already is left alone: each change is a transaction of the
 * file system, and for 100,000 small files they cost as much as the content.
 * The owner is kept where one may: the holder must be able to work with the
 * files. The mode after the owner, since chown drops bits; never set-id or
 * sticky ones.
 */
static int keep_attributes(int fd, const struct stat *want, mode_t mode)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, want->st_mtim };
	struct stat have;

	if (fstat(fd, &have) < 0)
		return -errno;
	if (have.st_uid != want->st_uid || have.st_gid != want->st_gid) {
		if (fchown(fd, want->st_uid, want->st_gid) < 0 && errno != EPERM && errno != EINVAL)
			return -errno;
		have.st_mode = 0;
	}
	if ((have.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
		return -errno;
	return S_ISREG(want->st_mode) && futimens(fd, times) < 0 ? -errno : 0;
}

static int fail_undeclared(struct wv__worker *worker, const struct copy *copy, const char *path)
{
	return wv__worker_fail(worker, -EBADMSG, "%s holds %s, which is not declared", copy->source,
			       path);
}

/* After each step: whether the source is still as declared. */
static int need_declared(struct wv__worker *worker, const struct copy *copy,
			 const struct wv__entry *want, const struct wv__entry *have)
{
	if (!want)
		return fail_undeclared(worker, copy, have->path);
	if (have->unsafe)
		return wv__worker_fail(worker, -EBADMSG, "%s: %s %s", copy->source, have->path,
				       have->unsafe);
	if (want->is_dir)
		return wv__worker_fail(worker, -EBADMSG, "%s: %s is declared as a directory and is a file",
				       copy->source, have->path);
	if (want->size != have->size)
		return wv__worker_fail(worker, -EBADMSG,
				       "%s: %s has %" PRIu64 " bytes, %" PRIu64 " are declared",
				       copy->source, have->path, have->size, want->size);
	return 0;
}

static int copy_file(struct wv__worker *worker, void *data, int fd, const struct stat *st,
		     struct wv__entry *entry)
{
	const struct copy *copy = data;
	const struct wv__entry *want = wv__declaration_find(copy->decl, entry->path);
	const mode_t mode = (st->st_mode & 0777) | 0600;
	cleanup_close int out = -1;
	int r;

	r = need_declared(worker, copy, want, entry);
	if (r < 0)
		return r;
	out = wv__open_beneath(copy->dest, entry->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
			       mode);
	if (out < 0)
		return wv__worker_fail_sys(worker, out, "cannot create %s", entry->path);
	r = wv__hash_file(worker, entry, fd, out);
	if (r < 0)
		return r;
	r = keep_attributes(out, st, mode);
	if (r < 0)
		return wv__worker_fail_sys(worker, r, "cannot set the attributes of %s", entry->path);
	return need_declared(worker, copy, want, entry);
}

/* The walk gives a directory before what is in it. */
static int copy_dir(struct wv_ctx *ctx, void *data, const struct stat *st, struct wv__entry *entry)
{
	const struct copy *copy = data;
	const mode_t mode = (st->st_mode & 0777) | 0700;
	cleanup_close int fd = -1;
	int r;

	if (strcmp(entry->path, ".") == 0)
		return 0;
	if (!wv__declaration_find(copy->decl, entry->path))
		return wv__fail(ctx, -EBADMSG, "%s holds %s, which is not declared", copy->source,
				entry->path);
	if (mkdirat(copy->dest, entry->path, mode) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make the directory %s", entry->path);
	fd = wv__open_beneath(copy->dest, entry->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return wv__fail_sys(ctx, fd, "cannot open the directory %s", entry->path);
	r = keep_attributes(fd, st, mode);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot set the attributes of %s", entry->path) : 0;
}

int wv__copy_tree(struct wv_ctx *ctx, const struct wv__declaration *decl, int source,
		  const char *source_name, int dest)
{
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_tree struct wv__tree *tree = NULL;
	struct copy copy = { .decl = decl, .source = source_name, .dest = dest };
	struct wv__walk walk = { .dirfd = source, .step = "copy", .read = copy_file, .dir = copy_dir,
				 .data = &copy };
	struct wv__totals totals;
	int r;

	r = wv__declaration_totals(ctx, decl, &totals);
	if (r < 0)
		return r;
	walk.total = totals.bytes;
	r = wv__walk(ctx, &walk, &tree);
	if (r == 0)
		r = wv__compare(ctx, decl, tree, WV_COMPARE_EXACT, &result);
	if (r == 0)
		r = wv__compare_need_clean(ctx, result, source_name);
	if (r < 0)
		return r;
	if (syncfs(dest) < 0)
		return wv__fail_sys(ctx, -errno, "cannot write the copy to its medium");
	return 0;
}

int wv__verify_tree(struct wv_ctx *ctx, const struct wv__declaration *decl, int dirfd,
		    struct wv_doc **ret_result)
{
	cleanup_tree struct wv__tree *tree = NULL;
	struct wv__walk walk = { .dirfd = dirfd, .flags = WV_WALK_UNCACHED, .step = "verify" };
	struct wv__totals totals;
	int r;

	r = wv__declaration_totals(ctx, decl, &totals);
	if (r < 0)
		return r;
	walk.total = totals.bytes;
	if (syncfs(dirfd) < 0) /* only what is on the medium can be put out of the cache */
		return wv__fail_sys(ctx, -errno, "cannot write the tree to its medium");
	r = wv__walk(ctx, &walk, &tree);
	return r < 0 ? r : wv__compare(ctx, decl, tree, WV_COMPARE_EXACT, ret_result);
}
