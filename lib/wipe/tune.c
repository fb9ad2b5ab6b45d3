/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.c - how many lanes, how many requests each, how large
 */
#include "run.h"

#define TRIAL_NS UINT64_C(100000000) /* a trial lasts so long: ten ticks of the clock that counts idling */
#define TRIAL_BYTES (128 * MiB)      /* and until so much is done, */
#define TRIAL_MAX_NS UINT64_C(1000000000) /* or so late */
#define AGAIN_NS UINT64_C(30000000000) /* a medium changes: inner tracks, full caches, heat */
#define WORTH_TRIALS 8 /* with less left than so many, trying costs more than it brings */
#define BUSY_SHARE 8   /* cores that idle less than this part of the time are the limit themselves */

/*
 * Two lanes more than there are cores keep all of them at work: while one
 * produces, the kernel copies for others. Where the cipher has a part in it,
 * shorter queues leave it more of the cache. A single lane is for media that
 * want order.
 */
static const struct {
	unsigned int lanes, depth;
	size_t chunk;
} candidates[WV__CANDIDATES] = {
	{ WV__LANES_MAX, WV__IO_DEPTH_MAX, WV__CHUNK_MAX },
	{ WV__LANES_MAX, 2, WV__CHUNK_MAX },
	{ 1, WV__IO_DEPTH_MAX, WV__CHUNK_MAX },
	{ WV__LANES_MAX, WV__IO_DEPTH_MAX, WV__CHUNK_MAX / 4 },
};

static void begin_trial(struct wv__run *run, struct wv__tune *tune, unsigned int i,
			struct wv__moment now)
{
	run->chunk = candidates[i].chunk;
	run->depth_active = MIN(run->depth, candidates[i].depth);
	run->lanes_active = MIN(run->n_lanes, candidates[i].lanes);
	tune->now = i;
	tune->since = now.ns;
	tune->idle = now.idle;
	tune->done = run->done;
}

void wv__tune_begin(struct wv__run *run, struct wv__tune *tune, struct wv__moment now)
{
	const bool ciphers = run->sweep && run->plan.passes[run->sweep->pass].pattern.random;

	/* A lane alone goes deep: what it waits for, it does not produce. */
	if (!tune->best_rate)
		tune->best = ciphers && run->n_lanes > 1 ? 1 : 0;
	begin_trial(run, tune, tune->best, now);
}

/* More requests bring nothing where the cores have no time for them. */
static bool cores_are_the_limit(const struct wv__run *run, const struct wv__tune *tune,
				struct wv__moment now)
{
	return run->n_lanes > 1 && tune->trials == 0 &&
	       now.idle - tune->idle < (now.ns - tune->since) / BUSY_SHARE;
}

void wv__tune(struct wv__run *run, struct wv__tune *tune, struct wv__moment now)
{
	const uint64_t age = now.ns - tune->since, done = run->done - tune->done;
	double rate;

	if (tune->trials == WV__CANDIDATES) {
		if (age < AGAIN_NS)
			return;
		tune->trials = 0;
		tune->best_rate = 0;
		begin_trial(run, tune, tune->now, now);
		return;
	}
	if (age < TRIAL_NS || (done < TRIAL_BYTES && age < TRIAL_MAX_NS) ||
	    run->total - run->done < WORTH_TRIALS * done)
		return;
	rate = (double)done / (double)age;
	if (rate > tune->best_rate) {
		tune->best_rate = rate;
		tune->best = tune->now;
	}
	tune->trials = cores_are_the_limit(run, tune, now) ? WV__CANDIDATES : tune->trials + 1;
	begin_trial(run, tune, tune->trials == WV__CANDIDATES ? tune->best :
								(tune->now + 1) % WV__CANDIDATES,
		    now);
}
