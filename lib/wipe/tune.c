/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.c - how many lanes, how large a chunk
 */
#include "../base/clock.h"
#include "run.h"

#define TRIAL_NS UINT64_C(150000000)
#define AGAIN_NS UINT64_C(30000000000) /* a medium changes: inner tracks, full caches, heat */
#define WORTH_SECONDS 3.0              /* what is over sooner is not worth a worse trial */

/* The first is the guess that a short sweep stays with. */
static const struct {
	bool one_lane;
	size_t chunk;
} candidates[] = {
	{ false, WV__CHUNK_MAX },
	{ false, WV__CHUNK_MAX / 4 },
	{ true, WV__CHUNK_MAX },
};

static void use(struct wv__run *run, unsigned int i)
{
	run->chunk = candidates[i].chunk;
	run->lanes_active = candidates[i].one_lane ? 1 : run->n_lanes;
}

void wv__tune(struct wv__run *run, struct wv__tune *tune)
{
	const uint64_t now = wv__monotonic_ns(), age = now - tune->since;
	const bool settled = tune->trial == ARRAY_SIZE(candidates);
	double rate;

	if (!tune->since || (settled && age > AGAIN_NS)) {
		*tune = (struct wv__tune){ .since = now, .done = run->done };
		return;
	}
	if (settled || age < TRIAL_NS)
		return;
	rate = (double)(run->done - tune->done) / (double)age * 1e9;
	if ((double)(run->total - run->done) < rate * WORTH_SECONDS)
		return;
	if (rate > tune->best_rate) {
		tune->best_rate = rate;
		tune->best = tune->trial;
	}
	tune->trial++;
	use(run, tune->trial == ARRAY_SIZE(candidates) ? tune->best : tune->trial);
	tune->since = now;
	tune->done = run->done;
}
