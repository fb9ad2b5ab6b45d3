/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.c - what an inserted medium is, by what lies on it and by the ledger
 */
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "judge.h"
#include "../../base/fs.h"
#include "../../media/loops.h"
#include "../../media/sysfs.h"
#include "../../volume/luks.h"

#define HEADER_BYTES (32 * KiB) /* both copies of the binary header and the JSON text */
#define NAP_NS 20000000
#define LOOKS 3 /* at one that was exchanged meanwhile */
#define GONE_NAPS 75 /* a disk that was pulled answers with errors until its hub has told, and its driver has let go */
#define GONE_NAPS_MAX (10 * GONE_NAPS) /* after an I/O error */

void wv__finding_clear(struct wv__finding *f)
{
	free(f->message);
	free(f->next);
	*f = (struct wv__finding){ 0 };
}

static int say(struct wv_ctx *ctx, struct wv__finding *f, const char *verdict, bool alert, char *message)
{
	f->verdict = verdict;
	f->alert = alert;
	f->message = message;
	return message ? 0 : wv__fail_memory(ctx);
}

/* By a read-only loop device: reading a damaged header would repair it otherwise. */
static int header_digest(struct wv_ctx *ctx, struct wv_device *dev, char ret[65])
{
	const struct wv__loop_opts opts = { .read_only = true, .autoclear = true };
	cleanup_luks struct wv__luks *luks = NULL;
	cleanup_free char *path = NULL;
	cleanup_close int loop = -1;
	int r;

	r = wv__loop_attach(ctx, wv__device_fd(dev), dev->path, &opts, &path, &loop);
	if (r < 0)
		return r;
	r = wv__luks_open(ctx, path, &luks);
	return r < 0 ? r : wv__luks_digest(ctx, luks, ret);
}

/* May it come of what could not be read? Other verdicts are of what was. */
static bool is_unsure(const struct wv__finding *f)
{
	static const char *const verdicts[] = { "plain", "header-changed", "unclear" };

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(f->verdict, verdicts[i]) == 0)
			return true;
	return false;
}

static bool is_io_error(int r)
{
	return r == -EIO || r == -ENXIO || r == -ENODEV;
}

enum there { GONE, OTHER, SAME };

/* dev: NULL, when it could not be opened. */
static enum there what_is_there(const char *device, const struct wv_device *dev)
{
	cleanup_close int fd = open(device, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO || errno == ENODEV || errno == ENOMEDIUM ? GONE : SAME;
	return dev && wv__device_is(dev, fd) == 0 ? OTHER : SAME;
}

/* A failure may be the first that is heard of a pull; a busy machine takes seconds to say the rest. */
static enum there wait_for_news(struct wv_ctx *ctx, const char *device, const struct wv_device *dev, int naps)
{
	enum there there = what_is_there(device, dev);

	for (int n = 0; n < naps && there == SAME && !wv__cancelled(ctx); n++) {
		nanosleep(&(const struct timespec){ .tv_nsec = NAP_NS }, NULL);
		there = what_is_there(device, dev);
	}
	return there;
}

bool wv__judge_is_gone(struct wv_ctx *ctx, const char *device, const struct wv_device *dev)
{
	return wait_for_news(ctx, device, dev, GONE_NAPS) == GONE;
}

/* A stick that cannot be read is no reason for an alert. */
static int check_readable(struct wv_ctx *ctx, struct wv_device *dev)
{
	unsigned char block[4096];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < HEADER_BYTES / sizeof(block); i++) {
		r = wv__pread_all(wv__device_fd(dev), block, sizeof(block), i * sizeof(block));
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot read the header of %s", dev->path);
	}
	return r;
}

static int say_lost(struct wv_ctx *ctx, const struct wv__subject *s, struct wv__finding *f)
{
	return say(ctx, f, "lost", true,
		   wv__say(ctx, "%s carries volume %s, which is recorded as lost", s->dev->path, s->volume));
}

static int known(struct wv_ctx *ctx, struct wv__subject *s, struct wv__finding *f)
{
	const enum wv__step step = s->t->body[WV__STEP_PREPARED] ? WV__STEP_PREPARED : WV__STEP_CARRIED;
	const char *expected = wv__takeout_str(s->t, step, "header");
	const char *due = wv__takeout_str(s->t, WV__STEP_DECLARED, "due");
	char digest[65];
	int r;

	if (s->t->state == WV__LOST)
		return say_lost(ctx, s, f);
	r = header_digest(ctx, s->dev, digest);
	if (r < 0 && r != -EBADMSG && r != -ENODATA)
		return r;
	if (r < 0 && check_readable(ctx, s->dev) < 0)
		return -EIO;
	if (r < 0 || !expected || strcmp(digest, expected) != 0)
		return say(ctx, f, "header-changed", true,
			   wv__say(ctx, "the header of volume %s on %s is not the one that was signed for",
				      s->volume, s->dev->path));
	if (wv__subject_is_revived(s))
		return say(ctx, f, "not-destroyed", true,
			   wv__say(ctx, "%s carries the header of volume %s, which is %s: it is a copy made before, or its keys were not destroyed",
				      s->dev->path, s->volume, wv__state_name(s->t->state)));
	r = wv__subject_same_medium(s);
	if (r < 0)
		return say(ctx, f, "other-medium", true,
			   wv__say(ctx, "%s carries volume %s and is not its medium: %s", s->dev->path,
				      s->volume, wv_ctx_error(ctx)));
	if (s->t->state < WV__OUT || s->t->state >= WV__DESTROYING_KEYS)
		return say(ctx, f, "not-due", false,
			   wv__say(ctx, "%s carries volume %s (%s)", s->dev->path, s->volume,
				      wv__state_name(s->t->state)));
	f->next = wv__printf("workvol return %s", s->dev->path);
	if (!f->next)
		return wv__fail_memory(ctx);
	return say(ctx, f, "due-back", false,
		   wv__say(ctx, "%s carries volume %s, due back on %s", s->dev->path, s->volume,
			      due ? due : "an unknown day"));
}

