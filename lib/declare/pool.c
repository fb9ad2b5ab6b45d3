/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.c - one worker a core, fed with entries through a bounded queue
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "pool.h"

#define QUEUE 1024 /* entries; a power of two */
#define TICK_NS 100000000 /* progress and the wish to stop are looked at this often */

struct thread {
	struct wv__worker worker; /* first: a worker is its thread */
	pthread_t id;
};

struct wv__pool {
	struct wv_ctx *ctx;
	wv__job_fn job;
	void *data;
	const char *step;
	uint64_t total;
	_Atomic uint64_t done;  /* bytes */
	atomic_int stopped;     /* the negative errno that stops everybody; 0: go on */
	uint64_t told;          /* monotonic time of the last progress */

	pthread_mutex_t lock;   /* all below */
	pthread_cond_t filled, drained;
	struct wv__entry *queue[QUEUE];
	size_t head, queued;
	size_t alive; /* workers that have not ended */
	bool closed;
	char *why;
	bool sys;

	size_t count;
	struct thread threads[];
};

static void stop(struct wv__pool *pool, int err, struct wv__worker *worker)
{
	pthread_mutex_lock(&pool->lock);
	if (!pool->stopped) {
		pool->stopped = err;
		if (worker) {
			pool->why = take_ptr(worker->why);
			pool->sys = worker->sys;
		}
	}
	pthread_cond_broadcast(&pool->filled);
	pthread_cond_broadcast(&pool->drained);
	pthread_mutex_unlock(&pool->lock);
}

/* NULL: there are no more. */
static struct wv__entry *take(struct wv__pool *pool)
{
	struct wv__entry *entry = NULL;

	pthread_mutex_lock(&pool->lock);
	if (!pool->stopped && wv__cancelled(pool->ctx))
		pool->stopped = -ECANCELED;
	while (!pool->queued && !pool->closed && !pool->stopped)
		pthread_cond_wait(&pool->filled, &pool->lock);
	if (pool->queued && !pool->stopped) {
		entry = pool->queue[pool->head];
		pool->head = (pool->head + 1) % QUEUE;
		/* Wake the feeder for many at once, not for each: a wakeup costs more than a small file. */
		if (--pool->queued == QUEUE / 2)
			pthread_cond_signal(&pool->drained);
	}
	pthread_mutex_unlock(&pool->lock);
	return entry;
}

static void *run(void *data)
{
	struct wv__worker *worker = data;
	struct wv__pool *pool = worker->pool;
	struct wv__entry *entry;

	while ((entry = take(pool))) {
		const int r = pool->job(worker, pool->data, entry);

		if (r < 0)
			stop(pool, r, worker);
	}
	pthread_mutex_lock(&pool->lock);
	pool->alive--;
	pthread_cond_signal(&pool->drained);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static int worker_init(struct wv__pool *pool, struct wv__worker *worker)
{
	void *buffer = NULL;

	worker->pool = pool;
	if (posix_memalign(&buffer, 4096, WV_POOL_BUFFER) != 0)
		return -ENOMEM;
	worker->buffer = buffer;
	return wv__sha256_new(&worker->hash);
}

static void worker_clear(struct wv__worker *worker)
{
	wv__sha256_free(worker->hash);
	free(worker->buffer);
	free(worker->why);
}

/* Fewer threads than cores will do; none will not. Signals stay with the caller's threads. */
static int start_threads(struct wv__pool *pool, size_t wanted)
{
	sigset_t all, before;
	int r = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&pool->lock);
	while (pool->count < wanted) {
		struct thread *thread = &pool->threads[pool->count];

		r = worker_init(pool, &thread->worker);
		if (r == 0)
			r = -pthread_create(&thread->id, NULL, run, &thread->worker);
		if (r < 0) {
			worker_clear(&thread->worker);
			break;
		}
		pool->count++;
	}
	pool->alive = pool->count;
	pthread_mutex_unlock(&pool->lock);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pool->count ? 0 : r;
}

static void pool_free(struct wv__pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		pthread_join(pool->threads[i].id, NULL);
		worker_clear(&pool->threads[i].worker);
	}
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->filled);
	pthread_cond_destroy(&pool->drained);
	free(pool->why);
	free(pool);
}

static size_t cores(void)
{
	cpu_set_t set;

	/* fails beyond 1024 cores */
	return sched_getaffinity(0, sizeof(set), &set) < 0 ? 64 : CPU_COUNT(&set);
}

