/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * container.h - the file that carries a volume
 */
#ifndef WV_CONTAINER_H
#define WV_CONTAINER_H

#include "../base/ctx.h"

/**
 * wv__container_create() - a new file, every byte of it written and on the medium
 * @size: a multiple of 4096, at least WV__LUKS_MIN_SIZE
 *
 * Room is reserved first, so that a full disk is known before anything is
 * written; the content is a random stream, never a hole. A failure removes the
 * file again. Return: 0, -EEXIST, -ENOSPC, -EINVAL, -ECANCELED or another
 * negative errno.
 */
int wv__container_create(struct wv_ctx *ctx, const char *path, uint64_t size);

#endif
