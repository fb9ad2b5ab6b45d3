/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.c - how many lanes, how many requests each, how large
 */
#include "../base/clock.h"
#include "run.h"

#define TRIAL_BYTES (128 * MiB) /* a trial ends with so much done, */
#define TRIAL_NS UINT64_C(1000000000) /* or so late */
#define AGAIN_NS UINT64_C(30000000000) /* a medium changes: inner tracks, full caches, heat */
#define WORTH_TRIALS 8 /* with less left than so many, trying costs more than it brings */

/*
 * Where the processor is the limit, two lanes with one request each are best:
 * while one produces, the kernel copies for the other. Deep queues are for
 * media that are slow to answer, a single lane for those that want order.
 */
static const struct {
	unsigned int lanes, depth;
	size_t chunk;
} candidates[WV__CANDIDATES] = {
	{ WV__LANES_MAX, 1, WV__CHUNK_MAX },
	{ WV__LANES_MAX, WV__IO_DEPTH_MAX, WV__CHUNK_MAX },
	{ 1, WV__IO_DEPTH_MAX, WV__CHUNK_MAX },
	{ WV__LANES_MAX, WV__IO_DEPTH_MAX, WV__CHUNK_MAX / 4 },
};

static void use(struct wv__run *run, unsigned int i)
{
	run->chunk = candidates[i].chunk;
	run->depth_active = MIN(run->depth, candidates[i].depth);
	run->lanes_active = MIN(run->n_lanes, candidates[i].lanes);
}

static void begin_trial(struct wv__run *run, struct wv__tune *tune, unsigned int i)
{
	use(run, i);
	tune->now = i;
	tune->since = wv__monotonic_ns();
	tune->done = run->done;
}

void wv__tune_begin(struct wv__run *run, struct wv__tune *tune)
{
	/* A lane alone must produce while its requests are out. */
	if (!tune->best_rate)
		tune->best = run->n_lanes > 1 ? 0 : 1;
	begin_trial(run, tune, tune->best);
}

void wv__tune(struct wv__run *run, struct wv__tune *tune)
{
	const uint64_t age = wv__monotonic_ns() - tune->since, done = run->done - tune->done;
	double rate;

	if (tune->trials == WV__CANDIDATES && age > AGAIN_NS) {
		tune->trials = 0;
		tune->best_rate = 0;
		begin_trial(run, tune, tune->now);
		return;
	}
	if (tune->trials == WV__CANDIDATES || (done < TRIAL_BYTES && age < TRIAL_NS) ||
	    run->total - run->done < WORTH_TRIALS * done)
		return;
	rate = (double)done / (double)age;
	if (rate > tune->best_rate) {
		tune->best_rate = rate;
		tune->best = tune->now;
	}
	tune->trials++;
	begin_trial(run, tune, tune->trials == WV__CANDIDATES ? tune->best :
								(tune->now + 1) % WV__CANDIDATES);
}
