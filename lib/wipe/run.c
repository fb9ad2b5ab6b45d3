/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.c - one medium on its way: made, judged by its lanes, freed
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "lane.h"

#define LIMIT_SECONDS 120
#define DEPTH 4               /* 4 MiB of buffers a lane: they stay in the cache */
#define LANE_SHARE (32 * MiB) /* for less a second lane is not worth its setting up */

static int check_range(struct wv_ctx *ctx, const struct wv__medium *m,
		       const struct wv__wipe_opts *opts)
{
	if (!m->size)
		return wv__fail(ctx, -ENOMEDIUM, "%s is empty", m->path);
	if (opts->offset >= m->size || opts->length > m->size - opts->offset)
		return wv__fail(ctx, -EINVAL, "the range ends beyond %s", m->path);
	if (opts->offset % m->block || opts->length % m->block)
		return wv__fail(ctx, -EINVAL, "the range on %s is not a multiple of its block, %u",
				m->path, m->block);
	return 0;
}

int wv__run_new(struct wv_ctx *ctx, struct wv__medium *medium, const struct wv__wipe_opts *opts,
		size_t n_media, struct wv__run **ret)
{
	const uint64_t cores = (uint64_t)MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L);
	const uint32_t seconds = opts->request_seconds ? opts->request_seconds : LIMIT_SECONDS;
	struct wv__run *run;
	int r = check_range(ctx, medium, opts);

	if (r < 0)
		return r;
	run = calloc(1, sizeof(*run));
	if (!run)
		return wv__fail_memory(ctx);
	r = wv__random(run->seed, sizeof(run->seed));
	if (r >= 0)
		r = wv__random(run->sample_seed, sizeof(run->sample_seed));
	if (r < 0) {
		free(run);
		return wv__fail(ctx, r, "no random bytes from the kernel");
	}
	run->medium = *medium;
	medium->fd = -1;
	run->ctx = ctx;
	run->opts = opts;
	run->start = opts->offset;
	run->length = opts->length ? opts->length : medium->size - opts->offset;
	run->end = run->start + run->length;
	run->limit_ns = seconds * UINT64_C(1000000000);
	run->real = UINT64_MAX;
	run->lost_stamp = UINT64_MAX;
	run->depth = (unsigned int)MIN((uint64_t)DEPTH, run->length / WV__CHUNK_MAX + 1);
	run->n_lanes = (unsigned int)MIN(MIN((cores + 2) / n_media, (uint64_t)WV__LANES_MAX),
					 run->length / LANE_SHARE);
	run->n_lanes = MAX(run->n_lanes, 1u);
	pthread_mutex_init(&run->lock, NULL);
	pthread_cond_init(&run->changed, NULL);
	*ret = run;
	return 0;
}

/* A request that never came back may still write to what it was given: then all is left to it. */
void wv__run_free(struct wv__run *run)
{
	if (!run || run->abandoned)
		return;
	wv__medium_close(&run->medium);
	pthread_mutex_destroy(&run->lock);
	pthread_cond_destroy(&run->changed);
	wv__bad_free(&run->bad);
	free(run->checkpoint);
	free(run);
}

int wv__run_sheets(struct wv__run *run, const struct wv__sweep *sweep)
{
	const struct wv__pass *pass = &run->plan.passes[sweep->pass];
	int r = wv__sheet_open(&pass->pattern, &run->sheets[0]);

	if (r >= 0 && sweep->kind == WV__SWEEP_TURN)
		r = wv__sheet_open(&pass[-1].pattern, &run->sheets[1]);
	return r;
}

void wv__run_sheets_close(struct wv__run *run)
{
	if (run->abandoned)
		return;
	wv__sheet_close(&run->sheets[0]);
	wv__sheet_close(&run->sheets[1]);
}

int wv__run_fail(struct wv__run *run, int error, const char *fmt, ...)
{
	va_list args;

	pthread_mutex_lock(&run->lock);
	if (!run->error) {
		run->error = error;
		va_start(args, fmt);
		vsnprintf(run->sentence, sizeof(run->sentence), fmt, args);
		va_end(args);
		va_start(args, fmt);
		wv__remember(run->ctx, run->sentence, fmt, args);
		va_end(args);
	}
	run->stop = true;
	pthread_mutex_unlock(&run->lock);
	return error;
}

void wv__run_give_up(struct wv__run *run, int error)
{
	int none = 0;

	atomic_compare_exchange_strong(&run->dead, &none, error);
	run->stop = true;
}

uint64_t wv__run_lose(struct wv__run *run, uint64_t offset, uint64_t length, enum wv__bad_op op,
		      int error)
{
	uint64_t bytes;

	pthread_mutex_lock(&run->lock);
	bytes = wv__bad_add(&run->bad, offset, length, op, error);
	pthread_mutex_unlock(&run->lock);
	return bytes;
}

uint64_t wv__run_low(const struct wv__run *run)
{
	uint64_t low = run->cursor;

	if (!run->lanes)
		return run->low;
	for (unsigned int i = 0; i < run->n_lanes; i++)
		for (unsigned int k = 0; k < run->depth; k++)
			if (run->lanes[i].slots[k].busy)
				low = MIN(low, run->lanes[i].slots[k].at);
	return low;
}

uint64_t wv__run_sweep_work(const struct wv__run *run, const struct wv__sweep *sweep)
{
	if (sweep->sample) /* near enough for a display */
		return wv__run_length(run) / 100 * run->plan.percent;
	return wv__run_length(run) * (sweep->kind == WV__SWEEP_TURN ? 2 : 1);
}

uint64_t wv__run_work(const struct wv__run *run, unsigned int n)
{
	uint64_t sum = 0;

	while (n-- > 0)
		sum += wv__run_sweep_work(run, &run->plan.sweeps[n]);
	return sum;
}
