/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apart.c - which disks a path stands on, and whether two share one
 */
#include <string.h>
#include <sys/stat.h>

#include "apart.h"
#include "../../base/fs.h"
#include "../../media/sysfs.h"

#define STACK_DEPTH 8 /* partition on loop on partition on dm on RAID: deeper is a loop of names */
#define DISKS 16

struct disks {
	dev_t at[DISKS];
	size_t count;
	int depth;
};

static int collect(struct disks *disks, dev_t rdev);

static int collect_below(void *data, const char *dir)
{
	dev_t below;

	return wv__sysfs_dev(dir, &below) == 1 ? collect(data, below) : 0;
}

/* The whole disks that a block device stands on; a file system without one is its own. */
static int collect(struct disks *disks, dev_t rdev)
{
	cleanup_free char *dir = NULL;
	char backing[4096];
	struct stat st;
	const size_t before = disks->count;
	int r;

	if (disks->depth >= STACK_DEPTH || disks->count == DISKS)
		return 0;
	r = wv__sysfs_dir(rdev, &dir);
	if (r < 0)
		return r;
	if (r == 0) {
		disks->at[disks->count++] = rdev;
		return 0;
	}
	disks->depth++;
	if (wv__sysfs_attr(dir, "loop/backing_file", backing, sizeof(backing)) == 1 &&
	    stat(backing, &st) == 0)
		r = collect(disks, S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev);
	else if (wv__sysfs_attr(dir, "partition", backing, sizeof(backing)) == 1 &&
		 strrchr(dir, '/')) {
		*strrchr(dir, '/') = '\0';
		r = collect_below(disks, dir);
	} else {
		r = wv__sysfs_stack(dir, "slaves", collect_below, disks);
	}
	disks->depth--;
	if (r == 0 && disks->count == before)
		disks->at[disks->count++] = rdev;
	return r;
}

static int disks_of_path(struct wv_ctx *ctx, const char *path, struct disks *ret)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", path);
	r = collect(ret, S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot find the disk of %s", path) : 0;
}

int wv__keep_apart(struct wv_station *st, const char *what, const char *path,
		   const struct wv_device *target, const char *target_dir)
{
	struct disks theirs = { 0 };
	struct disks ours = { 0 };
	int r;

	if (st->policy->lab)
		return 0;
	r = disks_of_path(st->ctx, path, &theirs);
	if (r < 0)
		return r;
	r = disks_of_path(st->ctx, target ? target->real_path : target_dir, &ours);
	if (r < 0)
		return r;
	for (size_t i = 0; i < theirs.count; i++)
		for (size_t k = 0; k < ours.count; k++)
			if (theirs.at[i] == ours.at[k])
				return wv__fail(st->ctx, -EPERM, "%s %s is on the target's own disk",
						what, path);
	return 0;
}

int wv__keep_outside(struct wv_ctx *ctx, const char *what, const char *file, const char *dir)
{
	cleanup_free char *real_dir = NULL;
	cleanup_free char *parent = strdup(file);
	cleanup_free char *real = NULL;
	char *slash;
	size_t len;
	int r;

	if (!parent)
		return wv__fail_memory(ctx);
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	r = wv__real_path(ctx, slash ? parent : ".", &real);
	if (r < 0)
		return r;
	r = wv__real_path(ctx, dir, &real_dir);
	if (r < 0)
		return r;
	len = strlen(real_dir);
	if (strncmp(real, real_dir, len) == 0 &&
	    (real[len] == '/' || !real[len] || real_dir[len - 1] == '/'))
		return wv__fail(ctx, -EINVAL, "%s %s lies inside %s", what, file, dir);
	return 0;
}
