/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.h - may a directory of this machine be the designated server?
 */
#ifndef WV_PLACE_H
#define WV_PLACE_H

#include <sys/types.h>

#include "../base/ctx.h"

/**
 * wv__sync_path_allowed() - a server that outlives the wipe
 * @dir: the directory of a path target; it exists
 * @lab: the policy's: then everything is allowed
 * @volume: the device that is going to be wiped, or the st_dev of a container file
 *
 * Return: 0, or -EPERM when @dir lies in memory or on a disk that @volume lies
 * on too.
 */
int wv__sync_path_allowed(struct wv_ctx *ctx, const char *dir, bool lab, dev_t volume);

#endif
