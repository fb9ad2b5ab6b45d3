/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * extents.h - where on the disk a file lies (FIEMAP)
 */
#ifndef WV_EXTENTS_H
#define WV_EXTENTS_H

#include "../base/json.h"

struct wv__extents {
	struct wv_doc *ranges; /* array of {length, physical}, in the file's order, neighbours joined; NULL: no FIEMAP */
	char fs[32];           /* "ext4", "xfs", "tmpfs", ... */
	bool shared;           /* an extent belongs to another file too */
	bool holes;            /* sparse, or bytes that have no place of their own */
	bool journalled;       /* ext4 writes the data to its journal as well (data=journal) */
};

#define cleanup_extents cleanup(wv__extents_clear)
void wv__extents_clear(struct wv__extents *extents);

/* fsync first: blocks not yet allocated have no place. @ret: zeroed by the caller. */
int wv__extents_read(struct wv_ctx *ctx, int fd, const char *name, struct wv__extents *ret);

/*
 * Can an overwrite of the file be shown to reach the blocks that it had:
 * ext4 without data=journal or xfs, all mapped, nothing shared. NULL: yes;
 * else the reason, to follow "<file>": "is on tmpfs".
 */
const char *wv__extents_objection(const struct wv__extents *extents);

#endif
