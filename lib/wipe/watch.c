/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch.c - a medium at work: its rate over the surface, and its heat
 */
#include "run.h"

#define HEAT_NS UINT64_C(5000000000) /* a reading is a command to the medium: every five seconds */
#define COOL_MILLIDEGREES 5000       /* below the limit, before it goes on */

void wv__watch_begin(struct wv__run *run, uint64_t now_ns)
{
	run->watch.ns = now_ns;
	run->watch.done = run->done;
}

/* The sweep goes up the surface: what was done since the last look lies between the two marks. */
void wv__watch_surface(struct wv__run *run, uint64_t now_ns)
{
	const uint64_t cell_size = (run->total + WV__CELLS - 1) / WV__CELLS;
	const uint64_t from = run->watch.done, to = MIN((uint64_t)run->done, run->total);
	const float seconds = (float)(now_ns - run->watch.ns) / 1e9f;
	struct wv__cell *cells = run->counts[run->sweep->pass].cells;
	uint64_t end;

	if (run->sweep->kind == WV__SWEEP_VERIFY || to <= from)
		return;
	for (uint64_t at = from; at < to; at = end) {
		end = MIN(to, (at / cell_size + 1) * cell_size);
		cells[at / cell_size].bytes += (float)(end - at);
		cells[at / cell_size].seconds += seconds * (float)(end - at) / (float)(to - from);
	}
	wv__watch_begin(run, now_ns);
}

void wv__watch_heat(struct wv__run *run, uint64_t now_ns)
{
	int now, limit = 0;

	if (run->watch.heat_ns && now_ns - run->watch.heat_ns < HEAT_NS)
		return;
	run->watch.heat_ns = now_ns;
	if (wv__medium_temperature(&run->medium, &now, &limit) < 0)
		now = 0;
	run->temperature = now;
	run->heat_limit = limit;
	/* A sensor that falls silent does not hold the medium up for ever. */
	run->paused = now && limit && now > limit - (run->paused ? COOL_MILLIDEGREES : 0);
}
