/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walk.h - everything below a directory, examined and hashed on all cores
 */
#ifndef WV_WALK_H
#define WV_WALK_H

#include <sys/stat.h>

#include "pool.h"

/* What is there; entries[i]->unsafe says what is wrong with one. "." is among them only when it is unsafe. */
struct wv__tree {
	struct wv__entries entries; /* sorted */
};

#define cleanup_tree cleanup(wv__tree_freep)
void wv__tree_freep(struct wv__tree **tree);

#define WV_WALK_UNCACHED (1u << 0) /* put each file out of the page cache first; syncfs before */

/*
 * What to do with a file, open and examined, instead of only hashing it: in a
 * worker, for unsafe files too (not for links and special files, which are
 * not opened). Calls wv__hash_file(). 0, or a negative errno by
 * wv__worker_fail() that stops the walk.
 */
typedef int (*wv__walk_read_fn)(struct wv__worker *worker, void *data, int fd,
				const struct stat *st, struct wv__entry *entry);
/* A directory was found, before anything in it; called in the calling thread. 0, or a negative errno. */
typedef int (*wv__walk_dir_fn)(struct wv_ctx *ctx, void *data, const struct stat *st,
			       struct wv__entry *entry);

struct wv__walk {
	int dirfd;
	uint32_t flags;           /* WV_WALK_* */
	const char *step;         /* for progress; NULL: "hash" */
	uint64_t total;           /* for progress: bytes expected; 0: not known */
	wv__walk_read_fn read;    /* NULL: hash */
	wv__walk_dir_fn dir;      /* NULL: nothing */
	void *data;
};

/**
 * wv__walk() - walk the tree below a directory
 *
 * Nothing in the tree makes it fail: what is unsafe (links, special files,
 * set-id, extended attributes, mounts, names that collide, files that change
 * while they are read or cannot be read) is an entry that says so. Links are
 * not followed, mounts not entered, devices not opened; neither the stack nor
 * the number of descriptors grows with the depth.
 *
 * Return: 0, -ECANCELED, or a negative errno of this machine (no memory, no
 * descriptors).
 */
int wv__walk(struct wv_ctx *ctx, const struct wv__walk *walk, struct wv__tree **ret_tree);
/* The plain one: hash all below a directory. */
int wv__walk_hash(struct wv_ctx *ctx, int dirfd, uint32_t flags, uint64_t total,
		  struct wv__tree **ret_tree);

/*
 * For wv__walk_read_fn: read the file, hash it into the entry, and write it to
 * out unless that is -1. What goes wrong in reading makes the entry unsafe; in
 * writing, it is a failure.
 */
int wv__hash_file(struct wv__worker *worker, struct wv__entry *entry, int fd, int out);

#endif
