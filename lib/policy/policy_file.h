/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_file.h - one file of settings, as it is written; the room's own
 */
#ifndef WV_POLICY_FILE_H
#define WV_POLICY_FILE_H

#include "../base/ctx.h"

/* One setting of a file; its negative errno ends the reading. */
typedef int (*wv__policy_entry_fn)(void *data, const char *key, const char *value, uint64_t line);

/**
 * wv__policy_read_file() - call entry for each setting of a file
 *
 * Return: 0, -ENOENT when it is not there, -EINVAL with "FILE:LINE: ..." for a line that
 * is not one setting; an error of entry gets "FILE:LINE: " put before its sentence.
 */
int wv__policy_read_file(struct wv_ctx *ctx, const char *path, wv__policy_entry_fn entry,
			 void *data);

#endif
