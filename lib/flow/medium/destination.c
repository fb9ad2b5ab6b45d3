/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * destination.c - the medium that a take-out is going to lie on: what it is, and
 * whether it may be overwritten
 */
#include <string.h>

#include "destination.h"
#include "guarding.h"
#include "subject.h"
#include "../../media/guard.h"
#include "../../media/sig.h"
#include "../../sanitize/sanitize.h"
#include "../../volume/luks.h"

int wv__destination(struct wv_ctx *ctx, const char *target, uint64_t size, struct wv_doc **ret)
{
	cleanup_device struct wv_device *dev = NULL;
	cleanup_free char *parent = NULL;
	cleanup_free char *real = NULL;
	cleanup_free char *path = NULL;
	const char *name = strrchr(target, '/');
	int r;

	if (!size) {
		r = wv__sanitize_idle(ctx, target);
		if (r < 0)
			return r;
		r = wv__device_open(ctx, target, WV__DEV_RDONLY, &dev);
		if (r < 0)
			return r;
		if (dev->kind == WV__FILE)
			return wv__fail(ctx, -EEXIST, "%s is there already: remove it, and give --size for a new container file",
					target);
		return wv__identity(ctx, dev, ret);
	}
	if (size % 4096)
		return wv__fail(ctx, -EINVAL, "the size of %s is not a multiple of 4096", target);
	parent = name ? strndup(target, MAX(name - target, 1)) : strdup(".");
	if (!parent)
		return wv__fail_memory(ctx);
	r = wv__real_path(ctx, parent, &real);
	if (r < 0)
		return r;
	name = name ? name + 1 : target;
	if (!*name)
		return wv__fail(ctx, -EINVAL, "%s is a directory: give the name of a container file", target);
	path = wv__path_join(real, name);
	if (!path)
		return wv__fail_memory(ctx);
	return wv__doc_build(ctx, ret, M_STR("kind", "file"), M_STR("serial", name),
			     M_STR("serial_origin", "file"), M_U64("size", size),
			     M_STR("model", NULL), M_PATH("path", path));
}

static int check_size(struct wv_station *st, const struct wv__plan *plan)
{
	struct wv__totals totals;
	const uint64_t size = wv_doc_u64(plan->identity, "size");
	int r;

	r = wv__declaration_totals(st->ctx, plan->decl, &totals);
	if (r < 0)
		return r;
	if (size < totals.needed || size < WV__LUKS_MIN_SIZE)
		return wv__fail(st->ctx, -ENOSPC, "%s has %" PRIu64 " bytes, the declared data need %" PRIu64,
				wv_doc_str(plan->identity, "path"), size,
				MAX(totals.needed, WV__LUKS_MIN_SIZE));
	return 0;
}

int wv__destination_free(struct wv_ctx *ctx, const struct wv__plan *plan)
{
	if (plan->opts->size && access(wv_doc_str(plan->identity, "path"), F_OK) == 0)
		return wv__fail(ctx, -EEXIST, "%s is there already: remove it, or take another name",
				plan->target);
	return 0;
}

/* Is it the half-made volume of a run that was killed? That one is removed when it goes on. */
static bool is_unfinished(struct wv_station *st, const char *path)
{
	cleanup_device struct wv_device *dev = NULL;
	cleanup_takeout struct wv__takeout *t = NULL;
	struct wv__volume_sig sig;

	return wv__device_open(NULL, path, WV__DEV_RDONLY, &dev) == 0 &&
	       wv__volume_sig_read(wv__device_fd(dev), 0, dev->size, &sig) > 0 &&
	       wv__takeout_by_volume(st, sig.uuid, &t) == 0 && t->state == WV__APPROVED;
}

static int check_container(struct wv_station *st, const struct wv__plan *plan)
{
	const char *path = wv_doc_str(plan->identity, "path");
	const char *serial = wv_doc_str(plan->identity, "serial");
	const char *yes = plan->opts->yes;

	if (yes && strcmp(yes, serial) != 0)
		return wv__fail(st->ctx, -EPERM, "%s has the serial %s, not %s", path, serial, yes);
	return is_unfinished(st, path) ? 0 : wv__destination_free(st->ctx, plan);
}

static int check_device(struct wv_station *st, const struct wv__plan *plan)
{
	const char *path = wv_doc_str(plan->identity, "path");
	cleanup_device struct wv_device *dev = NULL;
	int r;

	if (!plan->opts->yes)
		return wv__fail(st->ctx, -EPERM, "%s is going to be overwritten: say so with --yes=%s", path,
				wv_doc_str(plan->identity, "serial"));
	r = wv__device_open(st->ctx, path, WV__DEV_RDONLY, &dev);
	return r < 0 ? r : wv__destination_guard(st, plan, dev);
}

int wv__destination_guard(struct wv_station *st, const struct wv__plan *plan,
			  const struct wv_device *dev)
{
	const struct wv__guard_opts guard = {
		.serial = plan->opts->yes,
		.size = wv_doc_u64(plan->identity, "size"),
		.volume_allowed = wv__volume_may_go,
		.data = st,
	};

	return wv__guard(st->ctx, dev, &guard);
}

int wv__destination_check(struct wv_station *st, const struct wv__plan *plan)
{
	int r;

	r = check_size(st, plan);
	if (r < 0)
		return r;
	return plan->opts->size ? check_container(st, plan) : check_device(st, plan);
}
