/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * swaps.h - what the kernel swaps to
 */
#ifndef WV_SWAPS_H
#define WV_SWAPS_H

#include <sys/stat.h>

#include "../base/ctx.h"

/* Called with each area: its path, and "partition" or "file". Other than 0 ends it and is returned. */
typedef int (*wv__swap_fn)(void *data, char *path, const char *type);
/* @root: "" for this machine, else the directory that stands for its "/". */
int wv__swaps_each(struct wv_ctx *ctx, const char *root, wv__swap_fn fn, void *data);
/* Is the block device (st_rdev) or regular file (st_dev, st_ino) a swap area: 1, 0, or a negative errno. */
int wv__swaps_have(struct wv_ctx *ctx, const struct stat *st);

#endif
