/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prepare.c - workvol prepare: declared data, approved, on a volume of its own
 */
#include <string.h>

#include "../medium/apart.h"
#include "../takeout/consent.h"
#include "../medium/destination.h"
#include "../medium/laptop.h"
#include "provision.h"
#include "remains.h"
#include "../takeout/takeout_record.h"
#include "../../trust/namespaces.h"
#include "../../volume/factor.h"

/* Source, key file, server and target must not share a disk, nor lie inside each other. */
static int check_places(struct wv_station *st, const struct wv__plan *plan)
{
	const struct wv_prepare_opts *opts = plan->opts;
	const char *path = wv_doc_str(plan->identity, "path");
	cleanup_device struct wv_device *dev = NULL;
	cleanup_free char *dir = NULL;
	int r;

	if (opts->size) {
		dir = strdup(path);
		if (!dir)
			return wv__fail_memory(st->ctx);
		*(strrchr(dir, '/') + (strrchr(dir, '/') == dir)) = '\0';
		r = wv__keep_outside(st->ctx, "the container", path, opts->source);
	} else {
		r = wv__device_open(st->ctx, path, WV__DEV_RDONLY, &dev);
	}
	if (r < 0)
		return r;
	r = wv__keep_outside(st->ctx, "the key file", opts->key_file, opts->source);
	if (r < 0)
		return r;
	r = wv__keep_apart(st, "the key file", opts->key_file, dev, dir);
	if (r < 0)
		return r;
	if (st->policy->server[0] == '/') {
		r = wv__keep_apart(st, "the server", st->policy->server, dev, dir);
		if (r < 0)
			return r;
	}
	/* A container beside its source is a laptop's ordinary case; a device that holds it is not. */
	return dev ? wv__keep_apart(st, "the source", opts->source, dev, NULL) : 0;
}

static int approve(struct wv__takeout *t, const char *approve_with)
{
	struct wv_station *st = t->st;
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *approver = NULL;
	const char *digest = wv__takeout_str(t, WV__STEP_DECLARED, "request");
	int r;

	r = wv__station_roster(st, &roster);
	if (r < 0)
		return r;
	/* also when it was approved before: the signature is proven in this process */
	r = wv__approval_state(t, WV__REQUEST, WV_NS_TAKEOUT, digest, roster, approve_with, &approver);
	if (r < 0 || t->state == WV__APPROVED)
		return r;
	r = wv__doc_build(st->ctx, &body, M_STR("request", digest), M_STR("approver", approver));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_APPROVED, body);
}

static int result_of(struct wv__takeout *t, struct wv_doc **ret)
{
	cleanup_free char *record = wv__paper_path(t, WV__RECORD);

	if (!record)
		return wv__fail_memory(t->st->ctx);
	return wv__doc_build(t->st->ctx, ret, M_STR("takeout", t->id),
			     M_STR("volume", wv__takeout_volume(t)),
			     M_STR("state", wv__state_name(t->state)),
			     M_STR("header", wv__takeout_str(t, WV__STEP_PREPARED, "header")),
			     M_PATH("record", record),
			     M_DOC("target", wv_doc_get(t->body[WV__STEP_PREPARED], "target")));
}

static int go(struct wv__takeout *t, const struct wv__plan *plan)
{
	cleanup_provision struct wv__provision p = { 0 };
	int r;

	r = approve(t, plan->opts->approve_with);
	if (r < 0)
		return r;
	r = wv__provision(t, plan, &p);
	if (r < 0)
		return r;
	r = wv__record_make(t, &p, plan->host);
	return r < 0 ? wv__remains_failed(t, plan->target, r) : 0;
}

/* What is refused is refused before the approver is asked, and leaves no take-out behind. */
static int check(struct wv_station *st, struct wv__plan *plan)
{
	cleanup_secret struct wv_secret *key = NULL;
	int r;

	r = check_places(st, plan);
	if (r < 0)
		return r;
	r = wv__factor_read(st->ctx, plan->opts->key_file, &key);
	if (r < 0)
		return r;
	r = wv__destination_check(st, plan);
	return r < 0 ? r : wv__laptop_check(st, plan);
}

WV_API int wv_flow_prepare(struct wv_station *st, const char *target,
			   const struct wv_prepare_opts *opts, struct wv_doc **ret_result)
{
	cleanup_plan struct wv__plan plan = { 0 };
	cleanup_takeout struct wv__takeout *t = NULL;
	struct wv__door door;
	int r;

	if (!st->policy->server)
		return wv__fail(st->ctx, -EINVAL, "the policy names no server to return the work to: "
					     "set 'server' in workvol.conf");
	r = wv__plan_read(st, opts, &plan);
	if (r < 0)
		return r;
	plan.target = target;
	r = wv__destination(st->ctx, target, opts->size, &plan.identity);
	if (r < 0)
		return r;
	r = check(st, &plan);
	if (r < 0)
		return r;
	r = wv__request_find(st, &plan, &t);
	if (r < 0)
		return r;
	r = wv__door_enter(&door, st, "prepare", t->id, NULL);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, go(t, &plan), NULL);
	return r < 0 ? r : result_of(t, ret_result);
}
