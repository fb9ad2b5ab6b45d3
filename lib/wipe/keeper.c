/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keeper.c - the thread of one medium: sweep after sweep, with lanes for the
 * bulk and its own hand for what comes one request at a time
 */
#include <string.h>
#include <time.h>

#include "../base/clock.h"
#include "stamp.h"

#define NS_PER_S UINT64_C(1000000000)
#define TICK_NS UINT64_C(20000000)
#define TUNE_TICKS 5              /* idling is counted in steps of 10 ms: look at it less often */
#define REPEAT_MAX GiB            /* of work, when a wipe goes on after a kill */
#define KEEP_BYTES (REPEAT_MAX / 2)
#define KEEP_NS (8 * NS_PER_S)    /* 10 s at most are repeated; a flush takes time too */
#define KEEP_SHARE 64             /* of a small medium, every so often */
#define STAMP_ROUNDS 3

/* Something done by the keeper's own hand. */
static int by_hand(struct wv__run *run, int (*work)(struct wv__lane *hand))
{
	struct wv__lane hand = { 0 };
	int r;

	r = wv__lane_open(&hand, run, run->sweep, 2);
	if (r >= 0)
		r = work(&hand);
	wv__lane_close(&hand);
	return r;
}

static int flush(struct wv__run *run)
{
	return by_hand(run, wv__lane_flush);
}

/* ---- the lanes of a sweep ------------------------------------------------------ */

static double thread_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void *lane_main(void *data)
{
	struct wv__lane *lane = data;
	struct wv__run *run = lane->run;

	if (wv__lane_open(lane, run, run->sweep, run->depth) >= 0)
		wv__lane_work(lane);
	wv__lane_close(lane);
	lane->cpu_seconds = thread_seconds();
	pthread_mutex_lock(&run->lock);
	run->lanes_running--;
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

/* One that is behind by a sweep, or by the tail's stamp, is worse than none: the way back is from the begin. */
static void keep_or_none(struct wv__run *run, unsigned int at, uint64_t low)
{
	if (wv__checkpoint_keep(run, at, low) < 0)
		wv__checkpoint_remove(run);
}

/* When the last checkpoint was kept, of what. */
struct kept {
	uint64_t low, ns;
};

/* The medium's flush first: a checkpoint never says more than what is on it. */
static void keep_if_due(struct wv__run *run, struct kept *kept, uint64_t now_ns)
{
	const uint64_t age = now_ns - kept->ns;
	uint64_t low, gone_on;
	int r;

	if (!run->checkpoint || run->dead)
		return;
	pthread_mutex_lock(&run->lock);
	low = wv__run_low(run);
	pthread_mutex_unlock(&run->lock);
	gone_on = low - kept->low;
	if (gone_on < KEEP_BYTES && (age <= KEEP_NS || !gone_on) &&
	    (age <= NS_PER_S || gone_on <= run->total / KEEP_SHARE))
		return;
	if (flush(run) < 0 || run->dead)
		return;
	r = wv__checkpoint_keep(run, run->at, low);
	*kept = (struct kept){ low, wv__monotonic_ns() };
	pthread_mutex_lock(&run->lock);
	/* Where none can be kept the wipe goes on: only the way back is longer. */
	run->hold = r < 0 ? UINT64_MAX : low + REPEAT_MAX;
	pthread_mutex_unlock(&run->lock);
}

static void wait_for_lanes(struct wv__run *run)
{
	struct wv__tune *tune = &run->tunes[run->sweep->kind != WV__SWEEP_VERIFY]
					   [run->plan.passes[run->sweep->pass].pattern.random];
	struct wv__moment now = { wv__monotonic_ns(), wv__idle_ns() };
	struct kept kept = { run->low, now.ns };
	struct timespec until;
	unsigned int ticks = 0;

	pthread_mutex_lock(&run->lock);
	wv__tune_begin(run, tune, now);
	wv__watch_begin(run, now.ns);
	while (run->lanes_running) {
		until = wv__deadline(TICK_NS);
		if (pthread_cond_clockwait(&run->changed, &run->lock, CLOCK_MONOTONIC, &until) == 0)
			continue;
		now.ns = wv__monotonic_ns();
		wv__watch_surface(run, now.ns);
		if (++ticks % TUNE_TICKS == 0) {
			now.idle = wv__idle_ns();
			wv__tune(run, tune, now);
		}
		pthread_mutex_unlock(&run->lock);
		wv__watch_heat(run, now.ns);
		keep_if_due(run, &kept, now.ns);
		pthread_mutex_lock(&run->lock);
	}
	wv__watch_surface(run, wv__monotonic_ns());
	pthread_mutex_unlock(&run->lock);
}

static int run_lanes(struct wv__run *run)
{
	unsigned int n = 0;
	int r = 0;

	run->lanes = calloc(run->n_lanes, sizeof(*run->lanes));
	if (!run->lanes)
		return wv__run_fail(run, -ENOMEM, "out of memory");
	pthread_mutex_lock(&run->lock);
	while (n < run->n_lanes && r == 0) {
		run->lanes[n].run = run;
		run->lanes[n].index = n;
		r = pthread_create(&run->lanes[n].thread, NULL, lane_main, &run->lanes[n]);
		n += r == 0;
	}
	run->lanes_running = n;
	pthread_mutex_unlock(&run->lock);
	if (r)
		wv__run_fail(run, -r, "cannot start a thread for %s", run->medium.path);
	wait_for_lanes(run);
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(run->lanes[i].thread, NULL);
		run->cpu_seconds += run->lanes[i].cpu_seconds;
	}
	pthread_mutex_lock(&run->lock);
	run->low = wv__run_low(run);
	if (!run->abandoned) {
		free(run->lanes);
		run->lanes = NULL;
	}
	pthread_mutex_unlock(&run->lock);
	return 0;
}