int wv__pool_start(struct wv_ctx *ctx, wv__job_fn job, void *data, const char *step, uint64_t total,
		   struct wv__pool **ret)
{
	const size_t wanted = cores();
	struct wv__pool *pool = calloc(1, sizeof(*pool) + wanted * sizeof(pool->threads[0]));
	pthread_condattr_t attr;
	int r;

	if (!pool)
		return wv__fail_memory(ctx);
	pool->ctx = ctx;
	pool->job = job;
	pool->data = data;
	pool->step = step;
	pool->total = total;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->filled, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->drained, &attr);
	pthread_condattr_destroy(&attr);
	r = start_threads(pool, wanted);
	if (r < 0) {
		pool_free(pool);
		return wv__fail_sys(ctx, r, "cannot start a thread");
	}
	*ret = pool;
	return 0;
}

static void tell(struct wv__pool *pool)
{
	const uint64_t now = wv__monotonic_ns();
	const struct wv_progress progress = {
		.what = "",
		.step = pool->step,
		.done = pool->done,
		.total = pool->total,
		.all_done = pool->done,
		.all_total = pool->total,
	};

	if (now - pool->told < TICK_NS)
		return;
	pool->told = now;
	pthread_mutex_unlock(&pool->lock);
	wv__progress(pool->ctx, &progress);
	pthread_mutex_lock(&pool->lock);
}

/* Sleep until workers have taken enough, or for a tick. The lock is held. */
static void wait_drained(struct wv__pool *pool)
{
	const struct timespec until = wv__deadline(TICK_NS);

	pthread_cond_timedwait(&pool->drained, &pool->lock, &until);
	tell(pool);
}

int wv__pool_put(struct wv__pool *pool, struct wv__entry *entry)
{
	int r;

	pthread_mutex_lock(&pool->lock);
	while (pool->queued == QUEUE && !pool->stopped && !wv__cancelled(pool->ctx))
		wait_drained(pool);
	r = pool->stopped ? pool->stopped : wv__cancelled(pool->ctx) ? -ECANCELED : 0;
	if (r == 0) {
		pool->queue[(pool->head + pool->queued++) % QUEUE] = entry;
		pthread_cond_signal(&pool->filled);
	}
	pthread_mutex_unlock(&pool->lock);
	return r;
}

int wv__pool_finish(struct wv__pool *pool, int err)
{
	struct wv_ctx *ctx = pool->ctx;
	int r;

	if (err < 0)
		stop(pool, err, NULL);
	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	pthread_cond_broadcast(&pool->filled);
	while (pool->alive)
		wait_drained(pool);
	r = pool->stopped;
	pthread_mutex_unlock(&pool->lock);

	if (r == -ECANCELED)
		wv__check_cancel(ctx);
	else if (pool->why)
		r = pool->sys ? wv__fail_sys(ctx, r, "%s", pool->why) : wv__fail(ctx, r, "%s", pool->why);
	else if (r < 0 && !err)
		wv__fail_memory(ctx);
	pool_free(pool);
	return r;
}

static int worker_fail(struct wv__worker *worker, int err, bool sys, const char *fmt, va_list args)
	__attribute__((format(printf, 4, 0)));
static int worker_fail(struct wv__worker *worker, int err, bool sys, const char *fmt, va_list args)
{
	va_list again;

	free(worker->why);
	worker->sys = sys;
	va_copy(again, args);
	if (vasprintf(&worker->why, fmt, args) < 0)
		worker->why = NULL;
	if (worker->why)
		wv__remember(worker->pool->ctx, worker->why, fmt, again);
	va_end(again);
	return worker->why ? err : -ENOMEM;
}

int wv__worker_fail(struct wv__worker *worker, int err, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = worker_fail(worker, err, false, fmt, args);
	va_end(args);
	return r;
}

int wv__worker_fail_sys(struct wv__worker *worker, int err, const char *fmt, ...)
{
	va_list args;
	int r;

	va_start(args, fmt);
	r = worker_fail(worker, err, true, fmt, args);
	va_end(args);
	return r;
}

int wv__worker_done(struct wv__worker *worker, uint64_t bytes)
{
	struct wv__pool *pool = worker->pool;

	atomic_fetch_add_explicit(&pool->done, bytes, memory_order_relaxed);
	return pool->stopped ? pool->stopped : wv__cancelled(pool->ctx) ? -ECANCELED : 0;
}
