/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copies.c - declared content that lies outside of the volume
 */
#include <fcntl.h>
#include <fts.h>
#include <string.h>

#include "copies.h"
#include "host.h"
#include "../base/clock.h"
#include "../base/fs.h"

#define ROWS_MAX 200      /* of a list: all of it goes into a ledger record */
#define EXCEPT_MAX 8
#define CHUNK (256 * KiB)
#define TICK_NS 100000000 /* between two tellings of progress */

struct search {
	struct wv_ctx *ctx;
	const struct wv__copies_search *ask;
	struct wv__entry **by_size; /* the declared files, borrowed; by size, then path */
	size_t files;
	struct wv__sha256 *hash;
	unsigned char *buffer;
	struct wv_doc *found, *not_searched, *searched;
	uint64_t found_count, not_searched_count, entries, hashed;
	uint64_t begun, told; /* nanoseconds */
	int root;             /* the directory that is searched; -1 */
	const char *dir;
	struct stat except[EXCEPT_MAX];
	size_t excepts;
	bool ended;           /* a limit was reached */
};

static void search_clear(struct search *s)
{
	wv__closep(&s->root);
	wv__sha256_free(s->hash);
	free(s->by_size);
	free(s->buffer);
	wv_doc_free(s->found);
	wv_doc_free(s->not_searched);
	wv_doc_free(s->searched);
}

static int compare_size(const void *a, const void *b)
{
	const struct wv__entry *one = *(struct wv__entry *const *)a, *two = *(struct wv__entry *const *)b;

	if (one->size != two->size)
		return one->size < two->size ? -1 : 1;
	return strcmp(one->path, two->path);
}

static int begin(struct search *s)
{
	const struct wv__entries *entries = &s->ask->decl->entries;
	int r;

	s->begun = wv__monotonic_ns();
	s->by_size = calloc(entries->count + 1, sizeof(*s->by_size));
	s->buffer = malloc(CHUNK);
	if (!s->by_size || !s->buffer || wv__sha256_new(&s->hash) < 0)
		return wv__fail_memory(s->ctx);
	for (size_t i = 0; i < entries->count; i++)
		if (!entries->at[i]->is_dir && entries->at[i]->size)
			s->by_size[s->files++] = entries->at[i];
	for (size_t i = 0; s->ask->except && s->ask->except[i] && s->excepts < EXCEPT_MAX; i++)
		if (stat(s->ask->except[i], &s->except[s->excepts]) == 0)
			s->excepts++;
	qsort(s->by_size, s->files, sizeof(*s->by_size), compare_size);
	r = wv__doc_array(s->ctx, &s->found);
	if (r == 0)
		r = wv__doc_array(s->ctx, &s->not_searched);
	return r < 0 ? r : wv__doc_array(s->ctx, &s->searched);
}

