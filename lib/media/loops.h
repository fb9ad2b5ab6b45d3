/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loops.h - loop devices: attach, detach, and whose backing a file is
 */
#ifndef WV_LOOPS_H
#define WV_LOOPS_H

#include <sys/stat.h>

#include "../base/ctx.h"

struct wv__loop_opts {
	uint64_t offset;      /* of the backing file */
	uint64_t size;        /* 0: to its end */
	uint32_t sector_size; /* 0: 512 */
	bool read_only;
	bool direct_io;
	bool autoclear;       /* it ends with its last user */
};

/**
 * wv__loop_attach() - a loop device over an open file or device
 * @fd: the backing; opened for writing unless read_only
 * @name: what it is called in messages and in lo_file_name
 * @ret_path: "/dev/loopN"; free() it
 * @ret_fd: the loop device, open; with autoclear it ends when this and every other user is closed
 */
int wv__loop_attach(struct wv_ctx *ctx, int fd, const char *name, const struct wv__loop_opts *opts,
		    char **ret_path, int *ret_fd);
/* Detach; a loop that is in use ends with its last user. Not attached is fine. */
int wv__loop_detach(struct wv_ctx *ctx, const char *path);

/**
 * wv__loop_find() - the next loop device that a file or block device backs
 * @backing: from fstat
 * @from: 0, then the last answer + 1
 *
 * Never waits for a loop device of others: only those are opened whose backing
 * file looks like it, or cannot be looked at.
 *
 * Return: N of /dev/loopN, -ENOENT when there is no more (no sentence), or
 * another negative errno.
 */
int wv__loop_find(struct wv_ctx *ctx, const struct stat *backing, int from);

#endif
