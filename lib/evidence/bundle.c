/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bundle.c - a directory of evidence, made beside its place and put there whole
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "embed.h"

EMBED(wv__bundle_readme, "lib/evidence/bundle/README.txt");
EMBED(wv__bundle_check_sh, "lib/evidence/bundle/check.sh");
EMBED(wv__bundle_check_py, "lib/evidence/bundle/check.py");

#define STEP (64 * KiB)

void wv__bundle_clear(struct wv__bundle *b)
{
	wv__closep(&b->fd);
	if (b->part)
		wv__remove_tree(NULL, AT_FDCWD, b->part);
	free(b->part);
	free(b->dir);
	wv__buf_free(&b->sums);
	*b = (struct wv__bundle)WV_BUNDLE_INIT;
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int check_place(struct wv_ctx *ctx, const char *dir)
{
	cleanup(closedirp) DIR *there = opendir(dir);
	const struct dirent *entry;

	if (!there && errno == ENOENT)
		return 0;
	if (!there && errno == ENOTDIR)
		return wv__fail(ctx, -EPERM, "%s is no directory", dir);
	if (!there)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dir);
	while ((entry = readdir(there)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return wv__fail(ctx, -EPERM, "%s is not empty: name a directory that is not there yet",
					dir);
	return 0;
}

/* Without slashes at the end: its neighbour gets a name made of it. */
static char *plain(const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	return strndup(dir, len);
}

int wv__bundle_begin(struct wv_ctx *ctx, const char *dir, struct wv__bundle *ret)
{
	cleanup_bundle struct wv__bundle b = WV_BUNDLE_INIT;
	char salt[9];
	uint32_t random;
	int r;

	r = check_place(ctx, dir);
	if (r < 0)
		return r;
	r = wv__random(&random, sizeof(random));
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot get random bytes");
	wv__hex(&random, sizeof(random), salt);
	b.ctx = ctx;
	b.dir = plain(dir);
	b.part = b.dir ? wv__printf("%s.%s.part", b.dir, salt) : NULL;
	if (!b.part)
		return wv__fail_memory(ctx);
	if (mkdir(b.part, 0700) < 0) {
		r = wv__fail_sys(ctx, -errno, "cannot make %s", b.part);
		free(take_ptr(b.part)); /* not ours to remove */
		return r;
	}
	b.fd = open(b.part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b.fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", b.part);
	*ret = b;
	b = (struct wv__bundle)WV_BUNDLE_INIT;
	return 0;
}

bool wv__bundle_has(const struct wv__bundle *b, const char *name)
{
	return faccessat(b->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int wv__bundle_mkdir(struct wv__bundle *b, const char *name)
{
	if (mkdirat(b->fd, name, 0700) < 0 && errno != EEXIST)
		return wv__fail_sys(b->ctx, -errno, "cannot make %s/%s", b->part, name);
	return 0;
}

static int create(struct wv__bundle *b, const char *name, mode_t mode)
{
	const int fd = openat(b->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return fd < 0 ? wv__fail_sys(b->ctx, -errno, "cannot create %s/%s", b->part, name) : fd;
}

int wv__bundle_create(struct wv__bundle *b, const char *name)
{
	return create(b, name, 0600);
}

/* Read to the end: hashed, and written to another where to >= 0. */
static int pump(int from, int to, char ret_hex[WV_SHA256_HEX])
{
	cleanup(wv__sha256_freep) struct wv__sha256 *hash = NULL;
	cleanup_free char *step = malloc(STEP);
	unsigned char digest[WV_SHA256_SIZE];
	ssize_t n;
	int r = step ? wv__sha256_new(&hash) : -ENOMEM;

	while (r == 0) {
		n = read(from, step, STEP);
		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		r = n < 0 ? -errno : wv__sha256_update(hash, step, n);
		if (r == 0 && to >= 0)
			r = wv__write_all(to, step, n);
	}
	if (r == 0)
		r = wv__sha256_final(hash, digest);
	if (r == 0)
		wv__hex(digest, sizeof(digest), ret_hex);
	return r;
}

static int note(struct wv__bundle *b, const char *name, const char *hex)
{
	if (wv__buf_printf(&b->sums, "%s  %s\n", hex, name) < 0)
		return wv__fail_memory(b->ctx);
	b->files++;
	return 0;
}

int wv__bundle_add(struct wv__bundle *b, const char *name)
{
	cleanup_close int fd = openat(b->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char hex[WV_SHA256_HEX];
	int r;

	if (fd < 0)
		return wv__fail_sys(b->ctx, -errno, "cannot open %s/%s", b->part, name);
	r = pump(fd, -1, hex);
	return r < 0 ? wv__fail_sys(b->ctx, r, "cannot read %s/%s", b->part, name) : note(b, name, hex);
}

int wv__bundle_put(struct wv__bundle *b, const char *name, const void *data, size_t len, mode_t mode)
{
	cleanup_close int fd = -1;
	char hex[WV_SHA256_HEX];
	int r;

	if (wv__bundle_has(b, name))
		return 0;
	fd = create(b, name, mode);
	if (fd < 0)
		return fd;
	r = wv__write_all(fd, data, len);
	if (r == 0)
		r = wv__sha256_hex(data, len, hex);
	return r < 0 ? wv__fail_sys(b->ctx, r, "cannot write %s/%s", b->part, name) : note(b, name, hex);
}

int wv__bundle_copy(struct wv__bundle *b, const char *from, const char *name, const char *digest)
{
	cleanup_close int in = -1, out = -1;
	char hex[WV_SHA256_HEX];
	struct stat st;
	int r;

	if (wv__bundle_has(b, name))
		return 0;
	in = open(from, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (in < 0)
		return wv__fail_sys(b->ctx, -errno, "cannot open %s", from);
	if (fstat(in, &st) < 0)
		return wv__fail_sys(b->ctx, -errno, "cannot stat %s", from);
	if (!S_ISREG(st.st_mode))
		return wv__fail(b->ctx, -EINVAL, "%s is not a regular file", from);
	out = create(b, name, 0600);
	if (out < 0)
		return out;
	r = pump(in, out, hex);
	if (r < 0)
		return wv__fail_sys(b->ctx, r, "cannot copy %s", from);
	if (digest && strcmp(hex, digest) != 0)
		return wv__fail(b->ctx, -EBADMSG, "%s is not the paper that the ledger knows", from);
	return note(b, name, hex);
}

static int put_own(struct wv__bundle *b, const char *about)
{
	cleanup_buf struct wv_buf readme = WV_BUF_INIT;
	int r;

	if (wv__buf_printf(&readme, "%s\n%s", about, wv__bundle_readme) < 0)
		return wv__fail_memory(b->ctx);
	r = wv__bundle_put(b, "README.txt", readme.data, readme.len, 0600);
	if (r == 0)
		r = wv__bundle_put(b, "check.sh", wv__bundle_check_sh,
				   wv__bundle_check_sh_end - wv__bundle_check_sh, 0700);
	if (r == 0)
		r = wv__bundle_put(b, "check.py", wv__bundle_check_py,
				   wv__bundle_check_py_end - wv__bundle_check_py, 0600);
	return r;
}

static int put_sums(struct wv__bundle *b)
{
	cleanup_close int fd = create(b, "SHA256SUMS", 0600);
	int r;

	if (fd < 0)
		return fd;
	r = wv__write_all(fd, b->sums.data, b->sums.len);
	if (r < 0)
		return wv__fail_sys(b->ctx, r, "cannot write %s/SHA256SUMS", b->part);
	b->files++;
	return 0;
}

/* All files of it at once; then the name, onto nothing or an empty directory only. */
static int settle(struct wv__bundle *b)
{
	cleanup_free char *parent = strdup(b->dir);
	char *slash = parent ? strrchr(parent, '/') : NULL;

	if (!parent)
		return wv__fail_memory(b->ctx);
	if (slash)
		slash[slash == parent] = '\0';
	if (syncfs(b->fd) < 0)
		return wv__fail_sys(b->ctx, -errno, "cannot write %s to the disk", b->part);
	if (rename(b->part, b->dir) < 0)
		return wv__fail_sys(b->ctx, -errno, "cannot put the bundle in place as %s", b->dir);
	free(take_ptr(b->part));
	return wv__sync_dir(b->ctx, slash ? parent : ".");
}

int wv__bundle_end(struct wv__bundle *b, const char *about)
{
	int r;

	r = put_own(b, about);
	if (r == 0)
		r = put_sums(b);
	return r < 0 ? r : settle(b);
}
