/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * insert.c - workvol insert: what udev starts; it looks, records and tells, may
 * hold a medium of nobody's off, and writes nothing to any
 */
#include <string.h>

#include "judge.h"
#include "notify.h"
#include "restraint.h"
#include "../../base/clock.h"
#include "../../base/exec.h"
#include "../../media/sysfs.h"

#define QUIET_SECONDS 60 /* the same said of the same medium is not recorded again so soon */

static bool says_same(struct wv_doc *a, struct wv_doc *b, const char *key)
{
	const char *one = wv_doc_str(a, key), *two = wv_doc_str(b, key);

	return one && two ? strcmp(one, two) == 0 : one == two;
}

/*
 * But for the paths: a medium that comes and goes has another name each time. Of a volume that is
 * known the header tells all; what else it holds is not seen of one that is pulled just then.
 */
static bool is_said_again(struct wv_doc *last, struct wv_doc *now)
{
	static const char *const keys[] = { "verdict", "volume", "takeout", "restraint", "holds" };
	const size_t n = ARRAY_SIZE(keys) - (wv_doc_str(now, "takeout") != NULL);
	struct wv_doc *was = wv_doc_get(last, "medium"), *is = wv_doc_get(now, "medium");
	bool same = says_same(was, is, "serial") && wv_doc_u64(was, "size") == wv_doc_u64(is, "size") &&
		    wv_doc_bool(last, "alert") == wv_doc_bool(now, "alert");

	for (size_t i = 0; same && i < n; i++)
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
	return time && wv__time_parse(time, &when) == 0 && when <= wv__now() && when + QUIET_SECONDS > wv__now() &&
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

static void notify(struct wv_ctx *ctx, const struct wv__finding *f, const struct wv__restraint *held)
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

static int tell(struct wv_station *st, const struct wv__subject *s, const struct wv__finding *f,
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
	cleanup_finding struct wv__finding f = { 0 };
	cleanup_restraint struct wv__restraint held = { 0 };
	cleanup_doc struct wv_doc *medium = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = wv__judge(st, device, &s, &f);
	if (r < 0)
		return r;
	r = wv__identity(ctx, s.dev, &medium); /* before it is held off: what cannot be recorded is not done */
	if (r == 0)
		r = hold_off(st, &s, &held);
	if ((held.failed || (r < 0 && r != -ENOMEM && r != -ECANCELED)) && wv__judge_is_gone(ctx, device, s.dev)) {
		wv__restraint_clear(&held); /* what is gone needs none, and is told all the same */
		r = 0;
	}
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
