/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * target.h - where the designated server is: "/dir" or "ssh://user@host[:port]/dir"
 */
#ifndef WV_TARGET_H
#define WV_TARGET_H

#include "../base/ctx.h"

struct wv__target {
	char *user; /* NULL: a directory of this machine */
	char *host; /* without the brackets of an IPv6 address; NULL like user */
	uint16_t port;
	char *dir; /* absolute, no "." or ".." or empty name in it, no slash at its end */
};

#define cleanup_target cleanup(wv__target_freep)
void wv__target_free(struct wv__target *target);
void wv__target_freep(struct wv__target **target);

/* Strict: -EINVAL with its sentence for anything but the two forms. */
int wv__target_parse(struct wv_ctx *ctx, const char *text, struct wv__target **ret);

#endif
