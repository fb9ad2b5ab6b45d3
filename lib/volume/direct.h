/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * direct.h - reading and writing past the page cache, where the file system
 * lets one; what a medium is called
 */
#ifndef WV_DIRECT_H
#define WV_DIRECT_H

#include "../base/ctx.h"

#define WV__DIRECT_ALIGN 4096

/* As open(2), O_CLOEXEC added, with O_DIRECT if that is possible. A descriptor or a negative errno; no sentence. */
int wv__direct_open(const char *path, int flags, bool *ret_direct);
/* Aligned memory; free() it. NULL: no memory. */
void *wv__direct_buffer(size_t size);

/* What to call a medium in a sentence: for "/proc/self/fd/N" the name behind it, cut when longer. */
void wv__medium_name(const char *path, char *ret, size_t size);

#endif
