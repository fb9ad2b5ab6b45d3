/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.c - several media at once
 */
#include <string.h>

#include "../base/clock.h"
#include "../media/device.h"
#include "run.h"

#define TICK_NS UINT64_C(100000000) /* progress is told ten times a second */
#define PROBE_BYTES (16 * MiB) /* at each of the places: a disk is slower the further inside */
#define PROBE_PLACES 3

/* ---- all of them ------------------------------------------------------------------- */

/* Of the sweeps before this one, also those of an earlier process, and of this one. */
static uint64_t work_done(const struct wv__run *run)
{
	uint64_t sum = wv__run_work(run, run->at);

	if (run->at < run->plan.n_sweeps)
		sum += run->done * (run->plan.sweeps[run->at].kind == WV__SWEEP_TURN ? 2 : 1);
	return sum;
}

static const char *step_of(const struct wv__run *run)
{
	if (run->sweep)
		return wv__sweep_name(run->sweep);
	switch (wv__verdict_error(run)) {
	case 0:
		return "done";
	case -ECANCELED:
		return "stopped";
	default:
		return "failed";
	}
}

/* Between sweeps all but the lock is the keeper's own. */
static void tell(struct wv_ctx *ctx, struct wv__run *run)
{
	struct wv_progress p = { .what = run->medium.path };

	pthread_mutex_lock(&run->lock);
	if (run->sweep || run->ended) {
		p.step = step_of(run);
		p.all_done = work_done(run);
		p.all_total = wv__run_work(run, run->plan.n_sweeps);
		p.errors = wv__bad_total(&run->bad);
		p.temperature = run->temperature;
		p.limit = run->heat_limit;
	}
	if (run->sweep) {
		p.pass = run->sweep->pass + 1;
		p.passes = run->plan.n_passes;
		p.done = run->done;
		p.total = run->total;
	}
	pthread_mutex_unlock(&run->lock);
	if (p.step)
		wv__progress(ctx, &p);
}

/* For a tick, or until a run has ended. */
static bool wait_for_end(struct wv__run *run)
{
	const struct timespec until = wv__deadline(TICK_NS);
	bool ended;

	pthread_mutex_lock(&run->lock);
	if (!run->ended)
		pthread_cond_clockwait(&run->changed, &run->lock, CLOCK_MONOTONIC, &until);
	ended = run->ended;
	pthread_mutex_unlock(&run->lock);
	return ended;
}

static void wait_for(struct wv_ctx *ctx, struct wv__run *const *runs, size_t n)
{
	for (size_t first = 0; first < n;) {
		if (wait_for_end(runs[first])) {
			if (runs[first]->started)
				pthread_join(runs[first]->keeper, NULL);
			tell(ctx, runs[first++]);
			continue;
		}
		for (size_t i = first; i < n; i++) {
			tell(ctx, runs[i]);
			if (wv__cancelled(ctx))
				runs[i]->stop = runs[i]->cancelled = true;
		}
	}
}

/* Every run has a keeper, or its own error when there is no thread for it. */
static void run_all(struct wv_ctx *ctx, struct wv__run *const *runs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const int r = pthread_create(&runs[i]->keeper, NULL, wv__run_main, runs[i]);

		runs[i]->started = r == 0;
		if (r == 0)
			continue;
		wv__run_fail(runs[i], -r, "cannot start a thread for %s", runs[i]->medium.path);
		runs[i]->ended = true;
	}
	wait_for(ctx, runs, n);
}

/* ---- a dry run ----------------------------------------------------------------------- */

/* Reading harms nothing, and tells about how long a pass will take. */
static int dry_run(struct wv_ctx *ctx, struct wv__run *run)
{
	cleanup_free unsigned char *buf = aligned_alloc(4096, WV__CHUNK_MAX);
	const uint64_t since = wv__monotonic_ns(), bytes = MIN(run->length, PROBE_BYTES);
	const uint64_t step = (run->length - bytes) / (PROBE_PLACES - 1);
	int r;

	if (!buf)
		return wv__fail_memory(ctx);
	r = wv__plan_expand(&run->plan, run->seed, !run->medium.rotational);
	for (unsigned int i = 0; i < PROBE_PLACES; i++) {
		const uint64_t from = run->start + round_down(i * step, run->medium.block);

		for (uint64_t at = 0; r >= 0 && at < bytes; at += WV__CHUNK_MAX)
			r = wv__medium_do(&run->medium, WV__READ, buf,
					  MIN(bytes - at, WV__CHUNK_MAX), from + at);
	}
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot read %s", run->medium.path);
	run->expected_seconds = (double)(wv__monotonic_ns() - since) / 1e9 /
				(double)(PROBE_PLACES * bytes) *
				(double)wv__run_work(run, run->plan.n_sweeps);
	return 0;
}

/* ---- the door ---------------------------------------------------------------------------- */