struct slots {
	const char *usb;
	unsigned int count;
};

static int count_slot(void *data, const char *dir)
{
	struct slots *slots = data;
	cleanup_free char *usb = NULL;
	const int r = wv__sysfs_usb(dir, &usb);

	slots->count += r > 0 && strcmp(usb, slots->usb) == 0;
	return r < 0 ? r : 0;
}

/* One disk of several behind a USB device: its serial is the reader's, and each card in it has that. */
static bool is_in_reader(const struct wv_device *dev)
{
	cleanup_free char *dir = NULL;
	cleanup_free char *usb = NULL;
	struct slots slots = { 0 };

	if (!dev->rdev || wv__sysfs_dir(dev->rdev, &dir) <= 0 || wv__sysfs_usb(dir, &usb) <= 0)
		return false;
	slots.usb = usb;
	return wv__sysfs_disks(count_slot, &slots) == 0 && slots.count > 1;
}

/* By its identity it is the medium of one that is out: somebody formatted it, or worse. */
static int judge_bare(struct wv_ctx *ctx, struct wv__subject *s, struct wv__finding *f)
{
	if (s->t->state == WV__LOST)
		return say_lost(ctx, s, f);
	if (check_readable(ctx, s->dev) < 0)
		return -EIO;
	return say(ctx, f, "header-changed", true,
		   wv__say(ctx, "%s is the medium of volume %s, and its header is gone or damaged", s->dev->path,
			   s->volume));
}

static int judge_volume(struct wv_station *st, struct wv__subject *s, struct wv__finding *f)
{
	struct wv_ctx *ctx = st->ctx;
	int r = *s->volume || s->t || is_in_reader(s->dev) ? 0 : wv__subject_bare(st, s, NULL);

	if (r != 0)
		return r < 0 ? r : judge_bare(ctx, s, f);
	if (*s->volume && s->t)
		return known(ctx, s, f);
	if (*s->volume)
		return say(ctx, f, "unknown-volume", true,
			   wv__say(ctx, "%s carries the work volume %s, which this station does not know",
				      s->dev->path, s->volume));
	return say(ctx, f, "plain", false,
		   wv__say(ctx, "%s is a medium without a work volume", s->dev->path));
}

static int unclear(struct wv_ctx *ctx, struct wv__finding *f, char *message)
{
	free(take_ptr(f->message));
	free(take_ptr(f->next));
	return say(ctx, f, "unclear", true, message);
}

/* One that looks like two things, or breaks what looks at it, was made by somebody. */
static int judge(struct wv_station *st, struct wv__subject *s, struct wv__finding *f)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_free struct wv__region *regions = NULL;
	size_t count;
	int r;

	r = judge_volume(st, s, f);
	if (r < 0)
		return r;
	r = wv__probe(ctx, s->dev, &regions, &count);
	if (r == -ENOMEM || r == -ECANCELED)
		return r;
	if (r == 0)
		memcpy(f->holds, regions[0].type, sizeof(f->holds));
	if (f->alert)
		return 0;
	if (r < 0)
		return unclear(ctx, f, wv__say(ctx, "%s: %s", s->dev->path, wv_ctx_error(ctx)));
	if (!strcmp(f->holds, "ambiguous"))
		return unclear(ctx, f, wv__say(ctx, "%s carries the signatures of more than one kind of volume or file system",
						  s->dev->path));
	return 0;
}

/*
 * What is there, and whether it still was that in the end: 1, when another medium has come in its
 * place. One that is gone is no failure, and nothing that was missed of it counts.
 */
static int look(struct wv_station *st, const char *device, struct wv__subject *s, struct wv__finding *f)
{
	struct wv_ctx *ctx = st->ctx;
	enum there there;
	int r = wv__subject_find(st, device, s);

	if (r < 0 && strncmp(device, "/dev/", strlen("/dev/")) != 0)
		return r;
	if (r == 0)
		r = judge(st, s, f);
	if ((s->dev && !s->dev->rdev) || (r == 0 && !is_unsure(f)))
		return r;
	there = r < 0 || f->alert ? wait_for_news(ctx, device, s->dev, is_io_error(r) ? GONE_NAPS_MAX : GONE_NAPS) :
				    what_is_there(device, s->dev);
	if (there == GONE)
		return wv__fail(ctx, -ENOMEDIUM, "%s is gone: it was pulled before it had been looked at", device);
	return there == OTHER ? 1 : r;
}

/* A stick that says at each opening that its medium was changed must not get out of it by that. */
int wv__judge(struct wv_station *st, const char *device, struct wv__subject *s, struct wv__finding *f)
{
	int r = 1;

	for (int n = 0; n < LOOKS && r > 0; n++) {
		wv__subject_clear(s);
		wv__finding_clear(f);
		r = look(st, device, s, f);
	}
	if (r <= 0)
		return r;
	return unclear(st->ctx, f, wv__say(st->ctx, "%s has another medium each time that it is looked at", device));
}
