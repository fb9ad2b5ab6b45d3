/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provision.c - the volume of a take-out, made and filled
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../medium/destination.h"
#include "provision.h"
#include "remains.h"
#include "../medium/subject.h"
#include "../../base/crypto.h"
#include "../../declare/copy.h"
#include "../../media/extents.h"
#include "../../media/mounts.h"
#include "../../volume/container.h"
#include "../../volume/ext4.h"
#include "../../volume/gate.h"
#include "../../volume/mapper.h"
#include "../../wipe/wipe.h"

/* One provisioning under way. */
struct work {
	struct wv_station *st;
	struct wv__takeout *t;
	const struct wv__plan *plan;
	struct wv_device *dev;
	struct wv_secret *key;       /* of the key file */
	struct wv__luks *luks;
	struct wv_secret *volume_key;
	char *part;                  /* where a container grows; NULL: a device */
};

static void work_clear(struct work *w)
{
	wv__secret_free(w->volume_key);
	wv__luks_free(w->luks);
	wv__secret_free(w->key);
	wv__device_free(w->dev);
	free(w->part);
}

void wv__provision_clear(struct wv__provision *p)
{
	wv_doc_free(p->target);
	wv_doc_free(p->extents);
}

static int record_begin(struct work *w, struct wv__provision *p)
{
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__doc_build(w->st->ctx, &body, M_STR("volume", p->volume),
			  M_DOC("target", w->plan->identity));
	if (r < 0)
		return r;
	return wv__takeout_step(w->t, WV__STEP_PROVISIONING, body);
}

static int prewipe(struct work *w, struct wv__provision *p)
{
	struct wv__wipe_job job = { .dev = w->dev };
	const struct wv__wipe_opts opts = { .method = "random", .verify = "last" };
	int r;

	if (!w->st->policy->prewipe)
		return 0;
	r = wv__wipe_run(w->st->ctx, &job, 1, &opts);
	p->erased = r == 0;
	wv_doc_free(job.result);
	wv_doc_free(job.pattern);
	return r;
}

/* The medium: ours alone, fit, and overwritten. */
static int take_medium(struct work *w, struct wv__provision *p)
{
	struct wv_ctx *ctx = w->st->ctx;
	const char *path = wv_doc_str(w->plan->identity, "path");
	int r;

	if (w->plan->opts->size) {
		r = record_begin(w, p);
		if (r < 0)
			return r;
		w->part = wv__part_path(path, p->volume);
		if (!w->part)
			return wv__fail_memory(ctx);
		p->erased = true; /* it never held anything else: every byte was written here */
		r = wv__container_create(ctx, w->part, w->plan->opts->size);
		return r < 0 ? r : wv__device_open(ctx, w->part, WV__DEV_EXCL, &w->dev);
	}
	r = wv__device_open(ctx, path, WV__DEV_EXCL | WV__DEV_DIRECT, &w->dev);
	if (r < 0)
		return r;
	if (w->dev->kind == WV__PARTITION)
		wv__log(ctx, WV_LOG_WARNING, "%s is a partition: the rest of its disk was not examined",
			path);
	r = wv__destination_guard(w->st, w->plan, w->dev);
	if (r < 0)
		return r;
	r = record_begin(w, p);
	return r < 0 ? r : prewipe(w, p);
}

/* LUKS2 with the one two-factor keyslot, proven by the gate. */
static int make_luks(struct work *w, struct wv__provision *p)
{
	struct wv_ctx *ctx = w->st->ctx;
	const char *path = wv__device_proc_path(w->dev); /* a name may lead elsewhere meanwhile */
	const struct wv__policy *policy = w->st->policy;
	const struct wv_secret *passphrase = w->plan->opts->passphrase;
	cleanup_secret struct wv_secret *secret = NULL;
	unsigned char salt[WV__SALT_SIZE];
	struct wv__luks_params params = {
		.uuid = p->volume,
		.label = "workvol",
		.salt = salt,
		.key_id = p->key_id,
		.pbkdf_memory_kib = policy->pbkdf_memory,
		.pbkdf_iterations = policy->pbkdf_iterations,
		.pbkdf_threads = policy->pbkdf_threads,
	};
	int r;

	r = wv__factor_key_id(ctx, w->key, p->key_id);
	if (r < 0)
		return r;
	r = wv__random(salt, sizeof(salt));
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot draw a salt");
	r = wv__factor_derive(ctx, w->key, passphrase, salt, p->volume, &secret);
	if (r < 0)
		return r;
	r = wv__device_recheck(ctx, w->dev);
	if (r < 0)
		return r;
	wv__device_unhold(w->dev); /* libcryptsetup and the mapper hold it themselves */
	r = wv__luks_format(ctx, path, &params, secret);
	if (r < 0)
		return r;
	r = wv__luks_open(ctx, path, &w->luks);
	if (r < 0)
		return r;
	p->data_offset = wv__luks_info(w->luks)->data_offset;
	r = wv__luks_digest(ctx, w->luks, p->header);
	if (r < 0)
		return r;
	return wv__gate(ctx, w->luks, w->key, passphrase, -1, &w->volume_key);
}