static const char *explain(const struct wv__run *run)
{
	if (run->dead == -ESTALE)
		return C_("it", "was removed or replaced in the midst of it");
	if (run->real != UINT64_MAX)
		return C_("it", "has less room than it claims");
	if (run->bad.bytes[WV__BAD_MISMATCH])
		return C_("it", "did not give back what was written");
	if (run->dead == -ETIMEDOUT)
		return C_("it", "did not answer in time");
	if (run->dead)
		return C_("it", "stopped working");
	return C_("it", "has blocks that cannot be written or read");
}

/* stopped: how it reads when it was cancelled. */
static int say(struct wv_ctx *ctx, const struct wv__run *run, const char *stopped)
{
	const int r = wv__verdict_error(run);

	if (r < 0 && r != -ECANCELED && *run->sentence)
		return wv__fail(ctx, r, "%s", run->sentence);
	return r < 0 ? wv__fail(ctx, r, "%s %s", run->medium.path,
				r == -ECANCELED ? stopped : explain(run)) :
		       0;
}

static int collect(struct wv_ctx *ctx, struct wv__run *run, struct wv__wipe_job *job)
{
	const unsigned int last = MAX(run->plan.n_passes, 1u) - 1;
	int r;

	job->error = say(ctx, run, "was not wiped to its end");
	r = wv__result_doc(ctx, run, &job->result);
	if (r >= 0 && run->counts[last].written)
		r = wv__pattern_doc(ctx, &run->plan.passes[last].pattern, run->start, run->length,
				    &job->pattern);
	return r;
}

int wv__wipe_media(struct wv_ctx *ctx, struct wv__medium *media, struct wv__wipe_job *jobs,
		   size_t n, const struct wv__wipe_opts *opts)
{
	cleanup_free struct wv__run **runs = calloc(n, sizeof(struct wv__run *));
	int r = 0, worst = 0;

	if (!runs)
		return wv__fail_memory(ctx);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = wv__run_new(ctx, &media[i], opts, n, &runs[i]);
		if (r >= 0)
			r = wv__plan_parse(ctx, opts, &runs[i]->plan);
		if (r >= 0 && opts->flags & WV_WIPE_DRY_RUN)
			r = dry_run(ctx, runs[i]);
	}
	if (r >= 0 && !(opts->flags & WV_WIPE_DRY_RUN))
		run_all(ctx, runs, n);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = collect(ctx, runs[i], &jobs[i]);
	for (size_t i = 0; i < n; i++) {
		wv__run_free(runs[i]);
		worst = wv__worse(worst, jobs[i].error);
	}
	return r < 0 ? r : worst;
}

int wv__wipe_run(struct wv_ctx *ctx, struct wv__wipe_job *jobs, size_t n,
		 const struct wv__wipe_opts *opts)
{
	const bool write = !(opts->flags & WV_WIPE_DRY_RUN);
	cleanup_free struct wv__medium *media = calloc(n, sizeof(*media));
	int r;

	if (!media)
		return wv__fail_memory(ctx);
	r = wv__wipe_check(ctx, opts);
	for (size_t i = 0; i < n; i++) {
		media[i].fd = -1;
		jobs[i].result = jobs[i].pattern = NULL;
		jobs[i].error = 0;
		if (r >= 0)
			r = wv__device_recheck(ctx, jobs[i].dev);
		if (r >= 0)
			r = wv__medium_open(ctx, jobs[i].dev, write, &media[i]);
	}
	if (r >= 0)
		r = wv__wipe_media(ctx, media, jobs, n, opts);
	for (size_t i = 0; i < n; i++)
		wv__medium_close(&media[i]);
	return r;
}

/* ---- reading back alone ---------------------------------------------------------------------- */

int wv__verify_medium(struct wv_ctx *ctx, struct wv__medium *medium,
		      const struct wv__pattern *pattern, uint64_t offset, uint64_t length,
		      const struct wv__wipe_opts *opts, struct wv_doc **ret_result)
{
	struct wv__wipe_opts range = *opts;
	struct wv__run *run = NULL;
	int r;

	range.offset = offset;
	range.length = length;
	range.checkpoint_dir = NULL;
	r = wv__run_new(ctx, medium, &range, 1, &run);
	if (r < 0)
		return r;
	run->plan.passes[0].pattern = *pattern;
	run->plan.n_passes = run->plan.n_sweeps = 1;
	run->plan.sweeps[0].kind = WV__SWEEP_VERIFY;
	run_all(ctx, &run, 1);
	r = wv__result_verify_doc(ctx, run, ret_result);
	if (r >= 0)
		r = say(ctx, run, "was not read to its end");
	wv__run_free(run);
	return r;
}

int wv__wipe_verify(struct wv_ctx *ctx, struct wv_device *dev, struct wv_doc *pattern,
		    struct wv_doc **ret_result)
{
	static const struct wv__wipe_opts opts;
	struct wv__pattern want;
	struct wv__medium medium;
	int r;

	r = wv__pattern_from_doc(ctx, pattern, &want);
	if (r < 0)
		return r;
	r = wv__medium_open(ctx, dev, false, &medium);
	if (r < 0)
		return r;
	r = wv__verify_medium(ctx, &medium, &want, wv_doc_u64(pattern, "offset"),
			      wv_doc_u64(pattern, "length"), &opts, ret_result);
	wv__medium_close(&medium);
	return r;
}
