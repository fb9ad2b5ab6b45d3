/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.h - may a directory of this machine be the designated server?
 */
#ifndef WV_PLACE_H
#define WV_PLACE_H

#include "../base/ctx.h"

/**
 * wv__sync_path_allowed() - what a power cut takes away is no server
 * @dir: the directory of a path target; it exists
 * @lab: the policy's: then everything is allowed that can be written
 *
 * That it shares no disk with the volume is the flow's to check
 * (wv__keep_apart). Return: 0; -EPERM when @dir lies in memory; -EROFS, and in a
 * service of systemd with what lets it write there.
 */
int wv__sync_path_allowed(struct wv_ctx *ctx, const char *dir, bool lab);

#endif