static int copy_in(struct work *w, const char *device, const char *dir)
{
	struct wv_ctx *ctx = w->st->ctx;
	cleanup_close int source = -1;
	cleanup_close int dest = -1;
	int r;

	source = open(w->plan->opts->source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (source < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", w->plan->opts->source);
	r = wv__ext4_mount(ctx, device, dir, false);
	if (r < 0)
		return r;
	dest = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dest < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dir);
	return wv__copy_tree(ctx, w->plan->decl, source, w->plan->opts->source, dest);
}

static int verify_copy(struct work *w, const char *device, const char *dir)
{
	struct wv_ctx *ctx = w->st->ctx;
	cleanup_close int fd = -1;
	cleanup_doc struct wv_doc *found = NULL;
	int r;

	r = wv__ext4_mount(ctx, device, dir, true);
	if (r < 0)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dir);
	r = wv__verify_tree(ctx, w->plan->decl, fd, &found);
	return r < 0 ? r : wv__compare_need_clean(ctx, found, "the new volume");
}

/* A step on the mounted volume; unmounted afterwards whatever happened. */
static int mounted(struct work *w, int (*step)(struct work *, const char *, const char *),
		   const char *device, const char *dir)
{
	int r = step(w, device, dir);

	if (r == 0)
		r = wv__umount(w->st->ctx, dir, 0);
	if (r < 0) /* its sentence is the one to keep */
		wv__umount(NULL, dir, WV__UMOUNT_LAZY);
	return r;
}

static int fill_mapped(struct work *w, struct wv__provision *p, const char *device, const char *dir)
{
	struct wv_ctx *ctx = w->st->ctx;
	int r;

	r = wv__ext4_make(ctx, device, "workvol", p->volume);
	if (r < 0)
		return r;
	r = mounted(w, copy_in, device, dir);
	if (r < 0)
		return r;
	r = mounted(w, verify_copy, device, dir);
	if (r < 0)
		return r;
	return wv__ext4_check(ctx, device);
}

static int fill(struct work *w, struct wv__provision *p)
{
	struct wv_ctx *ctx = w->st->ctx;
	const struct wv__map_opts opts = { .kind = (enum wv__mapper_kind)w->st->policy->mapper };
	cleanup(wv__temp_dirp) char *dir = NULL;
	struct wv__mapping *map;
	int r, end;

	r = wv__make_temp_dir(ctx, "prepare", &dir);
	if (r < 0)
		return r;
	r = wv__private_mounts(ctx);
	if (r < 0)
		return r;
	r = wv__map(ctx, wv__device_proc_path(w->dev), w->luks, w->volume_key, &opts, &map);
	if (r < 0)
		return r;
	r = fill_mapped(w, p, wv__mapping_device(map), dir);
	/* waited for after a failure too: what follows takes the medium away from it */
	end = wv__unmap(r < 0 ? NULL : ctx, map);
	return r < 0 ? r : end;
}

/* The whole container gets its name; nothing that has it already is replaced. */
static int name_container(struct work *w)
{
	const char *path = wv_doc_str(w->plan->identity, "path");

	if (!w->part)
		return 0;
	if (renameat2(AT_FDCWD, w->part, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
		return wv__fail_sys(w->st->ctx, -errno, "cannot name the container %s", path);
	wv__device_free(w->dev);
	w->dev = NULL;
	return wv__device_open(w->st->ctx, path, WV__DEV_RDONLY, &w->dev);
}

static int note_place(struct work *w, struct wv__provision *p)
{
	struct wv_ctx *ctx = w->st->ctx;
	cleanup_extents struct wv__extents extents = { 0 };
	const char *objection;
	int r;

	r = wv__identity(ctx, w->dev, &p->target);
	if (r < 0 || w->dev->kind != WV__FILE)
		return r;
	r = wv__extents_read(ctx, wv__device_fd(w->dev), w->dev->path, &extents);
	if (r < 0)
		return r;
	memcpy(p->fs, extents.fs, sizeof(p->fs));
	objection = wv__extents_objection(&extents);
	if (objection && !w->st->policy->lab)
		return wv__fail(ctx, -EPERM, "%s %s: an overwrite could not be shown to reach its blocks",
				w->dev->path, objection);
	if (!objection)
		p->extents = wv__doc_ref(extents.ranges);
	return 0;
}

int wv__provision(struct wv__takeout *t, const struct wv__plan *plan, struct wv__provision *ret)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup(work_clear) struct work w = { .st = t->st, .t = t, .plan = plan };
	cleanup_provision struct wv__provision p = { 0 };
	int r;

	r = wv__factor_read(ctx, plan->opts->key_file, &w.key);
	if (r < 0)
		return r;
	r = wv__remains_remove(t); /* what a killed run left */
	if (r < 0)
		return r;
	r = wv__destination_free(ctx, plan);
	if (r < 0)
		return r;
	r = wv__uuid(p.volume);
	if (r < 0)
		return wv__fail_sys(ctx, r, "cannot draw a UUID");
	r = take_medium(&w, &p);
	if (r == 0)
		r = make_luks(&w, &p);
	if (r == 0)
		r = fill(&w, &p);
	if (r == 0)
		r = name_container(&w);
	if (r == 0)
		r = note_place(&w, &p);
	if (r < 0) {
		work_clear(&w);
		w = (struct work){ 0 };
		return wv__remains_failed(t, plan->target, r);
	}
	*ret = p;
	p = (struct wv__provision){ 0 };
	return 0;
}
