/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exec.h - other programs: an argv, a fixed PATH, closed descriptors, no shell
 */
#ifndef WV_EXEC_H
#define WV_EXEC_H

#include "buf.h"
#include "ctx.h"

struct wv__exec {
	const char *const *argv; /* argv[0] is looked up in the fixed PATH */
	const char *const *env;  /* "NAME=value" added to PATH and LC_ALL=C.UTF-8; may be NULL */
	const char *dir;         /* working directory; NULL: "/" */
	const void *input;       /* written to its stdin; NULL: /dev/null */
	size_t input_len;
	struct wv_buf *out;      /* its stdout; NULL: dropped */
	size_t out_max;          /* more than this on either is -EFBIG; 0: 64 MiB */
	struct wv_buf *err;      /* its stderr; NULL: kept for the sentence of wv__exec_ok() */
	const int *keep_fds;     /* descriptors it inherits at the same number, ended by -1; may be NULL */
	unsigned int seconds;    /* killed after this long; 0: no limit */
	bool terminal;           /* may ask on our terminal (a key's passphrase); else it has none */
};

/**
 * wv__exec() - run a program to its end
 * @ret_status: its exit status, or 128 + the signal that ended it
 *
 * On wv_ctx_cancel() the program's group
 * is ended and -ECANCELED returned. The program dies with this process
 * (PR_SET_PDEATHSIG).
 *
 * Return: 0 when it ran, -ENOENT when it is not installed (the sentence names
 * it), -ETIMEDOUT, or another negative errno.
 */
int wv__exec(struct wv_ctx *ctx, const struct wv__exec *exec, int *ret_status);

/* The same, and a status other than 0 is -EIO with the program's last line as the sentence. */
int wv__exec_ok(struct wv_ctx *ctx, const struct wv__exec *exec);

#endif
