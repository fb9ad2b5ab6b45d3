/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ctx.c - the context: the sentence of the last failure, the log, progress,
 * and the wish to stop
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctx.h"

/* Room for two paths of PATH_MAX and the words around them; longer is cut. */
#define SENTENCE_MAX 8704

/* Of a failure long past nothing is asked any more. */
#define SAID_MAX 64

/* A sentence in English, and as a person reads it. */
struct said {
	char *english, *local;
};

struct wv_ctx {
	char error[SENTENCE_MAX]; /* fixed, so that -ENOMEM can still be told */
	char local[SENTENCE_MAX]; /* the same in the person's language; "": it is the same */
	struct said said[SAID_MAX]; /* a ring */
	size_t n_said;
	wv_translate_fn translate;
	void *translate_data;
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
	for (size_t i = 0; ctx && i < SAID_MAX; i++) {
		free(ctx->said[i].english);
		free(ctx->said[i].local);
	}
	free(ctx);
}

WV_API const char *wv_ctx_error(const struct wv_ctx *ctx)
{
	return ctx->error;
}

WV_API const char *wv_ctx_error_local(const struct wv_ctx *ctx)
{
	return *ctx->local ? ctx->local : ctx->error;
}

WV_API void wv_ctx_set_log(struct wv_ctx *ctx, wv_log_fn log, void *data)
{
	ctx->log = log;
	ctx->log_data = data;
}

WV_API void wv_ctx_set_translate(struct wv_ctx *ctx, wv_translate_fn translate, void *data)
{
	ctx->translate = translate;
	ctx->translate_data = data;
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

/* ---- in the person's language ---- */

__attribute__((format_arg(2)))
static const char *translated(const struct wv_ctx *ctx, const char *text)
{
	return ctx->translate && *text ? ctx->translate(ctx->translate_data, text) : text;
}

static void remember(struct wv_ctx *ctx, const char *english, const char *local)
{
	struct said *said = &ctx->said[ctx->n_said % SAID_MAX];
	const struct said fresh = { strdup(english), strdup(local) };

	if (!fresh.english || !fresh.local) { /* it is told in English then */
		free(fresh.english);
		free(fresh.local);
		return;
	}
	free(said->english);
	free(said->local);
	*said = fresh;
	ctx->n_said++;
}

static const struct said *recall(const struct wv_ctx *ctx, const char *english)
{
	for (size_t i = ctx->n_said; i && ctx->n_said - i < SAID_MAX; i--) {
		const struct said *said = &ctx->said[(i - 1) % SAID_MAX];

		if (strcmp(said->english, english) == 0)
			return said;
	}
	return NULL;
}

WV_API const char *wv_ctx_translate(const struct wv_ctx *ctx, const char *sentence)
{
	const struct said *said = recall(ctx, sentence);

	return said ? said->local : translated(ctx, sentence);
}

static const struct said *recall_start(const struct wv_ctx *ctx, const char *text)
{
	for (size_t i = ctx->n_said; i && ctx->n_said - i < SAID_MAX; i--) {
		const struct said *said = &ctx->said[(i - 1) % SAID_MAX];
		const size_t len = strlen(said->english);

		if (len && strncmp(said->english, text, len) == 0 && !isalnum((unsigned char)text[len]))
			return said;
	}
	return NULL;
}

/* Sentences that are made of others ("WHAT: WHY"), said in English before. */
static void translate_parts(const struct wv_ctx *ctx, char text[SENTENCE_MAX])
{
	char rest[SENTENCE_MAX];
	const struct said *said;

	for (char *part = text, *colon; part; part = colon ? colon + 2 : NULL) {
		colon = strstr(part, ": ");
		said = recall_start(ctx, part);
		if (said) {
			snprintf(rest, sizeof(rest), "%s", part + strlen(said->english));
			snprintf(part, SENTENCE_MAX - (size_t)(part - text), "%s%s", said->local, rest);
			return;
		}
	}
}

/* ---- the sentence ---- */

/* What follows it, in both languages. */
struct tail {
	const char *english, *local;
};

__attribute__((format(printf, 3, 0)))
static void format_sentence(char text[SENTENCE_MAX], const char *tail, const char *fmt, va_list args)
{
	size_t len;

	vsnprintf(text, SENTENCE_MAX, fmt, args);
	len = strlen(text);
	snprintf(text + len, SENTENCE_MAX - len, "%s", tail);
}

/* The sentence may be made from the one before: format aside, then keep. */
__attribute__((format(printf, 3, 0)))
static void keep_sentence(struct wv_ctx *ctx, struct tail tail, const char *fmt, va_list args)
{
	char text[SENTENCE_MAX], local[SENTENCE_MAX] = "";
	va_list again;

	va_copy(again, args);
	format_sentence(text, tail.english, fmt, args);
	if (ctx->translate) {
		format_sentence(local, tail.local, translated(ctx, fmt), again);
		translate_parts(ctx, local);
		if (strcmp(local, text) == 0)
			local[0] = '\0';
		else
			remember(ctx, text, local);
	}
	va_end(again);
	memcpy(ctx->error, text, strlen(text) + 1);
	memcpy(ctx->local, local, strlen(local) + 1);
}

int wv__fail(struct wv_ctx *ctx, int err, const char *fmt, ...)
{
	const int saved = errno;
	va_list args;

	if (ctx) {
		va_start(args, fmt);
		keep_sentence(ctx, (struct tail){ "", "" }, fmt, args);
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
	char english[128], local[256], text[96];
	const char *why = strerrordesc_np(-err);
	va_list args;

	if (ctx) {
		if (!why)
			why = strerror_r(-err, text, sizeof(text));
		snprintf(english, sizeof(english), ": %s", why);
		snprintf(local, sizeof(local), ": %s", translated(ctx, why));
		va_start(args, fmt);
		keep_sentence(ctx, (struct tail){ english, local }, fmt, args);
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
	char english[SENTENCE_MAX], local[SENTENCE_MAX];
	va_list args;

	if (!ctx)
		return;
	snprintf(english, sizeof(english), ": %.*s", SENTENCE_MAX - 3, ctx->error);
	snprintf(local, sizeof(local), ": %.*s", SENTENCE_MAX - 3, wv_ctx_error_local(ctx));
	va_start(args, fmt);
	keep_sentence(ctx, (struct tail){ english, local }, fmt, args);
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
	vsnprintf(line, sizeof(line), translated(ctx, fmt), args);
	va_end(args);
	if (ctx->translate)
		translate_parts(ctx, line);
	ctx->log(ctx->log_data, level, line);
	errno = saved;
}