/* ---- one sweep ------------------------------------------------------------------ */

static int write_tail(struct wv__lane *hand)
{
	const struct wv__run *run = hand->run;

	return wv__rescue_write(hand, wv__stamp_last(run), run->medium.block, hand->slots[0].buf) ?
		       0 :
		       -EIO;
}

/* The last block of the stamped sweep, once all else is on the medium. */
static int finish_tail(struct wv__run *run)
{
	int r = flush(run);

	if (r >= 0 && !run->tail_checked)
		r = by_hand(run, wv__stamp_check_tail);
	if (r < 0 || run->lost_stamp != UINT64_MAX)
		return r;
	run->tail_checked = true;
	keep_or_none(run, run->at, run->low);
	return by_hand(run, write_tail);
}

static int begin_sweep(struct wv__run *run)
{
	const struct wv__sweep *sweep = &run->plan.sweeps[run->at];
	const uint64_t length = wv__run_length(run);
	int r = wv__run_sheets(run, sweep);

	if (r >= 0 && sweep->sample)
		r = wv__sample_open(run->start, length, run->medium.block, run->plan.percent,
				    run->sample_seed, &run->sample);
	pthread_mutex_lock(&run->lock);
	run->sweep = sweep;
	run->total = sweep->sample ? wv__sample_total(&run->sample) :
				     length - (run->stamped ? run->medium.block : 0);
	run->done = run->low;
	run->cursor = run->low;
	run->hold = run->checkpoint ? run->low + REPEAT_MAX : UINT64_MAX;
	run->lost_stamp = UINT64_MAX;
	run->good[WV__READ] = run->good[WV__WRITE] = UINT64_MAX;
	pthread_mutex_unlock(&run->lock);
	if (r < 0)
		return wv__run_fail(run, r, "out of memory");
	if (!run->stamped || run->resumed)
		return 0;
	r = by_hand(run, wv__stamp_lay);
	if (r >= 0)
		r = flush(run);
	if (r >= 0)
		keep_or_none(run, run->at, 0);
	return r;
}

static void end_sweep(struct wv__run *run, double seconds)
{
	struct wv__count *count = &run->counts[run->sweep->pass];

	pthread_mutex_lock(&run->lock);
	if (run->sweep->kind != WV__SWEEP_VERIFY)
		count->write_seconds += seconds;
	else
		count->verify_seconds += seconds;
	if (run->sweep->kind == WV__SWEEP_TURN)
		count[-1].verify_seconds += seconds;
	run->sweep = NULL;
	run->resumed = false;
	pthread_mutex_unlock(&run->lock);
	wv__run_sheets_close(run);
	if (!run->abandoned)
		wv__ctr_freep(&run->sample.ctr);
}

static int sweep(struct wv__run *run)
{
	const uint64_t since = wv__monotonic_ns();
	int r;

	r = begin_sweep(run);
	wv__watch_heat(run, since);
	if (r >= 0)
		r = run_lanes(run);
	if (r >= 0 && !run->stop && run->stamped)
		r = finish_tail(run);
	/* A sweep in which nothing at all went well is the last. */
	if (r >= 0 && !run->stop && run->bad.n &&
	    (run->good[WV__READ] & run->good[WV__WRITE]) == UINT64_MAX)
		wv__run_give_up(run, -EIO);
	if (run->sweep->kind != WV__SWEEP_VERIFY && !run->dead)
		flush(run);
	if (run->stop && run->checkpoint && !run->dead && run->lost_stamp == UINT64_MAX)
		wv__checkpoint_keep(run, run->at, run->low);
	end_sweep(run, (double)(wv__monotonic_ns() - since) / 1e9);
	return r;
}

/* ---- a lost stamp ----------------------------------------------------------------- */

/*
 * Measure, then begin anew: on what is truly there, or, when only that one
 * block went missing, on everything. The measuring has overwritten a part.
 */
