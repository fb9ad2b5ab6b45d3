/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * insert.c - workvol insert: what udev starts; it looks, records and tells, may
 * hold a medium of nobody's off, and writes nothing to any
 */
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "notify.h"
#include "restraint.h"
#include "../../base/clock.h"
#include "../../base/exec.h"
#include "../../base/fs.h"
#include "../../media/loops.h"
#include "../../media/probe.h"
#include "../../media/sysfs.h"
#include "../../volume/luks.h"

#define HEADER_BYTES (32 * KiB) /* both copies of the binary header and the JSON text */
#define QUIET_SECONDS 60 /* the same said of the same medium is not recorded again so soon */
#define NAP_NS 20000000
#define LOOKS 3 /* at one that was exchanged meanwhile */
#define GONE_NAPS 75 /* a disk that was pulled answers with errors until its hub has told, and its driver has let go */

struct finding {
	const char *verdict; /* docs/formats.md */
	bool alert;
	char holds[sizeof((struct wv__region){ 0 }.type)]; /* by libblkid; "" nothing known */
	char *message;
	char *next;
};

static void finding_clear(struct finding *f)
{
	free(f->message);
	free(f->next);
	*f = (struct finding){ 0 };
}

static int say(struct wv_ctx *ctx, struct finding *f, const char *verdict, bool alert, char *message)
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
static bool is_unsure(const struct finding *f)
{
	static const char *const verdicts[] = { "plain", "header-changed", "unclear" };

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(f->verdict, verdicts[i]) == 0)
			return true;
	return false;
}

enum there { GONE, OTHER, SAME };

/* dev: NULL, when it could not be opened. */
static enum there what_is_there(const char *device, const struct wv_device *dev)
{
	cleanup_close int fd = open(device, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO || errno == ENODEV || errno == ENOMEDIUM ? GONE : SAME;
	return dev && wv__device_is(dev, fd) == 0 ? OTHER : SAME;
}

/* A failure may be the first that is heard of a pull. */
static enum there wait_for_news(struct wv_ctx *ctx, const char *device, const struct wv_device *dev)
{
	enum there there = what_is_there(device, dev);

