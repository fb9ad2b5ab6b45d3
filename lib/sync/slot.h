/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * slot.h - a take-out's directory on the server: one writer or signer at a
 * time, and never over what was signed for
 */
#ifndef WV_SLOT_H
#define WV_SLOT_H

#include "../base/ctx.h"

#define WV_SLOT_SEALED 32

struct wv__slot {
	int dir;      /* ROOT/TAKEOUT */
	int lock;     /* flock'd; handed to rsync, so that it is held as long as rsync lives */
	char sealed[WV_SLOT_SEALED]; /* "sealed-N", the newest; "" none */
};

/* In the sentence of -EBUSY: a client knows it by this when all it gets is text. */
#define WV_SLOT_BUSY "somebody else writes"

#define WV_SLOT_INIT { .dir = -1, .lock = -1 }
#define cleanup_slot cleanup(wv__slot_close)
void wv__slot_close(struct wv__slot *slot);

/* A UUID in lower case: the only names below a server's root. */
bool wv__is_takeout(const char *id);

/**
 * wv__slot_open() - lock the directory of a take-out
 * @create: make it where it is not there
 *
 * Return: 0, -ENOENT, or -EBUSY when somebody writes or signs there.
 */
int wv__slot_open(struct wv_ctx *ctx, const char *root, const char *takeout, bool create,
		  struct wv__slot *ret);

/*
 * Make data/ ready to be written: what is closed becomes sealed-N, and data/
 * begins anew (rsync links what is the same from there: --link-dest).
 */
int wv__slot_begin_write(struct wv_ctx *ctx, struct wv__slot *slot);
/* Close data/ to writing; *ret_was says whether it was closed before. */
int wv__slot_seal(struct wv_ctx *ctx, struct wv__slot *slot, bool *ret_was);
void wv__slot_unseal(struct wv__slot *slot);

#endif
