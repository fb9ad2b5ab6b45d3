/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opening.c - workvol open: both factors, the take-out record, then the mount
 */
#include <string.h>

#include "field.h"
#include "opening.h"
#include "../medium/session.h"
#include "../../media/mounts.h"
#include "../../volume/ext4.h"

char *wv__open_dir(const char *uuid)
{
	return wv__path_join("/run/workvol/mnt", uuid);
}

static int check_state(struct wv__takeout *t)
{
	struct wv_ctx *ctx = t->st->ctx;
	int r;

	r = wv__volume_found(t);
	if (r < 0)
		return r;
	if (t->state == WV__PREPARED)
		return wv__fail(ctx, -EPERM, "volume %s was not handed over yet: workvol handover",
				wv__takeout_volume(t));
	if (t->state < WV__OUT || t->state >= WV__DESTROYING_KEYS)
		return wv__fail(ctx, -EPERM, "take-out %s is %s: its volume does not open any more",
				t->id, wv__state_name(t->state));
	return 0;
}

static int prepare_dir(struct wv__takeout *t, const char *given, char **ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	char *dir;
	int r;

	if (given)
		return wv__real_path(ctx, given, ret);
	dir = wv__open_dir(wv__takeout_volume(t));
	if (!dir)
		return wv__fail_memory(ctx);
	r = wv__mkdirs(ctx, dir, 0700);
	if (r < 0) {
		free(dir);
		return r;
	}
	*ret = dir;
	return 0;
}

/* What lies there would be hidden, and might be taken for what is on the volume. */
static int check_empty(struct wv_ctx *ctx, const char *dir)
{
	const int r = wv__dir_empty(ctx, dir);

	return r == 0 ? wv__fail(ctx, -EPERM, "%s is not empty: give an empty directory", dir) :
			MIN(r, 0);
}

static int mount_volume(struct wv__subject *s, struct wv__luks *luks, const struct wv_secret *key,
			const char *dir, bool read_only)
{
	struct wv_station *st = s->t->st;
	cleanup_mapping struct wv__mapping *map = NULL;
	int r;

	r = wv__volume_map(s, luks, key, true, &map);
	if (r < 0)
		return r;
	r = check_empty(st->ctx, dir);
	if (r == 0)
		r = wv__ext4_check(st->ctx, wv__mapping_device(map));
	if (r < 0)
		return r;
	/* from here on the mapping lives as long as the mount */
	return wv__ext4_mount(st->ctx, wv__mapping_device(map), dir, read_only);
}

static int go(struct wv__subject *s, const struct wv_open_opts *opts, char **ret_dir)
{
	const struct wv__factors factors = wv__factors_of(opts);
	cleanup_luks struct wv__luks *luks = NULL;
	cleanup_secret struct wv_secret *key = NULL;
	int r;

	r = check_state(s->t);
	if (r < 0)
		return r;
	r = prepare_dir(s->t, opts->dir, ret_dir);
	if (r < 0)
		return r;
	r = wv__volume_unlock(s, &factors, &luks, &key);
	if (r < 0)
		return r;
	/* What was checked and approved may change from here on (protocol, rule 5). */
	if (s->t->state != WV__OUT) {
		r = wv__takeout_step(s->t, WV__STEP_REOPENED, NULL);
		if (r < 0)
			return r;
	}
	return mount_volume(s, luks, key, *ret_dir, opts->read_only);
}

WV_API int wv_flow_open(struct wv_station *st, const char *target,
			const struct wv_open_opts *opts, struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_free char *dir = NULL;
	struct wv__door door;
	int r;

	r = wv__field_enter(st, "open", target, opts->takeout, &s, &door);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, go(&s, opts, &dir), NULL);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret_result, M_STR("volume", wv__takeout_volume(s.t)),
			     M_PATH("dir", dir), M_BOOL("read_only", opts->read_only),
			     M_STR("state", wv__state_name(s.t->state)));
}
