/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fs.c - files and directories, opened so that nobody can swap them underway
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "crypto.h"
#include "fs.h"

#define READ_STEP 65536

int wv__pread_all(int fd, void *data, size_t len, uint64_t offset)
{
	char *at = data;

	while (len) {
		const ssize_t n = pread(fd, at, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		at += n;
		offset += n;
		len -= n;
	}
	return 0;
}

int wv__pwrite_all(int fd, const void *data, size_t len, uint64_t offset)
{
	const char *at = data;

	while (len) {
		const ssize_t n = pwrite(fd, at, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENOSPC; /* what a block device says at its end */
		at += n;
		offset += n;
		len -= n;
	}
	return 0;
}

int wv__write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		const ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}

int wv__open_beneath(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.mode = flags & (O_CREAT | O_TMPFILE) & ~O_DIRECTORY ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_XDEV,
	};
	long fd;

	if (flags & O_PATH) /* the kernel takes only these beside it */
		how.flags &= O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW;
	do
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : (int)fd;
}

/* Append to the end of the file or until more than max bytes are there. */
static int read_to_end(int fd, size_t max, struct wv_buf *buf)
{
	for (;;) {
		ssize_t n;
		int r = wv__buf_reserve(buf, READ_STEP);

		if (r < 0)
			return r;
		n = read(fd, buf->data + buf->len, READ_STEP);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf->len += n;
		buf->data[buf->len] = '\0';
		if (buf->len > max)
			return -EFBIG;
		if (n == 0)
			return 0;
	}
}

