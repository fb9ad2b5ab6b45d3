/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ctx.c - the context: the sentence of the last failure, the log, progress,
 * and the wish to stop
 */
#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctx.h"

/* Room for two paths of PATH_MAX and the words around them; longer is cut. */
#define SENTENCE_MAX 8704

/* Of a sentence long past nothing is asked any more; a report of a bad year has hundreds. */
#define SAID_MAX 512

/* A sentence in English, and as a person reads it. */
struct said {
	char *english, *local;
};

struct wv_ctx {
	char error[SENTENCE_MAX]; /* fixed, so that -ENOMEM can still be told */
	char local[SENTENCE_MAX]; /* the same in the person's language; "": it is the same */
	pthread_mutex_t lock; /* of the ring: threads say why, too */
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
	pthread_mutex_init(&ctx->lock, NULL);
	*ret_ctx = ctx;
	return 0;
}

WV_API void wv_ctx_free(struct wv_ctx *ctx)
{
	if (!ctx)
		return;
	for (size_t i = 0; i < SAID_MAX; i++) {
		free(ctx->said[i].english);
		free(ctx->said[i].local);
	}
	pthread_mutex_destroy(&ctx->lock);
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
	struct said *said;
	const struct said fresh = { strdup(english), strdup(local) };

	if (!fresh.english || !fresh.local) { /* it is told in English then */
		free(fresh.english);
		free(fresh.local);
		return;
	}
	pthread_mutex_lock(&ctx->lock);
	said = &ctx->said[ctx->n_said++ % SAID_MAX];
	free(said->english);
	free(said->local);
	*said = fresh;
	pthread_mutex_unlock(&ctx->lock);
}

/* @start: one that @text begins with. What it gives stays for SAID_MAX sentences more. */
static const struct said *recall(const struct wv_ctx *ctx, const char *text, bool start)
{
	const struct said *found = NULL;

	pthread_mutex_lock((pthread_mutex_t *)&ctx->lock);
	for (size_t i = ctx->n_said; !found && i && ctx->n_said - i < SAID_MAX; i--) {
		const struct said *said = &ctx->said[(i - 1) % SAID_MAX];
		const size_t len = strlen(said->english);

		if (!strncmp(said->english, text, len) &&
		    (!text[len] || (start && len && !isalnum((unsigned char)text[len]))))
			found = said;
	}
	pthread_mutex_unlock((pthread_mutex_t *)&ctx->lock);
	return found;
}

/* What is said of a thing behind its name: the program's catalogue has it in this context. */
static const char *translated_fragment(const struct wv_ctx *ctx, const char *text, size_t len)
{
	char key[256];
	const char *found;

	if (!ctx->translate || len >= sizeof(key) - strlen("it\004"))
		return NULL;
	snprintf(key, sizeof(key), "it\004%.*s", (int)len, text);
	found = translated(ctx, key);
	return found == key ? NULL : found;
}

WV_API const char *wv_ctx_translate(const struct wv_ctx *ctx, const char *sentence)
{
	const struct said *said = recall(ctx, sentence, false);
	const char *fragment = said ? NULL : translated_fragment(ctx, sentence, strlen(sentence));

	return said ? said->local : fragment ? fragment : translated(ctx, sentence);
}

/* A part of a sentence in English: how long it is, and what it is in the person's language; 0: none. */
static size_t find_part(const struct wv_ctx *ctx, const char *part, bool after_colon, const char **ret)
{
	const struct said *said = after_colon ? recall(ctx, part, true) : NULL;
	const size_t all = strlen(part);
	size_t some = 0;

	while (part[some] && !strchr(",;:", part[some]) && !(part[some] & 0x80)) /* Japanese has its own comma */
		some++;
	if (said)
		return *ret = said->local, strlen(said->english);
	if ((*ret = translated_fragment(ctx, part, all)))
		return all;
	if ((*ret = translated_fragment(ctx, part, some)))
		return some;
	*ret = after_colon ? translated(ctx, part) : part;
	return *ret == part ? 0 : all;
}

/* Sentences are made of others, "WHAT: WHY", and of fragments, "PATH is a symbolic link". */
static void translate_parts(const struct wv_ctx *ctx, char text[SENTENCE_MAX])
{
	char rest[SENTENCE_MAX];
	const char *local;
	size_t len;

	for (char *part = text; part && *part; part = strchr(part, ' ') ? strchr(part, ' ') + 1 : NULL) {
		len = find_part(ctx, part, part < text + 2 || part[-2] == ':', &local);
		if (!len)
			continue;
		snprintf(rest, sizeof(rest), "%s", part + len);
		snprintf(part, SENTENCE_MAX - (size_t)(part - text), "%s%s", local, rest);
		return;
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

void wv__remember(struct wv_ctx *ctx, const char *english, const char *fmt, va_list args)
{
	char local[SENTENCE_MAX];

	if (!ctx || !ctx->translate)
		return;
	format_sentence(local, "", translated(ctx, fmt), args);
	translate_parts(ctx, local);
	if (strcmp(local, english) != 0)
		remember(ctx, english, local);
}

char *wv__say(struct wv_ctx *ctx, const char *fmt, ...)
{
	char *text;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	va_start(args, fmt);
	if (text)
		wv__remember(ctx, text, fmt, args);
	va_end(args);
	return text;
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
