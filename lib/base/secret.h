/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret.h - memory that is locked, kept out of dumps and children, and
 * zeroed when it is freed
 */
#ifndef WV_SECRET_H
#define WV_SECRET_H

#include "ctx.h"

struct wv_secret {
	unsigned char *data; /* len bytes, then a NUL */
	size_t len;
	size_t mapped; /* bytes of the mapping */
};

#define cleanup_secret cleanup(wv__secret_freep)

int wv__secret_new(struct wv_ctx *ctx, size_t len, struct wv_secret **ret);
int wv__secret_copy(struct wv_ctx *ctx, const void *data, size_t len, struct wv_secret **ret);
void wv__secret_free(struct wv_secret *secret);
void wv__secret_freep(struct wv_secret **secret);

/**
 * wv__secret_read() - read a secret to the end of a descriptor
 * @name: what it is called in messages
 * @max: more than this many bytes is -EFBIG
 *
 * Nothing is buffered outside locked memory; bytes are taken as given.
 */
int wv__secret_read(struct wv_ctx *ctx, int fd, const char *name, size_t max,
		    struct wv_secret **ret);

/* Zero memory in a way that the compiler keeps. */
void wv__forget(void *data, size_t len);

/**
 * wv__process_guard() - make this process one that may hold keys
 *
 * Not dumpable, no core; mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT) where
 * the limit allows it. Never fails: what the system refuses is logged.
 */
void wv__process_guard(struct wv_ctx *ctx);

#endif
