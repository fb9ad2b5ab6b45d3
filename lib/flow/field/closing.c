/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * closing.c - workvol close: unmount, and wait until nothing of it is left
 */
#include <fcntl.h>
#include <string.h>

#include "field.h"
#include "opening.h"
#include "../../media/mounts.h"
#include "../../volume/mapper.h"

static int sync_mount(struct wv_ctx *ctx, const char *dir)
{
	cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dir);
	return syncfs(fd) < 0 ? wv__fail_sys(ctx, -errno, "cannot write back %s", dir) : 0;
}

/* Tell what is lost before the mount that would have it is gone. */
static int write_back(struct wv__subject *s, const char *dir)
{
	struct wv_ctx *ctx = s->t->st->ctx;

	if (s->dev)
		return sync_mount(ctx, dir);
	return wv__fail(ctx, -EIO, "the medium of volume %s was pulled or moved while it was open; it is closed now, but what was written last may be missing: plug it in again and check it",
			wv__takeout_volume(s->t));
}

int wv__close_volume(struct wv__subject *s, bool *ret_was_open)
{
	struct wv_ctx *ctx = s->t->st->ctx;
	const char *uuid = wv__takeout_volume(s->t);
	const char *path = s->dev ? wv__device_proc_path(s->dev) : NULL;
	cleanup_free char *own_dir = wv__open_dir(uuid);
	cleanup_mapped struct wv__mapped mapped = { 0 };
	int r, lost = 0;

	if (!own_dir)
		return wv__fail_memory(ctx);
	r = wv__map_find(ctx, path, uuid, &mapped);
	if (r <= 0)
		return r;
	*ret_was_open = true;
	if (mapped.dir) {
		lost = write_back(s, mapped.dir);
		r = wv__umount(ctx, mapped.dir, 0);
		if (r < 0)
			return r;
		if (strcmp(mapped.dir, own_dir) == 0)
			rmdir(own_dir);
	} else if (mapped.kind == WV__MAPPER_KERNEL) {
		cleanup_free char *name = wv__printf("workvol-%s", uuid);

		if (!name)
			return wv__fail_memory(ctx);
		r = wv__luks_deactivate(ctx, name, false);
		if (r < 0 && r != -ENODEV)
			return r;
	}
	r = wv__map_wait_gone(lost < 0 ? NULL : ctx, path, uuid);
	return lost < 0 ? lost : r; /* closed all the same: holding on would not save it */
}

/* A medium that was pulled leaves a mount and a mapping behind: those are closed without it. */
static int find(struct wv_station *st, const char *target, struct wv__subject *ret)
{
	const int r = wv__subject_need(st, target, ret);
	int pulled;

	if (r >= 0)
		return r;
	pulled = wv__subject_pulled(st, target, ret);
	return pulled == -ENOENT ? r : pulled;
}

WV_API int wv_flow_close(struct wv_station *st, const char *target, struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	bool was_open = false;
	struct wv__door door;
	int r;

	r = find(st, target, &s);
	if (r < 0)
		return r;
	r = wv__field_claim(st, "close", &s.t, &door);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, wv__close_volume(&s, &was_open), NULL);
	if (r < 0)
		return r;
	r = wv__field_keep(s.t);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret_result, M_STR("volume", wv__takeout_volume(s.t)),
			     M_BOOL("was_open", was_open),
			     M_STR("state", wv__state_name(s.t->state)));
}
