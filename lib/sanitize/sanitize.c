/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanitize.c - one device erases itself: marks, command, waiting, read-back
 */
#include <string.h>

#include "../base/clock.h"
#include "../media/device.h"
#include "erasure.h"

#define POLL_MS 1000
#define STALL_SECONDS 3600u
#define LIMIT_SECONDS (7u * 24 * 3600)
#define STRIKES 5  /* answers without sense, one after another, before it is given up */
#define PERCENT 10 /* of a sample, as in a wipe */
#define BLIND_HOURS                                                                                \
	48 /* a command that tells nothing of its progress or its time may take so long */

static void read_verify(struct wv__erasure *e)
{
	const char *verify = e->opts->verify ? e->opts->verify : "last";

	e->percent = PERCENT;
	if (!strcmp(verify, "none"))
		e->read_back = WV__READ_NONE;
	if (strncmp(verify, "sample", 6) != 0)
		return;
	e->read_back = WV__READ_SAMPLE;
	if (verify[6] == ':')
		e->percent = (unsigned int)MIN(MAX(strtoul(verify + 7, NULL, 10), 1ul), 100ul);
}

/* Neither 00 nor FF: these a device may give back without having written them. */
static int choose_byte(struct wv__erasure *e)
{
	int r;

	do {
		r = wv__random(&e->order.byte, 1);
	} while (r >= 0 && (e->order.byte == 0x00 || e->order.byte == 0xff));
	return r < 0 ? wv__fail(e->ctx, r, "no random bytes from the kernel") : 0;
}

static int choose(struct wv__erasure *e)
{
	int r = wv__offer_load(e->ctx, e->t, &e->offer);

	if (r >= 0)
		r = wv__offer_choose(e->ctx, e->t, &e->offer, e->opts->kind, &e->order.kind);
	if (r < 0)
		return r;
	e->chosen = true;
	return choose_byte(e);
}

/* Of a command that is over only when it returns: twice what the device says. */
static uint32_t blind_limit(const struct wv__erasure *e)
{
	const uint64_t minutes = e->offer.rows[e->order.kind].minutes;
	const uint64_t limit = minutes ? 2 * minutes + 60 : BLIND_HOURS * 60;

	return (uint32_t)MIN(limit * 60 * 1000, (uint64_t)UINT32_MAX);
}

static int discard_all(struct wv__erasure *e)
{
	const int r = e->t->ops->discard(e->t->data, 0, e->t->size);

	return r < 0 ? wv__fail_sys(e->ctx, r, "%s did not take the secure discard", e->t->path)
		     : 0;
}

static int give_command(struct wv__erasure *e)
{
	e->order.limit_ms = blind_limit(e);
	if (e->order.kind == WV__KIND_DISCARD)
		return discard_all(e);
	switch (e->offer.bus) {
	case WV__BUS_ATA:
		return wv__ata_erase(e->ctx, e->t, &e->offer, &e->order);
	case WV__BUS_NVME:
		return wv__nvme_erase(e->ctx, e->t, &e->offer, &e->order);
	default:
		return wv__scsi_erase(e->ctx, e->t, &e->order);
	}
}

static int ask(struct wv__erasure *e, struct wv__erase_state *ret)
{
	*ret = (struct wv__erase_state){ .what = WV__ERASE_DONE };
	if (e->order.kind == WV__KIND_DISCARD)
		return 0;
	switch (e->offer.bus) {
	case WV__BUS_ATA:
		return wv__ata_poll(e->ctx, e->t, &e->order, ret);
	case WV__BUS_NVME:
		return wv__nvme_poll(e->ctx, e->t, &e->offer, &e->order, ret);
	default:
		return wv__scsi_poll(e->ctx, e->t, ret);
	}
}

struct waiting {
	uint64_t since, moved; /* milliseconds */
	uint16_t progress;
	bool tells; /* of its progress: one that does not is only limited */
	unsigned int strikes;
};

static int give_up(struct wv__erasure *e, const char *why)
{
	return wv__fail(e->ctx, -ETIMEDOUT, "%s %s; what was begun may go on in the device",
			e->t->path, why);
}