int wv__read_file(struct wv_ctx *ctx, int dirfd, const char *path, size_t max, struct wv_buf *ret)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	cleanup_close int fd = -1;
	struct stat st;
	int r;

	/* O_NONBLOCK: a FIFO put there must not hold us up */
	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", path);
	if (fstat(fd, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", path);
	if (!S_ISREG(st.st_mode))
		return wv__fail(ctx, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
				"%s is not a regular file", path);
	r = read_to_end(fd, max, &buf);
	if (r == -EFBIG)
		return wv__fail(ctx, r, "%s is longer than %zu bytes", path, max);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read %s", path);
	wv__buf_free(ret);
	*ret = buf;
	buf = (struct wv_buf)WV_BUF_INIT;
	return 0;
}

/* Open the directory that path lies in; *ret_name points into path. */
static int open_parent(struct wv_ctx *ctx, int dirfd, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *dir = NULL;
	int fd;

	dir = !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, slash - path);
	if (!dir)
		return wv__fail_memory(ctx);
	fd = openat(dirfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open the directory of %s", path);
	*ret_name = slash ? slash + 1 : path;
	return fd;
}

static int write_synced(struct wv_ctx *ctx, int dir, const char *temp, const char *path,
			const void *data, size_t len, mode_t mode)
{
	cleanup_close int fd = -1;
	int r;

	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot create %s", path);
	r = wv__write_all(fd, data, len);
	/* The umask does not decide about what we sign; vfat, which keeps no modes, says EPERM. */
	if (r == 0 && fchmod(fd, mode) < 0 && errno != EPERM)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? wv__fail_sys(ctx, r, "cannot write %s", path) : 0;
}

static int put_file(struct wv_ctx *ctx, int dirfd, const char *path, const void *data, size_t len,
		    mode_t mode, unsigned int rename_flags)
{
	cleanup_close int dir = -1;
	char temp[NAME_MAX], random[9];
	const char *name = NULL;
	uint32_t salt;
	int r;

	dir = open_parent(ctx, dirfd, path, &name);
	if (dir < 0)
		return dir;
	r = wv__random(&salt, sizeof(salt));
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot get random bytes");
	wv__hex(&salt, sizeof(salt), random);
	/* not made of the name, which may already be as long as names may be */
	snprintf(temp, sizeof(temp), ".workvol-%s.tmp", random);

	r = write_synced(ctx, dir, temp, path, data, len, mode);
	if (r < 0)
		goto rollback;
	if (renameat2(dir, temp, dir, name, rename_flags) < 0) {
		r = errno == EEXIST ? wv__fail(ctx, -EEXIST, "%s is already there", path) :
				      wv__fail_sys(ctx, -errno, "cannot put %s in place", path);
		goto rollback;
	}
	if (fsync(dir) < 0)
		return wv__fail_sys(ctx, -errno, "cannot sync the directory of %s", path);
	return 0;

rollback:
	unlinkat(dir, temp, 0);
	return r;
}

int wv__write_file(struct wv_ctx *ctx, int dirfd, const char *path, const void *data, size_t len,
		   mode_t mode)
{
	return put_file(ctx, dirfd, path, data, len, mode, 0);
}

int wv__create_file(struct wv_ctx *ctx, int dirfd, const char *path, const void *data, size_t len,
		    mode_t mode)
{
	return put_file(ctx, dirfd, path, data, len, mode, RENAME_NOREPLACE);
}

static int make_dir(struct wv_ctx *ctx, const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return wv__fail_sys(ctx, -errno, "cannot make the directory %s", path);
	if (stat(path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", path);
	return S_ISDIR(st.st_mode) ? 0 : wv__fail(ctx, -ENOTDIR, "%s is not a directory", path);
}

int wv__mkdirs(struct wv_ctx *ctx, const char *path, mode_t mode)
{
	cleanup_free char *part = strdup(path);
	int r;

	if (!part)
		return wv__fail_memory(ctx);
	for (char *slash = part; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		r = make_dir(ctx, part, mode);
		if (r < 0)
			return r;
		*slash = '/';
	}
	return make_dir(ctx, part, mode);
}

int wv__sync_dir(struct wv_ctx *ctx, const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return wv__fail_sys(ctx, -errno, "cannot sync the directory %s", path);
	return 0;
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

typedef int (*entry_fn)(int dir, const char *name, void *data);

static int each_entry(int parent, const char *name, entry_fn visit, void *data)
{
	cleanup(closedirp) DIR *dir = NULL;
	cleanup_close int fd = -1;
	const struct dirent *entry;
	int r;

	fd = wv__open_beneath(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	fd = -1; /* the stream owns it */
	while (errno = 0, (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = visit(dirfd(dir), entry->d_name, data);
		if (r < 0)
			return r;
	}
	return -errno;
}

static int stop_at_first(int dir, const char *name, void *data)
{
	(void)dir, (void)name, (void)data;
	return -ENOTEMPTY;
}

int wv__dir_empty(struct wv_ctx *ctx, const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : each_entry(fd, ".", stop_at_first, NULL);

	if (r == -ENOTDIR)
		return wv__fail(ctx, r, "%s is not a directory", path);
	if (r < 0 && r != -ENOTEMPTY)
		return wv__fail_sys(ctx, r, "cannot read the directory %s", path);
	return r == 0;
}

/* 0 when it is gone, 1 when it is a directory */
static int remove_file(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR ? 1 : -errno;
}

struct removal {
	int top;         /* the directory that directories below it are moved up to */
	uint64_t serial; /* of the last name given there */
	bool moved;
};

/* What lies in a directory of the top: gone, or moved up to the top. */
static int hoist(int dir, const char *name, void *data)
{
	struct removal *removal = data;
	char fresh[32];
	int r = remove_file(dir, name);

	if (r <= 0)
		return r;
	do {
		snprintf(fresh, sizeof(fresh), ".%" PRIu64, ++removal->serial);
		r = renameat2(dir, name, removal->top, fresh, RENAME_NOREPLACE) < 0 ? -errno : 0;
	} while (r == -EEXIST);
	removal->moved = true;
	return r;
}

/* What lies in the top: gone, a directory after what was in it was moved up. */
static int flatten(int top, const char *name, void *data)
{
	struct removal *removal = data;
	int r = remove_file(top, name);

	if (r <= 0)
		return r;
	removal->top = top;
	r = each_entry(top, name, hoist, removal);
	if (r < 0)
		return r;
	return unlinkat(top, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

/*
 * Level by level, not by recursion: a tree may be deeper than there are
 * descriptors, stack or bytes in a path.
 */
static int remove_entry(int parent, const char *name)
{
	struct removal removal = { 0 };
	int r = remove_file(parent, name);

	if (r <= 0)
		return r;
	do {
		removal.moved = false;
		r = each_entry(parent, name, flatten, &removal);
		if (r < 0)
			return r;
	} while (removal.moved);
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int wv__remove_tree(struct wv_ctx *ctx, int dirfd, const char *path)
{
	cleanup_close int parent = -1;
	const char *name = NULL;
	int r;

	if (faccessat(dirfd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	parent = open_parent(ctx, dirfd, path, &name);
	if (parent < 0)
		return parent;
	r = remove_entry(parent, name);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot remove %s", path) : 0;
}

int wv__make_temp_dir(struct wv_ctx *ctx, const char *prefix, char **ret_path)
{
	const char *temp = secure_getenv("TMPDIR");
	const char *const places[] = { "/run/workvol", temp && *temp == '/' ? temp : "/tmp" };

	mkdir(places[0], 0700);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup_free char *path = wv__printf("%s/%s-XXXXXX", places[i], prefix);

		if (!path)
			return wv__fail_memory(ctx);
		if (mkdtemp(path)) {
			*ret_path = take_ptr(path);
			return 0;
		}
	}
	return wv__fail_sys(ctx, -errno, "cannot make a directory in %s", places[1]);
}

void wv__temp_dirp(char **path)
{
	const int saved = errno;

	if (*path)
		wv__remove_tree(NULL, AT_FDCWD, *path);
	free(*path);
	errno = saved;
}

char *wv__path_join(const char *dir, const char *name)
{
	const size_t len = strlen(dir);

	if (!len)
		return strdup(name);
	return wv__printf("%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name);
}

int wv__real_path(struct wv_ctx *ctx, const char *path, char **ret)
{
	char *real = realpath(path, NULL);

	if (!real)
		return wv__fail_sys(ctx, -errno, "cannot find %s", path);
	*ret = real;
	return 0;
}
