/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanitizers.c - several devices at once, what one offers, and what one hides
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/fs.h"
#include "../media/device.h"
#include "../media/sysfs.h"
#include "erasure.h"

#define TICK_MS 200
#define RESCAN_MS 5000

struct seat {
	struct wv__erasure e;
	struct wv__transport t;
	pthread_t thread;
	bool started;
};

static void *seat_main(void *data)
{
	struct seat *seat = data;

	wv__erasure_run(&seat->e);
	return NULL;
}

static void seat_close(struct seat *seat)
{
	wv__transport_close(&seat->t);
	wv_ctx_free(seat->e.ctx);
}

static int seat_open(struct wv_ctx *ctx, const struct wv__sanitize_job *job,
		     const struct wv__sanitize_opts *opts, struct seat *seat)
{
	int r = wv_ctx_new(&seat->e.ctx);

	if (r < 0)
		return wv__fail_memory(ctx);
	seat->e.parent = ctx;
	seat->e.opts = opts;
	seat->e.t = &seat->t;
	seat->e.dev = job->dev;
	r = wv__device_recheck(ctx, job->dev);
	return r < 0 ? r : wv__transport_open(ctx, job->dev, true, &seat->t);
}

static void tell(struct wv_ctx *ctx, const struct seat *seat)
{
	static const char *const steps[] = { "mark", "sanitize", "verify" };
	struct wv_progress p = {
		.what = seat->t.path,
		.step = steps[seat->e.step],
		.done = seat->e.done,
		.total = seat->e.total,
	};

	wv__progress(ctx, &p);
}

static void wait_for(struct wv_ctx *ctx, struct seat *seats, size_t n)
{
	struct timespec until;

	for (size_t first = 0; first < n;) {
		until = wv__deadline(TICK_MS * UINT64_C(1000000));
		if (!seats[first].started ||
		    !pthread_clockjoin_np(seats[first].thread, NULL, CLOCK_MONOTONIC, &until)) {
			first++;
			continue;
		}
		for (size_t i = first; i < n; i++)
			if (seats[i].started)
				tell(ctx, &seats[i]);
	}
}

/* After an overwrite by the device: the byte, as verify takes it. */
static int pattern_of(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	char hex[3];

	if (!e->completed || e->order.kind != WV__KIND_OVERWRITE)
		return 0;
	wv__hex(&e->order.byte, 1, hex);
	return wv__doc_build(ctx, ret, M_STR("kind", "fixed"), M_STR("bytes", hex),
			     M_U64("offset", 0), M_U64("length", e->t->size));
}

static int collect(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv__sanitize_job *job,
		   int *worst)
{
	int r;

	job->error = e->error;
	r = wv__erasure_doc(ctx, e, &job->result);
	if (r >= 0)
		r = pattern_of(ctx, e, &job->pattern);
	if (r >= 0 && wv__worse(*worst, e->error) != *worst)
		*worst = wv__fail(ctx, e->error, "%s", wv_ctx_error(e->ctx));
	return r;
}

int wv__sanitize_run(struct wv_ctx *ctx, struct wv__sanitize_job *jobs, size_t n,
		     const struct wv__sanitize_opts *opts)
{
	cleanup_free struct seat *seats = calloc(n, sizeof(*seats));
	int r = seats ? 0 : wv__fail_memory(ctx), worst = 0;

	for (size_t i = 0; seats && i < n; i++)
		seats[i].t.fd = -1;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = seat_open(ctx, &jobs[i], opts, &seats[i]);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		seats[i].started = !pthread_create(&seats[i].thread, NULL, seat_main, &seats[i]);
		if (!seats[i].started)
			seats[i].e.error =
				wv__fail(seats[i].e.ctx, -EIO, "cannot start a thread for %s",
					 seats[i].t.path);
	}
	if (r >= 0)
		wait_for(ctx, seats, n);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = collect(ctx, &seats[i].e, &jobs[i], &worst);
	for (size_t i = 0; seats && i < n; i++)
		seat_close(&seats[i]);
	return r < 0 ? r : worst;
}

/* ---- what is offered, and what is hidden ------------------------------------------------- */

static int load(struct wv_ctx *ctx, const struct wv_device *dev, struct wv__transport *t,
		struct wv__offer *ret)
{
	const int r = wv__transport_open(ctx, dev, false, t);

	return r < 0 ? r : wv__offer_load(ctx, t, ret);
}

int wv__sanitize_describe(struct wv_ctx *ctx, const struct wv_device *dev,
			  struct wv_doc **ret_offers, struct wv_doc **ret_hidden)
{
	cleanup(wv__transport_close) struct wv__transport t = { .fd = -1 };
	cleanup_doc struct wv_doc *offers = NULL, *hidden = NULL;
	struct wv__offer offer;
	int r = load(ctx, dev, &t, &offer);

	if (r >= 0)
		r = wv__offer_doc(ctx, &offer, &offers);
	if (r >= 0)
		r = wv__hidden_doc(ctx, &offer.hidden, &hidden);
	if (r < 0)
		return r;
	*ret_offers = take_ptr(offers);
	*ret_hidden = take_ptr(hidden);
	return 0;
}

int wv__sanitize_idle(struct wv_ctx *ctx, const char *path)
{
	cleanup(wv__transport_close) struct wv__transport t = { .fd = -1 };
	struct wv__offer offer;
	int r = wv__transport_open_generic(ctx, path, &t);

	if (r <= 0)
		return r;
	r = wv__offer_load(ctx, &t, &offer);
	return r < 0 ? r : wv__offer_idle(ctx, &t, &offer);
}

static int rescan(const struct wv_device *dev)
{
	cleanup_free char *dir = NULL, *path = NULL;
	cleanup_close int fd = -1;
	int r = wv__sysfs_dir(dev->rdev, &dir);

	if (r <= 0)
		return r < 0 ? r : -ENODEV;
	path = wv__printf("%s/device/rescan", dir);
	if (!path)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : wv__write_all(fd, "1", 1);
}

/* The kernel looks again in its own time. */
static bool has_grown(const struct wv_device *dev, struct wv__transport *t)
{
	uint64_t size = 0;

	for (unsigned int ms = 0; ms < RESCAN_MS; ms += TICK_MS) {
		if (ioctl(t->fd, BLKGETSIZE64, &size) == 0 && size > dev->size)
			return true;
		t->ops->pause(t->data, TICK_MS);
	}
	return false;
}

int wv__sanitize_lift(struct wv_ctx *ctx, const struct wv_device *dev)
{
	cleanup(wv__transport_close) struct wv__transport t = { .fd = -1 };
	struct wv__offer offer;
	int r = load(ctx, dev, &t, &offer);

	if (r < 0 || !offer.hidden.known || !(offer.hidden.hpa || offer.hidden.dco))
		return r < 0 ? r : 0;
	r = wv__hidden_undo(ctx, &t, &offer);
	if (r < 0)
		return r;
	if (rescan(dev) < 0 || !has_grown(dev, &t))
		return wv__fail(ctx, -EAGAIN,
				"%" PRIu64
				" hidden bytes of %s were opened, but the kernel does not see them "
				"yet: plug it in anew, then run this again",
				offer.hidden.hpa + offer.hidden.dco, dev->path);
	return 1;
}
