/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walk.c - everything below a directory, examined and hashed on all cores
 *
 * The calling thread reads directories, workers read files; each is opened by
 * its whole path from the root, so depth costs neither stack nor descriptors.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/fs.h"
#include "collide.h"
#include "examine.h"
#include "walk.h"

#define CHANGED C_("it", "changed while it was read")
#define WRITE_STEP (8 * MiB)

struct run {
	struct wv_ctx *ctx;
	const struct wv__walk *walk;
	struct wv__tree *tree;
	struct wv__pool *pool;
	struct wv__entries todo; /* directories to read; borrowed from the tree */
};

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

void wv__tree_freep(struct wv__tree **tree)
{
	if (!*tree)
		return;
	wv__entries_clear(&(*tree)->entries);
	free(*tree);
	*tree = NULL;
}

/* The machine's fault, not the tree's. */
static bool is_ours(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

/* Something could not be opened or asked: 0 when that is a finding. */
static int note_failure(struct wv__entry *entry, int err, const char *what)
{
	if (is_ours(err))
		return err;
	if (err == -EXDEV)
		return wv__unsafe(entry, C_("it", "is a mount point"));
	/* it was there, and no link, when the directory was read */
	if (err == -ENOENT || err == -ELOOP || err == -ENOTDIR)
		return wv__unsafe(entry, CHANGED);
	return wv__unsafe(entry, "cannot be %s: %s", what, strerrordesc_np(-err));
}

static bool same_state(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* ---- files, in a worker --------------------------------------------------- */

/*
 * Write n bytes at offset, and start the medium on each full step: else it
 * idles until the kernel has gathered gigabytes, and syncfs waits for them all.
 */
static int write_through(int out, const void *data, size_t n, uint64_t offset)
{
	const uint64_t end = (offset + n) / WRITE_STEP * WRITE_STEP;
	const int r = wv__write_all(out, data, n);

	if (r == 0 && end > offset) /* what fails on the medium, syncfs reports */
		sync_file_range(out, end - WRITE_STEP, WRITE_STEP, SYNC_FILE_RANGE_WRITE);
	return r;
}

int wv__hash_file(struct wv__worker *worker, struct wv__entry *entry, int fd, int out)
{
	uint64_t total = 0;
	ssize_t n;
	int r;

	/* No further than the size at first: somebody may append for ever. */
	while (total <= entry->size && (n = read(fd, worker->buffer, WV_POOL_BUFFER)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return note_failure(entry, -errno, "read");
		r = wv__sha256_update(worker->hash, worker->buffer, n);
		if (r < 0)
			return wv__worker_fail(worker, r, "cannot hash %s", entry->path);
		r = out < 0 ? 0 : write_through(out, worker->buffer, n, total);
		if (r < 0)
			return wv__worker_fail_sys(worker, r, "cannot write %s", entry->path);
		total += n;
		r = wv__worker_done(worker, n);
		if (r < 0)
			return r;
	}
	if (total != entry->size)
		return wv__unsafe(entry, CHANGED);
	return 0;
}

static int read_file(const struct run *run, struct wv__worker *worker, int fd,
		     const struct stat *before, struct wv__entry *entry)
{
	struct stat after;
	int r;

	if (run->walk->flags & WV_WALK_UNCACHED)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (entry->size > WV_POOL_BUFFER)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r = run->walk->read ? run->walk->read(worker, run->walk->data, fd, before, entry) :
			      wv__hash_file(worker, entry, fd, -1);
	/* also after a failure: the hash begins anew */
	if (wv__sha256_final(worker->hash, entry->sha256) < 0 && r == 0)
		r = wv__worker_fail(worker, -EIO, "cannot hash %s", entry->path);
	if (r < 0)
		return r;
	if (fstat(fd, &after) < 0)
		return note_failure(entry, -errno, "asked");
	if (!same_state(before, &after) && !(entry->unsafe && strstr(entry->unsafe, CHANGED)))
		return wv__unsafe(entry, CHANGED);
	return 0;
}

static int open_and_read(const struct run *run, struct wv__worker *worker, struct wv__entry *entry)
{
	cleanup_close int fd = -1;
	struct stat st;
	int r;

	fd = wv__open_beneath(run->walk->dirfd, entry->path, O_RDONLY | O_NOFOLLOW, 0);
	if (fd < 0)
		return note_failure(entry, fd, "opened");
	if (fstat(fd, &st) < 0)
		return note_failure(entry, -errno, "asked");
	if (!S_ISREG(st.st_mode)) /* it was one when the directory was read */
		return wv__unsafe(entry, CHANGED);
	entry->size = st.st_size;
	r = wv__examine_kind(entry, &st);
	if (r == 0)
		r = wv__examine_xattrs(entry, fd);
	return r < 0 ? r : read_file(run, worker, fd, &st, entry);
}

static int file_job(struct wv__worker *worker, void *data, struct wv__entry *entry)
{
	const int r = open_and_read(data, worker, entry);

	if (is_ours(r) && !worker->why)
		return wv__worker_fail_sys(worker, r, "cannot read %s", entry->path);
	return r;
}

/* ---- directories, in the calling thread ------------------------------------- */

static char *path_below(const struct wv__entry *dir, const char *name)
{
	return strcmp(dir->path, ".") == 0 ? strdup(name) : wv__path_join(dir->path, name);
}

/* A new entry of the tree. NULL: no memory. */
static struct wv__entry *add_entry(struct run *run, const struct wv__entry *dir, const char *name)
{
	cleanup_free char *path = path_below(dir, name);
	struct wv__entry *entry = path ? wv__entry_new(path, false) : NULL;

	if (!entry)
		return NULL;
	if (wv__entries_append(&run->tree->entries, entry) < 0) {
		wv__entry_free(entry);
		return NULL;
	}
	return entry;
}

/* What a name is: from the directory where it says so, else asked; left alone when that fails. */
static int kind_of(int dirfd, const struct dirent *name, struct wv__entry *entry, mode_t *ret_kind)
{
	struct stat st;

	if (name->d_type == DT_REG || name->d_type == DT_DIR) {
		*ret_kind = DTTOIF(name->d_type);
		return 0;
	}
	if (fstatat(dirfd, name->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return note_failure(entry, -errno, "asked");
	*ret_kind = st.st_mode & S_IFMT;
	return S_ISREG(st.st_mode) ? 0 : wv__examine_kind(entry, &st); /* a file's, in the worker */
}

static int take_name(struct run *run, int dirfd, const struct wv__entry *dir,
		     const struct dirent *name)
{
	struct wv__entry *entry = add_entry(run, dir, name->d_name);
	const char *fault;
	mode_t kind = 0;
	int r;

	if (!entry)
		return -ENOMEM;
	fault = wv__path_fault(entry->path);
	r = fault ? wv__unsafe(entry, "%s", fault) : 0;
	if (r == 0)
		r = kind_of(dirfd, name, entry, &kind);
	if (r < 0)
		return r;
	entry->is_dir = S_ISDIR(kind);
	if (strlen(entry->path) > WV_PATH_BYTES) /* the kernel would not take it either */
		return 0;
	if (entry->is_dir)
		return wv__entries_append(&run->todo, entry);
	return S_ISREG(kind) ? wv__pool_put(run->pool, entry) : 0;
}

static int read_names(struct run *run, DIR *dir, struct wv__entry *entry)
{
	const struct dirent *name;
	int r;

	while (errno = 0, (name = readdir(dir))) {
		if (strcmp(name->d_name, ".") == 0 || strcmp(name->d_name, "..") == 0)
			continue;
		r = take_name(run, dirfd(dir), entry, name);
		if (r < 0)
			return r;
	}
	return errno ? note_failure(entry, -errno, "read") : 0;
}

static int read_dir(struct run *run, struct wv__entry *entry)
{
	cleanup(closedirp) DIR *dir = NULL;
	struct stat before, after;
	int fd, r;

	fd = wv__open_beneath(run->walk->dirfd, entry->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return note_failure(entry, fd, "opened");
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return note_failure(entry, r, "opened");
	}
	if (fstat(fd, &before) < 0)
		return note_failure(entry, -errno, "asked");
	r = wv__examine_xattrs(entry, fd);
	if (r == 0 && run->walk->dir)
		r = run->walk->dir(run->ctx, run->walk->data, &before, entry);
	if (r == 0)
		r = read_names(run, dir, entry);
	if (r < 0)
		return r;
	if (fstat(fd, &after) < 0)
		return note_failure(entry, -errno, "asked");
	return same_state(&before, &after) ? 0 : wv__unsafe(entry, CHANGED);
}

/* From the root down; each directory is read before those below it. */
static int read_dirs(struct run *run, struct wv__entry *root)
{
	int r = read_dir(run, root);

	while (r == 0 && run->todo.count)
		r = read_dir(run, run->todo.at[--run->todo.count]);
	if (is_ours(r))
		return wv__fail_sys(run->ctx, r, "cannot read the tree");
	return r;
}

static void entry_freep(struct wv__entry **entry)
{
	wv__entry_free(*entry);
}

static int walk_all(struct run *run)
{
	cleanup(entry_freep) struct wv__entry *root = wv__entry_new(".", true);
	int r;

	if (!root)
		return wv__pool_finish(run->pool, wv__fail_memory(run->ctx));
	r = wv__pool_finish(run->pool, read_dirs(run, root));
	if (r < 0)
		return r;
	r = wv__collide(&run->tree->entries);
	if (r == 0 && root->unsafe) {
		r = wv__entries_append(&run->tree->entries, root);
		if (r == 0)
			root = NULL;
	}
	if (r < 0)
		return wv__fail_memory(run->ctx);
	wv__entries_sort(&run->tree->entries);
	return 0;
}

int wv__walk(struct wv_ctx *ctx, const struct wv__walk *walk, struct wv__tree **ret_tree)
{
	cleanup_tree struct wv__tree *tree = calloc(1, sizeof(*tree));
	struct run run = { .ctx = ctx, .walk = walk, .tree = tree };
	int r;

	if (!tree)
		return wv__fail_memory(ctx);
	r = wv__pool_start(ctx, file_job, &run, walk->step ? walk->step : "hash", walk->total,
			   &run.pool);
	if (r < 0)
		return r;
	r = walk_all(&run);
	free(run.todo.at);
	if (r < 0)
		return r;
	*ret_tree = take_ptr(tree);
	return 0;
}

int wv__walk_hash(struct wv_ctx *ctx, int dirfd, uint32_t flags, uint64_t total,
		  struct wv__tree **ret_tree)
{
	const struct wv__walk walk = { .dirfd = dirfd, .flags = flags, .total = total };

	return wv__walk(ctx, &walk, ret_tree);
}