/* 1: it is over; 0: not yet. */
static int look(struct wv__erasure *e, struct waiting *w)
{
	struct wv__erase_state state = { .what = WV__ERASE_GARBAGE };
	const int r = ask(e, &state);

	if (r == 0 && state.what == WV__ERASE_DONE)
		return 1;
	if (r == 0 && state.what == WV__ERASE_RUNNING) {
		w->strikes = 0;
		w->tells |= state.has_progress;
		if (state.has_progress && state.progress != w->progress) {
			w->progress = state.progress;
			w->moved = e->t->ops->now(e->t->data);
		}
		e->done = e->total / 65536 * w->progress;
		return 0;
	}
	if (r == 0 && state.what == WV__ERASE_FAILED)
		return wv__fail(e->ctx, -EIO, "%s says that its erasure failed", e->t->path);
	if (++w->strikes < STRIKES)
		return 0;
	if (r < 0)
		return r;
	return wv__fail(e->ctx, -EIO, "%s does not say that it erased anything", e->t->path);
}

static int wait_for_end(struct wv__erasure *e)
{
	const uint64_t stall =
		1000ull * (e->opts->stall_seconds ? e->opts->stall_seconds : STALL_SECONDS);
	const uint64_t limit =
		1000ull * (e->opts->limit_seconds ? e->opts->limit_seconds : LIMIT_SECONDS);
	struct waiting w = { .since = e->t->ops->now(e->t->data) };
	uint64_t now;
	int r;

	w.moved = w.since;
	for (;;) {
		r = look(e, &w);
		if (r)
			return r < 0 ? r : 0;
		if (wv__erasure_stop(e))
			return wv__fail(e->ctx, -ECANCELED,
					"waiting for %s was interrupted: the erasure goes on in "
					"the device, "
					"also after a restart, and nothing is proven of it",
					e->t->path);
		now = e->t->ops->now(e->t->data);
		if (w.tells && now - w.moved > stall)
			return give_up(e, C_("it", "makes no progress"));
		if (now - w.since > limit)
			return give_up(e, C_("it", "takes too long"));
		e->t->ops->pause(e->t->data, POLL_MS);
	}
}

static int lay_marks(struct wv__erasure *e)
{
	int r = wv__marks_open(e->t->size, e->t->block, &e->marks);

	if (r < 0)
		return wv__fail_sys(e->ctx, r, "cannot choose places for marks on %s", e->t->path);
	r = wv__marks_lay(e->ctx, e->t, &e->marks);
	if (r >= 0)
		e->laid = e->marks.count;
	return r;
}

static int erase(struct wv__erasure *e)
{
	const uint64_t since = e->t->ops->now(e->t->data);
	int r = 0;

	if (wv__erasure_stop(e))
		return wv__fail(e->ctx, -ECANCELED, "%s: interrupted before its erasure was begun",
				e->t->path);
	if (e->dev)
		r = wv__device_recheck(e->ctx, e->dev);
	if (r < 0)
		return r;
	e->total = e->t->size;
	e->step = WV__ERASURE_ERASES;
	e->begun = true; /* also when it says that it did not take it */
	r = give_command(e);
	if (r >= 0)
		r = wait_for_end(e);
	e->completed = r >= 0;
	e->erase_seconds = (double)(e->t->ops->now(e->t->data) - since) / 1000;
	return r;
}

static int read_back(struct wv__erasure *e)
{
	const uint64_t since = e->t->ops->now(e->t->data);
	int r = 0;

	if (e->read_back != WV__READ_NONE)
		r = wv__erasure_read_back(e);
	e->read_seconds = (double)(e->t->ops->now(e->t->data) - since) / 1000;
	if (r < 0)
		return r;
	if (e->survived)
		return wv__fail(e->ctx, -EBADMSG,
				"%s says that it erased itself, but %" PRIu64
				" of the marks are still there",
				e->t->path, e->survived);
	if (e->mismatched)
		return wv__fail(e->ctx, -EBADMSG, "%s holds bytes that its erasure does not leave",
				e->t->path);
	if (e->unreadable)
		return wv__fail(e->ctx, -EIO, "%s has blocks that cannot be read after its erasure",
				e->t->path);
	return 0;
}

void wv__erasure_run(struct wv__erasure *e)
{
	int r;

	read_verify(e);
	r = choose(e);
	if (r >= 0 && !(e->opts->flags & WV_WIPE_DRY_RUN)) {
		e->began_at = wv__now();
		r = lay_marks(e);
		if (r >= 0)
			r = erase(e);
		if (r >= 0)
			r = read_back(e);
		wv__marks_close(&e->marks);
		e->ended_at = wv__now();
	}
	e->error = r < 0 ? r : 0;
}
