/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fs.h - files and directories, opened so that nobody can swap them underway
 */
#ifndef WV_FS_H
#define WV_FS_H

#include <sys/stat.h>

#include "buf.h"
#include "ctx.h"

/* Read a whole regular file; more than max bytes is -EFBIG. dirfd as in openat(2). */
int wv__read_file(struct wv_ctx *ctx, int dirfd, const char *path, size_t max,
		  struct wv_buf *ret);

/**
 * wv__write_file() - put a file in place at once, or not at all
 *
 * A temporary beside it, fsync, rename, fsync of the directory.
 */
int wv__write_file(struct wv_ctx *ctx, int dirfd, const char *path, const void *data, size_t len,
		   mode_t mode);

/* The same, but -EEXIST when the name is taken. */
int wv__create_file(struct wv_ctx *ctx, int dirfd, const char *path, const void *data, size_t len,
		    mode_t mode);

int wv__mkdirs(struct wv_ctx *ctx, const char *path, mode_t mode);
int wv__sync_dir(struct wv_ctx *ctx, const char *path);
/* Is nothing in the directory: 1, 0, or a negative errno with its sentence. */
int wv__dir_empty(struct wv_ctx *ctx, const char *path);

/* Whole transfers: 0 or a negative errno; a short read is -ENODATA. No sentence is set. */
int wv__pread_all(int fd, void *data, size_t len, uint64_t offset);
int wv__pwrite_all(int fd, const void *data, size_t len, uint64_t offset);
int wv__write_all(int fd, const void *data, size_t len);

/**
 * wv__open_beneath() - openat2 with RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS | NO_XDEV
 *
 * O_CLOEXEC | O_NONBLOCK | O_NOCTTY are added. Return: a descriptor or a negative errno,
 * no sentence.
 */
int wv__open_beneath(int dirfd, const char *path, int flags, mode_t mode);

/* Remove a tree without following links or crossing mounts; absent is fine. */
int wv__remove_tree(struct wv_ctx *ctx, int dirfd, const char *path);

/* A new directory, mode 0700, under /run/workvol (or $TMPDIR, /tmp where that cannot be). */
int wv__make_temp_dir(struct wv_ctx *ctx, const char *prefix, char **ret_path);
/* cleanup function: remove the tree and free the path */
void wv__temp_dirp(char **path);

char *wv__path_join(const char *dir, const char *name); /* NULL: no memory */
/* The absolute path without links; the sentence names path. */
int wv__real_path(struct wv_ctx *ctx, const char *path, char **ret);

#endif
