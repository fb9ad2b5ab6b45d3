/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * child.h - a look at a medium by a process of its own: what is damaged, wedged
 * or hostile there holds up or breaks that process, and not us
 */
#ifndef WV_CHILD_H
#define WV_CHILD_H

#include "../base/ctx.h"

struct wv__child {
	/* In the child: write messages to @out, return its exit status (0 to 255). */
	int (*work)(void *data, int out);
	/* Here, for each message: 0 to go on; anything else ends the child and is returned. */
	int (*hear)(void *data, const void *message);
	void *data;
	size_t size; /* of every message, in bytes; at most PIPE_BUF */
	unsigned int seconds; /* killed after this long */
};

/**
 * wv__child_run() - run it to its end
 * @ret_status: its exit status, or -1 when a signal or the time limit ended it;
 *              set when 0 is returned
 *
 * The child has every descriptor of ours, and none of our secrets.
 *
 * Return: 0; what hear() returned, if not 0; -ECANCELED; or another negative errno.
 */
int wv__child_run(struct wv_ctx *ctx, const struct wv__child *child, int *ret_status);

#endif
