/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - one worker a core, fed with entries through a bounded queue
 *
 * The context stays with the thread that made the pool: workers keep their
 * sentence, and wv__pool_finish() hands the first one over.
 */
#ifndef WV_POOL_H
#define WV_POOL_H

#include <stdatomic.h>

#include "entries.h"

struct wv__pool;

struct wv__worker {
	struct wv__pool *pool;
	struct wv__sha256 *hash;
	unsigned char *buffer; /* WV_POOL_BUFFER bytes, page-aligned */
	char *why;             /* the sentence of its failure */
	bool sys;              /* an errno from outside: its text belongs to the sentence */
};

/* Fits the second-level cache together with what the kernel copies from. */
#define WV_POOL_BUFFER (256 * KiB)

/* Return: 0, or a negative errno by wv__worker_fail(): it stops the pool. */
typedef int (*wv__job_fn)(struct wv__worker *worker, void *data, struct wv__entry *entry);

/* @step and @total (bytes; 0: not known) are for progress. */
int wv__pool_start(struct wv_ctx *ctx, wv__job_fn job, void *data, const char *step, uint64_t total,
		   struct wv__pool **ret);
/*
 * Hand in one entry; waits while the queue is full. Return: 0, or what stopped
 * the pool; call wv__pool_finish() for the sentence.
 */
int wv__pool_put(struct wv__pool *pool, struct wv__entry *entry);
/**
 * wv__pool_finish() - wait for all jobs and free the pool
 * @err: 0, or the feeder's own failure, with its sentence: stop instead
 *
 * Return: 0, or the first failure, with its sentence.
 */
int wv__pool_finish(struct wv__pool *pool, int err);

/* For jobs. */
int wv__worker_fail(struct wv__worker *worker, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int wv__worker_fail_sys(struct wv__worker *worker, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Count bytes as done. Return: 0, or a negative errno when the pool is to stop: return it. */
int wv__worker_done(struct wv__worker *worker, uint64_t bytes);

#endif
