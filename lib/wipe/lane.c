/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lane.c - a thread with requests in flight
 */
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../base/clock.h"
#include "lane.h"
#include "stamp.h"

#define TRIES 3
#define GRACE_NS UINT64_C(1000000000) /* for what is still out when the medium is given up */
#define HUGE_PAGE (2 * MiB)

int wv__lane_open(struct wv__lane *lane, struct wv__run *run, const struct wv__sweep *sweep,
		  unsigned int depth)
{
	const struct wv__pass *passes = run->plan.passes;
	const bool turn = sweep && sweep->kind == WV__SWEEP_TURN;
	struct iovec bufs[2];
	int r;

	lane->run = run;
	lane->memory_len = (depth * WV__CHUNK_MAX + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	lane->memory = mmap(NULL, lane->memory_len, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (lane->memory == MAP_FAILED) {
		lane->memory = NULL;
		return wv__run_fail(run, -ENOMEM, "out of memory");
	}
	/* A gain, not a need: a pinned buffer is then a few pieces to the kernel, not hundreds. */
	madvise(lane->memory, lane->memory_len, MADV_HUGEPAGE);
	for (unsigned int i = 0; i < depth; i++)
		lane->slots[i].buf = lane->memory + i * WV__CHUNK_MAX;
	r = wv__source_open(&run->stamp, NULL, &lane->stamp);
	if (r >= 0 && sweep)
		r = wv__source_open(&passes[sweep->pass].pattern, &run->sheets[0], &lane->fresh);
	if (r >= 0 && sweep)
		r = wv__source_open(&passes[sweep->pass - turn].pattern, &run->sheets[turn],
				    &lane->old);
	bufs[0] = (struct iovec){ lane->memory, depth * WV__CHUNK_MAX };
	bufs[1] = (struct iovec){ run->sheets[0].base, run->sheets[0].span };
	if (r >= 0)
		r = wv__io_open(&run->medium, depth, bufs, 2, run->opts->no_ring, &lane->io);
	if (r < 0)
		wv__run_fail(run, r, "cannot set up requests on %s: %s", run->medium.path,
			     strerrordesc_np(-r));
	return r;
}

void wv__lane_close(struct wv__lane *lane)
{
	if (lane->io)
		lane->io->kind->close(lane->io, lane->abandoned);
	lane->io = NULL;
	if (lane->abandoned)
		return;
	wv__source_close(&lane->fresh);
	wv__source_close(&lane->old);
	wv__source_close(&lane->stamp);
	if (lane->memory)
		munmap(lane->memory, lane->memory_len);
	lane->memory = NULL;
}

/* ---- chunks -------------------------------------------------------------- */

/* 1: the slot has a chunk; 0: none now; -ENODATA: none any more. */
static int take(struct wv__lane *lane, struct wv__slot *slot)
{
	struct wv__run *run = lane->run;
	uint64_t left, at;
	int r = 0;

	pthread_mutex_lock(&run->lock);
	at = run->cursor;
	if (run->stop || at >= run->total) {
		r = -ENODATA;
	} else if (at < run->hold && !run->paused && lane->index < run->lanes_active &&
		   slot < &lane->slots[run->depth_active]) {
		if (run->sweep->sample) {
			slot->offset = wv__sample_offset(&run->sample, at, &left);
		} else {
			slot->offset = run->start + at;
			/* Never across a stamp: they lie at multiples of the largest chunk. */
			left = MIN(run->total - at, WV__CHUNK_MAX - at % WV__CHUNK_MAX);
		}
		slot->at = at;
		slot->len = MIN(left, run->chunk);
		slot->busy = true;
		run->cursor += slot->len;
		r = 1;
	}
	pthread_mutex_unlock(&run->lock);
	return r;
}

static void give_back(struct wv__run *run, struct wv__slot *slot)
{
	pthread_mutex_lock(&run->lock);
	slot->busy = false;
	pthread_mutex_unlock(&run->lock);
	run->done += slot->len;
}

static int submit(struct wv__lane *lane, struct wv__slot *slot, enum wv__op op, const void *buf,
		  size_t len, uint64_t offset)
{
	const unsigned int tag = (unsigned int)(slot - lane->slots);
	int r;

	if (wv__medium_is_other(&lane->run->medium)) {
		wv__run_give_up(lane->run, -ESTALE);
		return -ESTALE;
	}
	slot->since = wv__monotonic_ns();
	r = lane->io->kind->submit(lane->io, tag, op, (void *)(uintptr_t)buf, len, offset);
	if (r < 0)
		return r;
	slot->out = true;
	lane->n_out++;
	return 0;
}

static void request(struct wv__lane *lane, struct wv__slot *slot, enum wv__stage stage,
		    const void *buf, size_t len)
{
	slot->stage = stage;
	slot->error = submit(lane, slot, stage == WV__STAGE_WRITE ? WV__WRITE : WV__READ, buf, len,
			     slot->offset);
	if (slot->error)
		lane->n_failed++;
}

static void write_slot(struct wv__lane *lane, struct wv__slot *slot)
{
	const unsigned char *bytes =
		wv__source_bytes(&lane->fresh, slot->offset, slot->len, slot->buf);

	if (!bytes) {
		wv__run_give_up(lane->run, -EIO);
		give_back(lane->run, slot);
		return;
	}
	request(lane, slot, WV__STAGE_WRITE, bytes, slot->len);
}

static void begin(struct wv__lane *lane, struct wv__slot *slot)
{
	struct wv__run *run = lane->run;

	if (run->sweep->kind != WV__SWEEP_WRITE)
		request(lane, slot, WV__STAGE_READ, slot->buf, slot->len);
	else if (run->stamped && wv__stamp_here(run, slot->offset))
		request(lane, slot, WV__STAGE_STAMP, slot->buf, run->medium.block);
	else
		write_slot(lane, slot);
}

/* ---- what was read -------------------------------------------------------- */

bool wv__lane_holds(struct wv__lane *lane, struct wv__source *want, const unsigned char *data,
		    uint64_t offset)
{
	const uint32_t block = lane->run->medium.block;

	return wv__source_differs(want, offset, data, block) == block ||
	       (lane->run->resumed &&
		wv__source_differs(&lane->fresh, offset, data, block) == block);
}

static void check_block(struct wv__lane *lane, const unsigned char *data, uint64_t offset,
			struct wv__count *count)
{
	const uint32_t block = lane->run->medium.block;

	if (wv__lane_holds(lane, &lane->old, data, offset))
		count->verified += block;
	else
		count->mismatched +=
			wv__run_lose(lane->run, offset, block, WV__BAD_MISMATCH, EBADMSG);
}

void wv__lane_check(struct wv__lane *lane, const unsigned char *data, uint64_t offset, size_t len)
{
	struct wv__run *run = lane->run;
	const unsigned int pass = run->sweep->pass - (run->sweep->kind == WV__SWEEP_TURN);
	const uint32_t block = run->medium.block;
	struct wv__count *count = &run->counts[pass];
	size_t at, end;

	for (at = 0; at < len;) {
		end = at + wv__source_differs(&lane->old, offset + at, data + at, len - at);
		count->verified += end - at;
		for (at = end, end = MIN(len, at + WV__TILE); at < end; at += block)
			check_block(lane, data + at, offset + at, count);
	}
}

static void stamp_read(struct wv__lane *lane, struct wv__slot *slot)
{
	struct wv__run *run = lane->run;

	if (wv__lane_holds(lane, &lane->stamp, slot->buf, slot->offset)) {
		write_slot(lane, slot);
		return;
	}
	pthread_mutex_lock(&run->lock);
	run->lost_stamp = MIN(run->lost_stamp, slot->offset);
	pthread_mutex_unlock(&run->lock);
	run->stop = true;
	/* Not done: the slot keeps its chunk, and the low-water mark stays below it. */
}

static void finish(struct wv__lane *lane, struct wv__slot *slot)
{
	struct wv__run *run = lane->run;
	const enum wv__stage stage = slot->stage;
	const enum wv__op op = stage == WV__STAGE_WRITE ? WV__WRITE : WV__READ;

	if (stage == WV__STAGE_STAMP) {
		stamp_read(lane, slot);
		return;
	}
	run->good[op] = slot->offset;
	if (stage == WV__STAGE_WRITE)
		run->counts[run->sweep->pass].written += slot->len;
	if (stage == WV__STAGE_READ)
		wv__lane_check(lane, slot->buf, slot->offset, slot->len);
	if (stage == WV__STAGE_READ && run->sweep->kind == WV__SWEEP_TURN)
		write_slot(lane, slot);
	else
		give_back(run, slot);
}

/* ---- the loop --------------------------------------------------------------- */

/* Requests are out that may still write to what they were given. */
static int abandon(struct wv__lane *lane, int error)
{
	lane->run->abandoned = true;
	lane->abandoned = true;
	wv__run_give_up(lane->run, error);
	return error;
}

/* Has one request been out for too long? */
static bool is_hung(const struct wv__lane *lane)
{
	const uint64_t now = wv__monotonic_ns();
	const uint64_t limit = lane->run->dead ? MIN(lane->run->limit_ns, GRACE_NS) :
							 lane->run->limit_ns;

	for (unsigned int i = 0; i < lane->io->depth; i++)
		if (lane->slots[i].out && now - lane->slots[i].since >= limit)
			return true;
	return false;
}

/* 1: a request ended and its slot is given; 0: not yet; -ETIMEDOUT: none will. */
static int reap(struct wv__lane *lane, struct wv__slot **ret_slot)
{
	unsigned int tag;
	int result, r;

	r = lane->io->kind->reap(lane->io, 100, &tag, &result);
	if (r < 0)
		return abandon(lane, r);
	if (r == 0)
		return is_hung(lane) ? abandon(lane, -ETIMEDOUT) : 0;
	lane->n_out--;
	*ret_slot = &lane->slots[tag];
	(*ret_slot)->out = false;
	(*ret_slot)->error = result;
	return 1;
}

int wv__lane_one(struct wv__lane *lane, enum wv__op op, const void *buf, size_t len, uint64_t offset)
{
	struct wv__slot *slot = &lane->slots[0];
	const struct wv__slot saved = *slot;
	int r;

	r = submit(lane, slot, op, buf, len, offset);
	if (r < 0)
		return r;
	do
		r = reap(lane, &slot);
	while (r == 0);
	if (r < 0)
		return r;
	r = slot->error;
	*slot = saved;
	return r;
}

int wv__lane_try(struct wv__lane *lane, enum wv__op op, const void *buf, size_t len, uint64_t offset)
{
	int r = -EIO;

	for (int i = 0; i < TRIES && r < 0 && !lane->run->dead; i++)
		r = wv__lane_one(lane, op, buf, len, offset);
	return r;
}

int wv__lane_flush(struct wv__lane *lane)
{
	const int r = wv__lane_one(lane, WV__FLUSH, NULL, 0, 0);

	if (r < 0)
		wv__run_give_up(lane->run, r);
	return r;
}

static void rescue_all(struct wv__lane *lane)
{
	struct wv__slot *slot;

	lane->n_failed = 0;
	for (slot = lane->slots; slot < &lane->slots[lane->io->depth]; slot++) {
		if (!slot->error || slot->stage == WV__STAGE_STAMP)
			continue;
		/* What is not through keeps its chunk, and the low-water mark stays below it. */
		if (!lane->run->stop && wv__rescue(lane, slot))
			give_back(lane->run, slot);
		slot->error = 0;
	}
	/* An unreadable stamp is not lost: overwriting may well heal it. Last: these are on their way then. */
	for (slot = lane->slots; slot < &lane->slots[lane->io->depth]; slot++) {
		if (!slot->error)
			continue;
		slot->error = 0;
		if (!lane->run->stop)
			write_slot(lane, slot);
	}
}

/* Fill the idle slots. -ENODATA: there is nothing more to take. */
static int fill(struct wv__lane *lane)
{
	int r = 0;

	for (unsigned int i = 0; i < lane->io->depth; i++) {
		if (lane->slots[i].busy)
			continue;
		r = take(lane, &lane->slots[i]);
		if (r <= 0)
			return r;
		begin(lane, &lane->slots[i]);
	}
	return r;
}

void wv__lane_work(struct wv__lane *lane)
{
	static const struct timespec nap = { .tv_nsec = 1000000 };
	struct wv__slot *slot;
	int r, more = 0;

	while (!lane->abandoned) { /* in a rescue: what comes back now is no chunk's answer */
		/* Rescuing waits for one request at a time: first let all others come back. */
		if (!lane->n_failed)
			more = fill(lane);
		if (!lane->n_out && lane->n_failed) {
			rescue_all(lane);
			continue;
		}
		if (!lane->n_out && (more == -ENODATA || lane->run->stop))
			return;
		if (!lane->n_out) {
			nanosleep(&nap, NULL); /* parked, or the checkpoint is awaited */
			continue;
		}
		r = reap(lane, &slot);
		if (r < 0)
			return;
		if (r > 0 && slot->error)
			lane->n_failed++;
		else if (r > 0)
			finish(lane, slot);
	}
}
