/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ctx.h - the context: the sentence of the last failure, the log, progress,
 * and the wish to stop
 */
#ifndef WV_CTX_H
#define WV_CTX_H

#include <stdarg.h>

#include "../workvol.h"
#include "util.h"

/**
 * wv__fail() - say why, once, where it is known
 * @ctx: the context; NULL is allowed and keeps nothing
 * @err: a negative errno
 * @fmt: the whole sentence, no full stop, naming the object
 *
 * Return: @err.
 */
int wv__fail(struct wv_ctx *ctx, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * wv__fail_sys() - the same for what a system call or library said
 * @err: a negative errno as it came
 *
 * ": <the errno's text>" is added to the sentence. Numbers that have a meaning
 * of their own here (EPERM, EACCES, EAGAIN, EBADMSG, EKEYREJECTED,
 * EKEYEXPIRED, ECANCELED) come from outside without it: they become -EIO, so
 * that they do not end as "refused" or "proof failed".
 *
 * Return: the negative errno to pass up.
 */
int wv__fail_sys(struct wv_ctx *ctx, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Out of memory, with its sentence. Return: -ENOMEM. */
int wv__fail_memory(struct wv_ctx *ctx);

/* Put "WHAT: " before the sentence already there; for callers that know the object. */
void wv__fail_prefix(struct wv_ctx *ctx, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A sentence for a document, in English; free() it, NULL: no memory. How it is told in the
 * person's language is remembered: wv_ctx_translate().
 */
char *wv__say(struct wv_ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same of an @english sentence that was made of @fmt and @args elsewhere; from any thread. */
void wv__remember(struct wv_ctx *ctx, const char *english, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

/* The worse of two results, in the order of the exit codes: a failed proof, a failure, a refusal, an interruption, 0. */
int wv__worse(int a, int b);

/* Something worth telling; level is WV_LOG_*. Never a secret. */
void wv__log(struct wv_ctx *ctx, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* 0, or -ECANCELED with its sentence once wv_ctx_cancel() was called. */
int wv__check_cancel(struct wv_ctx *ctx);
bool wv__cancelled(const struct wv_ctx *ctx);

/* Tell of progress; cheap, and rate-limited by the receiver. */
void wv__progress(struct wv_ctx *ctx, const struct wv_progress *progress);

#endif