static int begin_anew(struct wv__run *run, unsigned int *rounds)
{
	const uint64_t lost = run->lost_stamp, claimed = run->end;
	int r;

	run->stop = false;
	r = by_hand(run, wv__stamp_measure);
	if (r < 0)
		return r;
	run->low = 0;
	run->at = 0;
	run->tail_checked = false;
	memset(run->counts, 0, sizeof(run->counts));
	if (run->real >= claimed) {
		wv__run_lose(run, lost, run->medium.block, WV__BAD_MISMATCH, EBADMSG);
		run->real = UINT64_MAX;
		run->stamped = ++*rounds < STAMP_ROUNDS;
		return 0;
	}
	run->end = round_down(run->real, run->medium.block);
	run->stamped = false;
	wv__run_lose(run, MAX(run->end, run->start), claimed - MAX(run->end, run->start),
		     WV__BAD_MISMATCH, EBADMSG);
	return run->end > run->start ? 0 : -EBADMSG;
}

/* ---- all of them -------------------------------------------------------------------- */

/* A medium given up: what was not written is lost, and listed. */
static void record_rest(struct wv__run *run)
{
	const struct wv__sweep *last = &run->plan.sweeps[run->at];
	const bool writing = last->kind != WV__SWEEP_VERIFY;

	if (last->sample)
		return;
	wv__run_lose(run, run->start + run->low, wv__run_length(run) - run->low,
		     writing ? WV__BAD_WRITE : WV__BAD_READ, -run->dead);
}

/* All was done; but was it done to what the result will name? */
static void check_same(struct wv__run *run)
{
	const struct wv__medium *m = &run->medium;
	const uint64_t size = wv__medium_size_now(m);

	if (size != m->size)
		wv__run_fail(run, -EIO, "%s had %" PRIu64 " bytes and has %" PRIu64 " now", m->path,
			     m->size, size);
	else if (wv__medium_is_other(m) || wv__medium_is_renamed(m))
		wv__run_give_up(run, -ESTALE);
}

/* What the sweeps before the mark have done, and no more: the rest will be counted again. */
static void count_to_mark(struct wv__run *run)
{
	const uint64_t lost = wv__bad_total(&run->bad);

	for (unsigned int i = 0; i <= run->at && i < run->plan.n_sweeps; i++) {
		const struct wv__sweep *sweep = &run->plan.sweeps[i];
		struct wv__count *count = &run->counts[sweep->pass];
		const uint64_t through = i == run->at ? run->low : wv__run_length(run);
		const uint64_t sound = through - MIN(through, lost);

		if (sweep->kind != WV__SWEEP_VERIFY)
			count->written = sound;
		else
			count->verified = sound;
		if (sweep->kind == WV__SWEEP_TURN)
			count[-1].verified = sound;
	}
}

static int prepare(struct wv__run *run)
{
	int r = 0;

	if (run->opts->checkpoint_dir && run->plan.method) {
		r = wv__checkpoint_place(run);
		if (r < 0)
			return wv__run_fail(run, r, "out of memory");
		if (run->opts->flags & WV_WIPE_RESUME)
			r = wv__checkpoint_load(run);
		else
			wv__checkpoint_remove(run); /* of another wipe: nobody shall go on with that */
		if (r < 0)
			return r;
		/* From 0 the stamps are laid again: the last process may have stopped in the midst of it. */
		run->resumed = run->at > 0 || run->low > 0;
	}
	if (!run->plan.method)
		return 0;
	r = wv__plan_expand(&run->plan, run->seed, !run->medium.rotational);
	if (r >= 0)
		r = wv__stamp_plan(run);
	if (r < 0)
		return wv__run_fail(run, r, "cannot derive the passes");
	if (run->at > run->plan.n_sweeps) {
		run->at = 0;
		return wv__run_fail(run, -EBADMSG, "the checkpoint of %s was altered",
				    run->medium.path);
	}
	run->stamped = run->at == 0 && run->real == UINT64_MAX;
	if (!run->resumed && !run->opts->proven_only)
		return r;
	r = wv__checkpoint_prove(run);
	if (r >= 0)
		count_to_mark(run);
	return r;
}

static void go(struct wv__run *run)
{
	unsigned int rounds = 0;
	int r = prepare(run);

	while (r >= 0 && run->at < run->plan.n_sweeps) {
		r = sweep(run);
		if (r >= 0 && run->lost_stamp != UINT64_MAX && !run->cancelled && !run->dead) {
			r = begin_anew(run, &rounds);
			run->lost_stamp = UINT64_MAX;
			continue;
		}
		if (r < 0 || run->stop)
			break;
		run->at++;
		run->low = 0;
		run->stamped = false;
		keep_or_none(run, run->at, 0);
	}
	if (run->dead && run->at < run->plan.n_sweeps)
		record_rest(run);
	run->complete = r >= 0 && run->at == run->plan.n_sweeps;
	if (run->complete)
		check_same(run);
	if (run->complete && !run->error && !run->dead)
		wv__checkpoint_remove(run);
}

void *wv__run_main(void *data)
{
	struct wv__run *run = data;

	run->began_at = wv__now();
	go(run);
	pthread_mutex_lock(&run->lock);
	run->ended_at = wv__now();
	run->cpu_seconds += thread_seconds();
	run->ended = true;
	pthread_cond_broadcast(&run->changed);
	pthread_mutex_unlock(&run->lock);
	return NULL;
}