/* The first declared file of that size or above. */
static size_t place_of(const struct search *s, uint64_t size)
{
	size_t low = 0, high = s->files;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (s->by_size[middle]->size < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int leave_out(struct search *s, const char *path, const char *why)
{
	if (s->not_searched_count++ >= ROWS_MAX)
		return 0;
	return wv__doc_append_row(s->ctx, s->not_searched, M_PATH("path", path), M_STR("why", why));
}

/* What this machine lacks ends the search; all else is a place that could not be read. */
static int cannot_read(struct search *s, const char *path, int err)
{
	if (wv__host_lacks(-err))
		return wv__fail_sys(s->ctx, -err, "cannot search %s", path);
	if (err == ENOENT)
		return 0; /* gone meanwhile */
	return leave_out(s, path, strerrordesc_np(err));
}

static void tell(struct search *s)
{
	const uint64_t now = wv__monotonic_ns();

	if (now - s->told < TICK_NS)
		return;
	s->told = now;
	wv__progress(s->ctx, &(struct wv_progress){ .what = s->dir, .step = "search", .done = s->hashed,
						    .all_done = s->hashed });
}

/* 1 the content is in ret, 0 it is not whole, or a negative errno. */
static int hash_file(struct search *s, int fd, const char *path, uint64_t size, unsigned char ret[WV_SHA256_SIZE])
{
	uint64_t done = 0;
	ssize_t n;
	int r;

	while ((n = read(fd, s->buffer, CHUNK)) > 0) {
		r = wv__check_cancel(s->ctx);
		if (r == 0 && wv__sha256_update(s->hash, s->buffer, n) < 0)
			r = wv__fail_memory(s->ctx);
		if (r < 0)
			return r;
		done += n;
		s->hashed += n;
		tell(s);
		if (done > size)
			break;
	}
	if (wv__sha256_final(s->hash, ret) < 0)
		return wv__fail_memory(s->ctx);
	return n < 0 ? cannot_read(s, path, errno) : done == size;
}

static int see_file(struct search *s, const char *path, uint64_t size)
{
	const size_t first = size ? place_of(s, size) : s->files;
	const char *below = path + strlen(s->dir);
	cleanup_close int fd = -1;
	unsigned char sum[WV_SHA256_SIZE];
	struct stat st;
	int r;

	if (first == s->files || s->by_size[first]->size != size)
		return 0;
	fd = wv__open_beneath(s->root, below + strspn(below, "/"), O_RDONLY, 0);
	if (fd < 0)
		return cannot_read(s, path, -fd);
	if (fstat(fd, &st) < 0)
		return cannot_read(s, path, errno);
	if (!S_ISREG(st.st_mode))
		return 0; /* another thing by now */
	r = hash_file(s, fd, path, size, sum);
	if (r <= 0)
		return r;
	for (size_t i = first; i < s->files && s->by_size[i]->size == size; i++) {
		if (memcmp(s->by_size[i]->sha256, sum, sizeof(sum)) != 0)
			continue;
		if (s->found_count++ >= ROWS_MAX)
			return 0;
		return wv__doc_append_row(s->ctx, s->found, M_PATH("path", path),
					  M_PATH("declared", s->by_size[i]->path), M_U64("size", size));
	}
	return 0;
}

static bool is_excepted(const struct search *s, const struct stat *st)
{
	for (size_t i = 0; i < s->excepts; i++)
		if (s->except[i].st_dev == st->st_dev && s->except[i].st_ino == st->st_ino)
			return true;
	return false;
}

static int see(struct search *s, FTS *fts, FTSENT *e, dev_t dev)
{
	switch (e->fts_info) {
	case FTS_D:
		if (is_excepted(s, e->fts_statp))
			return fts_set(fts, e, FTS_SKIP) < 0 ? -errno : 0;
		if (e->fts_dev != dev)
			return leave_out(s, e->fts_path, "another file system is mounted there");
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return cannot_read(s, e->fts_path, e->fts_errno);
	case FTS_F:
		return see_file(s, e->fts_path, e->fts_statp->st_size);
	default:
		return 0;
	}
}

static const char *limit_reached(const struct search *s)
{
	if (s->entries >= s->ask->entries)
		return N_("the search ended before, after as many files as it may look at");
	if (wv__monotonic_ns() - s->begun >= s->ask->seconds * UINT64_C(1000000000))
		return N_("the search ended before, after the time that it may take");
	return NULL;
}

static int walk(struct search *s, FTS *fts, dev_t dev)
{
	FTSENT *e;
	int r = 0;

	for (errno = 0; r == 0 && (e = fts_read(fts)); errno = 0) {
		const char *limit = limit_reached(s);

		if (limit) {
			s->ended = true;
			return leave_out(s, e->fts_path, limit);
		}
		s->entries++;
		tell(s);
		r = wv__check_cancel(s->ctx);
		if (r == 0)
			r = see(s, fts, e, dev);
	}
	return r == 0 && errno ? wv__fail_sys(s->ctx, -errno, "cannot search %s", s->dir) : r;
}

static int search_dir(struct search *s, const char *dir)
{
	char *const roots[] = { (char *)dir, NULL };
	struct stat st;
	FTS *fts;
	int r;

	if (s->ended)
		return leave_out(s, dir, "the search ended before");
	s->dir = dir;
	s->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0 || fstat(s->root, &st) < 0)
		return errno == ENOENT ? 0 : cannot_read(s, dir, errno);
	/* by whole paths: the working directory is the process's, and stays */
	fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR | FTS_COMFOLLOW, NULL);
	if (!fts)
		return wv__fail_sys(s->ctx, -errno, "cannot search %s", dir);
	r = walk(s, fts, st.st_dev);
	fts_close(fts);
	wv__closep(&s->root);
	s->root = -1;
	return r < 0 || s->ended ? r : wv__doc_append_str(s->ctx, s->searched, dir);
}

/* Inside of one before it, or the same. */
static bool is_repeated(const char *const *dirs, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const size_t len = strlen(dirs[i]);

		if (strncmp(dirs[i], dirs[at], len) == 0 && (!dirs[at][len] || dirs[at][len] == '/'))
			return true;
	}
	return false;
}

int wv__copies(struct wv_ctx *ctx, const struct wv__copies_search *search, struct wv_doc **ret)
{
	cleanup(search_clear) struct search s = { .ctx = ctx, .ask = search, .root = -1 };
	int r = begin(&s);

	for (size_t i = 0; r == 0 && search->dirs[i]; i++)
		if (!is_repeated(search->dirs, i))
			r = search_dir(&s, search->dirs[i]);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret, M_DOC("found", s.found), M_U64("found_count", s.found_count),
			     M_DOC("not_searched", s.not_searched),
			     M_U64("not_searched_count", s.not_searched_count), M_DOC("searched", s.searched),
			     M_U64("entries", s.entries), M_U64("hashed", s.hashed));
}