	for (int n = 0; n < GONE_NAPS && there == SAME && !wv__cancelled(ctx); n++) {
		nanosleep(&(const struct timespec){ .tv_nsec = NAP_NS }, NULL);
		there = what_is_there(device, dev);
	}
	return there;
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

static int known(struct wv_ctx *ctx, struct wv__subject *s, struct finding *f)
{
	const enum wv__step step = s->t->body[WV__STEP_PREPARED] ? WV__STEP_PREPARED : WV__STEP_CARRIED;
	const char *expected = wv__takeout_str(s->t, step, "header");
	const char *due = wv__takeout_str(s->t, WV__STEP_DECLARED, "due");
	char digest[65];
	int r;

	if (s->t->state == WV__LOST)
		return say(ctx, f, "lost", true,
			   wv__say(ctx, "%s carries volume %s, which is recorded as lost", s->dev->path,
				      s->volume));
	r = header_digest(ctx, s->dev, digest);
	if (r < 0 && r != -EBADMSG && r != -ENODATA)
		return r;
	if (r < 0 && check_readable(ctx, s->dev) < 0)
		return -EIO;
	if (r < 0 || !expected || strcmp(digest, expected) != 0)
		return say(ctx, f, "header-changed", true,
			   wv__say(ctx, "the header of volume %s on %s is not the one that was signed for",
				      s->volume, s->dev->path));
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

static int judge_volume(struct wv_ctx *ctx, struct wv__subject *s, struct finding *f)
{
	if (*s->volume && s->t)
		return known(ctx, s, f);
	if (*s->volume)
		return say(ctx, f, "unknown-volume", true,
			   wv__say(ctx, "%s carries the work volume %s, which this station does not know",
				      s->dev->path, s->volume));
	return say(ctx, f, "plain", false,
		   wv__say(ctx, "%s is a medium without a work volume", s->dev->path));
}

static int unclear(struct wv_ctx *ctx, struct finding *f, char *message)
{
	free(take_ptr(f->message));
	free(take_ptr(f->next));
	return say(ctx, f, "unclear", true, message);
}

/* One that looks like two things, or breaks what looks at it, was made by somebody. */
static int judge(struct wv_ctx *ctx, struct wv__subject *s, struct finding *f)
{
	cleanup_free struct wv__region *regions = NULL;
	size_t count;
	int r;

	r = judge_volume(ctx, s, f);
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

static bool says_same(struct wv_doc *a, struct wv_doc *b, const char *key)
{
	const char *one = wv_doc_str(a, key), *two = wv_doc_str(b, key);

	return one && two ? strcmp(one, two) == 0 : one == two;
}

/* But for the paths: a medium that comes and goes has another name each time. */
static bool is_said_again(struct wv_doc *last, struct wv_doc *now)
{
	static const char *const keys[] = { "verdict", "volume", "takeout", "holds", "restraint" };
	struct wv_doc *was = wv_doc_get(last, "medium"), *is = wv_doc_get(now, "medium");
	bool same = says_same(was, is, "serial") && wv_doc_u64(was, "size") == wv_doc_u64(is, "size") &&
		    wv_doc_bool(last, "alert") == wv_doc_bool(now, "alert");

	for (size_t i = 0; same && i < ARRAY_SIZE(keys); i++)
		same = says_same(last, now, keys[i]);
	return same;
}

/* Was the same recorded a moment ago? A chattering connector must not fill the ledger. */
static bool just_recorded(struct wv_station *st, struct wv_doc *body)
{
	cleanup_doc struct wv_doc *last = NULL;
	const char *time;
	uint64_t when;

	if (wv__ledger_last(st->ctx, st->ledger, "insert.seen", NULL, &last) < 0 || !last)
		return false;
	time = wv_doc_str(last, "time");
	return time && wv__time_parse(time, &when) == 0 && when + QUIET_SECONDS > wv__now() &&
	       is_said_again(wv_doc_get(last, "body"), body);
}

static int hold_off(struct wv_station *st, struct wv__subject *s, struct wv__restraint *ret)
{
	cleanup_free char *dir = NULL;
	const int r = s->dev->rdev ? wv__sysfs_dir(s->dev->rdev, &dir) : 0;

	if (r < 0)
		return wv__fail_sys(st->ctx, r, "cannot find %s in sysfs", s->dev->path);
	return wv__restrain(st, s, dir, ret);
}

static void notify(struct wv_ctx *ctx, const struct finding *f, const struct wv__restraint *held)
{
	cleanup_free char *text = wv__printf("%s%s%s%s%s", f->message, f->next ? "; next: " : "", f->next ? f->next : "",
					     held->message ? "; " : "", held->message ? held->message : "");
	cleanup_free char *local = wv__printf("%s%s%s%s%s", wv_ctx_translate(ctx, f->message),
					      f->next ? wv_ctx_translate(ctx, N_("; next: ")) : "", f->next ? f->next : "",
					      held->message ? "; " : "",
					      held->message ? wv_ctx_translate(ctx, held->message) : "");

	wv__notify(ctx, f->alert, text ? text : f->message, local);
}

/*
 * A partition that no USB device brought: of the machine's own disk, whose temporary
 * directories a return searches. The service has others in their place.
 */
static bool is_built_in(const struct wv_device *dev)
{
	cleanup_free char *dir = NULL;
	cleanup_free char *usb = NULL;

	return dev->kind == WV__PARTITION &&
	       (wv__sysfs_dir(dev->rdev, &dir) <= 0 || wv__sysfs_usb(dir, &usb) <= 0);
}

/* Both factors are asked for by a service, as long as they are needed: until the files are synced. */
static void prompt(struct wv_ctx *ctx, const struct wv__subject *s)
{
	const char *kname = s->dev->kname;
	cleanup_free char *unit = NULL;
	struct wv__exec exec = { .seconds = 30 };
	int r;

	if (!kname || kname[strspn(kname, "abcdefghijklmnopqrstuvwxyz0123456789")] || s->t->state >= WV__SYNCED ||
	    is_built_in(s->dev))
		return;
	unit = wv__printf("workvol-return@%s.service", kname);
	exec.argv = (const char *const[]){ "systemctl", "--no-block", "start", unit, NULL };
	r = unit ? wv__exec_ok(NULL, &exec) : -ENOMEM; /* the context's sentence stays */
	if (r < 0)
		wv__log(ctx, WV_LOG_WARNING, "the return of %s could not be started: %s", s->dev->path, strerror(-r));
}

/*
 * What is there, and whether it still was that in the end: 1, when another medium has come in its
 * place. One that is gone is no failure, and nothing that was missed of it counts.
 */
static int look(struct wv_station *st, const char *device, struct wv__subject *s, struct finding *f)
{
	struct wv_ctx *ctx = st->ctx;
	enum there there;
	int r = wv__subject_find(st, device, s);

	if (r < 0 && strncmp(device, "/dev/", strlen("/dev/")) != 0)
		return r;
	if (r == 0)
		r = judge(ctx, s, f);
	if ((s->dev && !s->dev->rdev) || (r == 0 && !is_unsure(f)))
		return r;
	there = r < 0 || f->alert ? wait_for_news(ctx, device, s->dev) : what_is_there(device, s->dev);
	if (there == GONE)
		return wv__fail(ctx, -ENOMEDIUM, "%s is gone: it was pulled before it had been looked at", device);
	return there == OTHER ? 1 : r;
}

/* A stick that says at each opening that its medium was changed must not get out of it by that. */
static int look_until_it_stays(struct wv_station *st, const char *device, struct wv__subject *s, struct finding *f)
{
	int r = 1;

	for (int n = 0; n < LOOKS && r > 0; n++) {
		wv__subject_clear(s);
		finding_clear(f);
		r = look(st, device, s, f);
	}
	if (r <= 0)
		return r;
	return unclear(st->ctx, f, wv__say(st->ctx, "%s has another medium each time that it is looked at", device));
}

static int tell(struct wv_station *st, const struct wv__subject *s, const struct finding *f,
		const struct wv__restraint *held, struct wv_doc *doc, uint32_t flags)
{
	struct wv_ctx *ctx = st->ctx;
	int r;

	wv__log(ctx, f->alert ? WV_LOG_WARNING : WV_LOG_INFO, "%s", f->message);
	if (held->message)
		wv__log(ctx, held->failed ? WV_LOG_WARNING : WV_LOG_INFO, "%s", held->message);
	if (st->policy->on_insert != WV__INSERT_IGNORE && !just_recorded(st, doc)) {
		r = wv__ledger_append(ctx, st->ledger, "insert.seen", s->t ? s->t->id : NULL, doc, NULL);
		if (flags & WV_INSERT_NOTIFY) /* whether it could be recorded or not */
			notify(ctx, f, held);
		if (r < 0)
			return r;
	}
	if ((flags & WV_INSERT_NOTIFY) && st->policy->on_insert == WV__INSERT_PROMPT && f->next)
		prompt(ctx, s);
	return 0;
}

WV_API int wv_flow_insert(struct wv_station *st, const char *device, uint32_t flags,
			  struct wv_doc **ret_result)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup_subject struct wv__subject s = { 0 };
	cleanup(finding_clear) struct finding f = { 0 };
	cleanup_restraint struct wv__restraint held = { 0 };
	cleanup_doc struct wv_doc *medium = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = look_until_it_stays(st, device, &s, &f);
	if (r < 0)
		return r;
	r = wv__identity(ctx, s.dev, &medium); /* before it is held off: what cannot be recorded is not done */
	if (r == 0)
		r = hold_off(st, &s, &held);
	if (r == 0 && held.failed && wait_for_news(ctx, device, s.dev) == GONE)
		wv__restraint_clear(&held); /* what is gone needs none */
	if (r < 0)
		return r;
	f.alert = f.alert || held.failed;
	r = wv__doc_build(ctx, &doc, M_DOC("medium", medium), M_STR("verdict", f.verdict),
			  M_BOOL("alert", f.alert), M_STR("volume", *s.volume ? s.volume : NULL),
			  M_STR("takeout", s.t ? s.t->id : NULL),
			  M_STR("holds", *f.holds ? f.holds : NULL), M_STR("message", f.message),
			  M_STR("next", f.next), M_STR("restraint", held.done),
			  M_STR("restraint_message", held.message));
	if (r < 0)
		return r;
	r = tell(st, &s, &f, &held, doc, flags);
	if (r < 0)
		return r;
	*ret_result = take_ptr(doc);
	return 0;
}
