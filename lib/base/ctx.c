/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ctx.c - the context: the sentence of the last failure, the log, progress,
 * and the wish to stop
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "ctx.h"

/* Room for two paths of PATH_MAX and the words around them; longer is cut. */
#define SENTENCE_MAX 8704

struct wv_ctx {
	char error[SENTENCE_MAX]; /* fixed, so that -ENOMEM can still be told */
	wv_log_fn log;
	void *log_data;
	wv_progress_fn progress;
	void *progress_data;
	atomic_bool cancel;
};

WV_API const char *wv_version(void)
{
	return WV_VERSION;
}

WV_API int wv_ctx_new(struct wv_ctx **ret_ctx)
{
	struct wv_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	*ret_ctx = ctx;
	return 0;
}

WV_API void wv_ctx_free(struct wv_ctx *ctx)
{
	free(ctx);
}

WV_API const char *wv_ctx_error(const struct wv_ctx *ctx)
{
	return ctx->error;
}

WV_API void wv_ctx_set_log(struct wv_ctx *ctx, wv_log_fn log, void *data)
{
	ctx->log = log;
	ctx->log_data = data;
}

WV_API void wv_ctx_set_progress(struct wv_ctx *ctx, wv_progress_fn progress, void *data)
{
	ctx->progress = progress;
	ctx->progress_data = data;
}

WV_API void wv_ctx_cancel(struct wv_ctx *ctx)
{
	atomic_store(&ctx->cancel, true);
}

bool wv__cancelled(const struct wv_ctx *ctx)
{
	return ctx && atomic_load(&ctx->cancel);
}

int wv__check_cancel(struct wv_ctx *ctx)
{
	return wv__cancelled(ctx) ? wv__fail(ctx, -ECANCELED, "interrupted") : 0;
}

void wv__progress(struct wv_ctx *ctx, const struct wv_progress *progress)
{
	if (ctx && ctx->progress)
		ctx->progress(ctx->progress_data, progress);
}

/* The sentence may be made from the one before: format aside, then keep. */
__attribute__((format(printf, 3, 0)))
static void keep_sentence(struct wv_ctx *ctx, const char *tail, const char *fmt, va_list args)
{
	char text[SENTENCE_MAX];
	size_t len;

	vsnprintf(text, sizeof(text), fmt, args);
	len = strlen(text);
	snprintf(text + len, sizeof(text) - len, "%s", tail);
	memcpy(ctx->error, text, strlen(text) + 1);
}

int wv__fail(struct wv_ctx *ctx, int err, const char *fmt, ...)
{
	const int saved = errno;
	va_list args;

	if (ctx) {
		va_start(args, fmt);
		keep_sentence(ctx, "", fmt, args);
		va_end(args);
	}
	errno = saved;
	return err;
}

/* What another program or the kernel means by these is not what we mean. */
static int own_errno(int err)
{
	switch (-err) {
	case EPERM:
	case EACCES:
	case EAGAIN:
	case EBADMSG:
	case EKEYREJECTED:
	case EKEYEXPIRED:
	case ECANCELED:
		return -EIO;
	default:
		return err;
	}
}

int wv__fail_sys(struct wv_ctx *ctx, int err, const char *fmt, ...)
{
	char tail[128], text[96];
	va_list args;

	if (ctx) {
		snprintf(tail, sizeof(tail), ": %s", strerror_r(-err, text, sizeof(text)));
		va_start(args, fmt);
		keep_sentence(ctx, tail, fmt, args);
		va_end(args);
	}
	return own_errno(err);
}

int wv__fail_memory(struct wv_ctx *ctx)
{
	return wv__fail(ctx, -ENOMEM, "out of memory");
}

void wv__fail_prefix(struct wv_ctx *ctx, const char *fmt, ...)
{
	char tail[SENTENCE_MAX];
	va_list args;

	if (!ctx)
		return;
	snprintf(tail, sizeof(tail), ": %.*s", SENTENCE_MAX - 3, ctx->error);
	va_start(args, fmt);
	keep_sentence(ctx, tail, fmt, args);
	va_end(args);
}

static int rank(int result)
{
	switch (-result) {
	case 0:
		return 0;
	case ECANCELED:
		return 1;
	case EPERM:
	case EBUSY:
	case EROFS:
	case EAGAIN:
		return 2;
	case EBADMSG:
	case EKEYREJECTED:
	case EKEYEXPIRED:
		return 4;
	default:
		return 3;
	}
}

int wv__worse(int a, int b)
{
	return rank(b) > rank(a) ? b : a;
}

void wv__log(struct wv_ctx *ctx, int level, const char *fmt, ...)
{
	const int saved = errno;
	char line[SENTENCE_MAX];
	va_list args;

	if (!ctx || !ctx->log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	ctx->log(ctx->log_data, level, line);
	errno = saved;
}
