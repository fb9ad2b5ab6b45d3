/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bundle.h - the inspector's bundle: a directory that is there whole or not at
 * all, with the scripts that check it
 *
 * It grows as DIR.XXXXXX.part and gets its name when everything in it is on the disk.
 */
#ifndef WV_BUNDLE_H
#define WV_BUNDLE_H

#include "../base/crypto.h"
#include "../base/fs.h"

struct wv__bundle {
	struct wv_ctx *ctx;
	char *dir;     /* what it will be called */
	char *part;    /* what it is called meanwhile; NULL: nothing to remove */
	int fd;        /* the directory; -1 */
	struct wv_buf sums; /* what sha256sum -c reads: a line a file */
	uint64_t files;
};

#define WV_BUNDLE_INIT { .fd = -1 }
#define cleanup_bundle cleanup(wv__bundle_clear)
/* What was not ended is removed. */
void wv__bundle_clear(struct wv__bundle *b);

/**
 * wv__bundle_begin() - a new bundle
 * @dir: is not there, or an empty directory. -EPERM otherwise
 * @ret: WV_BUNDLE_INIT before
 */
int wv__bundle_begin(struct wv_ctx *ctx, const char *dir, struct wv__bundle *ret);
int wv__bundle_mkdir(struct wv__bundle *b, const char *name); /* one that is there is fine */
/* These bytes as a file; 0 and nothing happens when there is one of that name. */
int wv__bundle_put(struct wv__bundle *b, const char *name, const void *data, size_t len, mode_t mode);
/**
 * wv__bundle_copy() - a file of any length, in constant memory
 * @digest: hex SHA-256 that it must have, else -EBADMSG; NULL: any
 *
 * 0 and nothing happens when it is in the bundle already. -ENOENT when there is no such file.
 */
int wv__bundle_copy(struct wv__bundle *b, const char *from, const char *name, const char *digest);
/* A file that the caller writes, then adds. A descriptor, or a negative errno with its sentence. */
int wv__bundle_create(struct wv__bundle *b, const char *name);
int wv__bundle_add(struct wv__bundle *b, const char *name);
bool wv__bundle_has(const struct wv__bundle *b, const char *name);

/**
 * wv__bundle_end() - the README and the scripts, the sums; then it has its name
 * @about: what the README begins with
 */
int wv__bundle_end(struct wv__bundle *b, const char *about);

#endif
