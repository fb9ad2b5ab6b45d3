/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage.c - who uses a medium: mounts, swap, stacks above it, loops over it,
 * the running system
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "guard.h"
#include "loops.h"
#include "mounts.h"
#include "swaps.h"
#include "sysfs.h"
#include "../base/buf.h"
#include "../base/clock.h"

/* A loop over a loop over a loop: nobody does, but a damaged table must not hold us. */
#define LOOP_DEPTH_MAX 8

struct usage {
	struct wv_ctx *ctx;
	const char *name; /* of the device that was asked about */
	int except_loop;  /* stands on it with our knowledge; -1: none */
};

/* ---- the running system ------------------------------------------------------- */

struct system {
	struct wv_ctx *ctx;
	const char *target; /* sysfs directory */
	bool whole;         /* a partition of the target counts too */
};

static int stands_on_target(void *data, const char *dir)
{
	const struct system *system = data;
	const size_t len = strlen(system->target);

	if (!strncmp(dir, system->target, len) &&
	    (dir[len] == '\0' || (system->whole && dir[len] == '/')))
		return 1;
	return wv__sysfs_stack(dir, "slaves", stands_on_target, data);
}

/* The block device below a directory: 1, or 0 when it cannot be told (overlay, network). */
static int device_below(struct wv_ctx *ctx, const char *path, dev_t *ret)
{
	cleanup_mount_info struct wv__mount_info info = { 0 };
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	if (major(st.st_dev)) {
		*ret = st.st_dev;
		return 1;
	}
	r = wv__mount_by_dir(ctx, path, &info); /* btrfs: a made-up number, a true source */
	if (r <= 0)
		return r;
	if (info.source[0] != '/' || stat(info.source, &st) < 0 || !S_ISBLK(st.st_mode))
		return 0;
	*ret = st.st_rdev;
	return 1;
}

static int check_system(const struct usage *usage, const char *dir, bool whole)
{
	static const char *const places[] = { "/", "/boot", "/usr" };
	struct system system = { usage->ctx, dir, whole };
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup_free char *below = NULL;
		dev_t dev = 0;

		r = device_below(usage->ctx, places[i], &dev);
		if (r > 0)
			r = wv__sysfs_dir(dev, &below);
		if (r > 0)
			r = stands_on_target(&system, below);
		if (r < 0)
			return wv__fail_sys(usage->ctx, r, "cannot learn what %s stands on", places[i]);
		if (r > 0)
			return wv__fail(usage->ctx, -EBUSY, "%s carries the running system (%s)",
					usage->name, places[i]);
	}
	return 0;
}

/* ---- one device or file ---------------------------------------------------------- */

/* A file has no name of the kernel's. */
static const char *named(const char *kname)
{
	return kname ? kname : "it";
}

static int check_mounted(const struct usage *usage, dev_t rdev, const char *kname)
{
	cleanup_mount_info struct wv__mount_info info = { 0 };
	const int r = wv__mount_by_dev(usage->ctx, rdev, true, &info);

	return r > 0 ? wv__fail(usage->ctx, -EBUSY, "%s is in use: %s is mounted on %s", usage->name, named(kname), info.dir) : r;
}

static int check_swap(const struct usage *usage, const struct stat *st, const char *kname)
{
	const int r = wv__swaps_have(usage->ctx, st);

	return r > 0 ? wv__fail(usage->ctx, -EBUSY, "%s is in use: %s is a swap area", usage->name, named(kname)) : r;
}

static int check_loops(const struct usage *usage, const struct stat *st, const char *kname)
{
	char loop[32];
	int n = wv__loop_find(usage->ctx, st, 0);

	if (n >= 0 && n == usage->except_loop)
		n = wv__loop_find(usage->ctx, st, n + 1);
	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return n;
	snprintf(loop, sizeof(loop), "/dev/loop%d", n);
	return wv__fail(usage->ctx, -EBUSY, "%s is in use: %s backs %s", usage->name, named(kname), loop);
}

static int holder_found(void *data, const char *dir)
{
	char *name = data;

	snprintf(name, NAME_MAX, "%s", wv__sysfs_name(dir));
	return 1;
}

/* RAID, LVM, device-mapper: whatever stands on it, in use itself or not. */
static int check_holders(const struct usage *usage, const char *dir)
{
	char holder[NAME_MAX];
	const int r = wv__sysfs_stack(dir, "holders", holder_found, holder);

	if (r < 0)
		return wv__fail_sys(usage->ctx, r, "cannot learn what stands on %s", usage->name);
	return r ? wv__fail(usage->ctx, -EBUSY, "%s is in use: %s is held by %s", usage->name, wv__sysfs_name(dir), holder) : 0;
}

static int check_node(void *data, const char *dir)
{
	const struct usage *usage = data;
	const char *kname = wv__sysfs_name(dir);
	struct stat st = { .st_mode = S_IFBLK };
	int r = wv__sysfs_dev(dir, &st.st_rdev);

	if (r <= 0)
		return wv__fail_sys(usage->ctx, r ? r : -ENODEV, "cannot learn about %s", kname);
	r = check_mounted(usage, st.st_rdev, kname);
	if (r == 0)
		r = check_swap(usage, &st, kname);
	if (r == 0)
		r = check_holders(usage, dir);
	return r ? r : check_loops(usage, &st, kname);
}

#define WAIT_NS UINT64_C(5000000000) /* a slow stick writes what a wipe has under way, 16 MiB, in that */
#define NAP_NS 20000000

int wv__guard_retry(struct wv_ctx *ctx, int (*attempt)(void *data), void *data)
{
	const uint64_t begin = wv__monotonic_ns();
	int r;

	for (;;) {
		r = attempt(data);
		if (r <= 0 || wv__monotonic_ns() - begin >= WAIT_NS)
			return r;
		nanosleep(&(const struct timespec){ .tv_nsec = NAP_NS }, NULL);
		r = wv__check_cancel(ctx);
		if (r < 0)
			return r;
	}
}

struct lock_look {
	struct wv_ctx *ctx;
	int fd;
	const char *name;
};

/* A lock of another open file: ours is on fd itself, which does not conflict. */
static int look_for_lock(void *data)
{
	const struct lock_look *look = data;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(look->fd, F_OFD_GETLK, &lock) < 0)
		return wv__fail_sys(look->ctx, -errno, "cannot learn who locks %s", look->name);
	return lock.l_type != F_UNLCK;
}

static int check_lock(const struct usage *usage, int fd, const char *name)
{
	struct lock_look look = { usage->ctx, fd, usage->name };
	const int r = wv__guard_retry(usage->ctx, look_for_lock, &look);

	return r <= 0 ? r : wv__fail(usage->ctx, -EBUSY, "%s is in use: %s is locked by a program", usage->name, named(name));
}

static int check_file(const struct usage *usage, int fd, const struct stat *st, const char *name)
{
	int r = check_swap(usage, st, name);

	if (r == 0)
		r = check_loops(usage, st, name);
	return r ? r : check_lock(usage, fd, name);
}

/* ---- a whole device, with what belongs to it ---------------------------------------- */

static int check_block(const struct usage *usage, dev_t rdev, int depth);

/* What a loop stands on may be in use by others: written through the loop, it is theirs. */
static int check_backing(const struct usage *usage, const char *dir, int depth)
{
	char path[PATH_MAX];
	struct usage below = *usage;
	cleanup_close int fd = -1;
	struct stat st;
	int r = wv__sysfs_attr(dir, "loop/backing_file", path, sizeof(path));

	if (r < 0)
		return wv__fail_sys(usage->ctx, r, "cannot learn what backs %s", usage->name);
	if (r == 0 || depth >= LOOP_DEPTH_MAX ||
	    sscanf(wv__sysfs_name(dir), "loop%d", &below.except_loop) != 1)
		return 0;
	/* O_PATH: a name without the file behind it (deleted, another namespace) has no other user we could find. */
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT && errno != EACCES)
		return wv__fail_sys(usage->ctx, -errno, "cannot open %s", path);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return wv__fail_sys(usage->ctx, -errno, "cannot stat %s", path);
	if (S_ISBLK(st.st_mode))
		return check_block(&below, st.st_rdev, depth + 1);
	r = wv__loop_find(usage->ctx, &st, below.except_loop);
	if (r < 0 && r != -ENOENT)
		return r;
	if (!S_ISREG(st.st_mode) || r != below.except_loop)
		return 0; /* another file of that name */
	wv__closep(&fd);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return wv__fail_sys(usage->ctx, -errno, "cannot open %s", path);
	return check_file(&below, fd, &st, path);
}

struct parts {
	const struct usage *usage;
	int r; /* what was found of a partition, and said */
};

static int keep_node(void *data, const char *dir)
{
	struct parts *parts = data;

	return parts->r = check_node((void *)parts->usage, dir);
}

static int check_partitions(const struct usage *usage, const char *dir)
{
	struct parts parts = { .usage = usage };
	const int r = wv__sysfs_partitions(dir, keep_node, &parts);

	if (r && !parts.r) /* that was not said yet */
		return wv__fail_sys(usage->ctx, r, "cannot learn the partitions of %s", usage->name);
	return r;
}

static int check_block(const struct usage *usage, dev_t rdev, int depth)
{
	cleanup_free char *dir = NULL;
	uint64_t number;
	int r = wv__sysfs_dir(rdev, &dir), partition;

	if (r <= 0)
		return wv__fail_sys(usage->ctx, r ? r : -ENODEV, "cannot learn about %s", usage->name);
	partition = wv__sysfs_u64(dir, "partition", &number);
	if (partition < 0)
		return wv__fail_sys(usage->ctx, partition, "cannot learn about %s", usage->name);
	r = check_system(usage, dir, !partition);
	if (r == 0)
		r = check_node((void *)usage, dir);
	if (r == 0 && !partition)
		r = check_partitions(usage, dir);
	if (r == 0 && partition) { /* the disk itself; other partitions are their own */
		*strrchr(dir, '/') = '\0';
		r = check_node((void *)usage, dir);
	}
	return r ? r : check_backing(usage, dir, depth);
}

static int try_claim(void *data)
{
	const struct wv_device *dev = data;
	cleanup_close int fd = open(dev->proc_path, O_RDONLY | O_EXCL | O_CLOEXEC);

	return fd >= 0 ? 0 : errno == EBUSY ? 1 : -errno;
}

/* The last word is the kernel's: what we do not know to look for claims it exclusively too. */
int wv__guard_claim(struct wv_ctx *ctx, const struct wv_device *dev)
{
	int r;

	if (dev->held || dev->kind == WV__FILE)
		return 0;
	r = wv__guard_retry(ctx, try_claim, (void *)dev);
	if (r > 0)
		return wv__fail(ctx, -EBUSY, "%s is in use: it is held by another program", dev->path);
	return r == 0 || r == -ECANCELED ? r : wv__fail_sys(ctx, r, "cannot open %s", dev->path);
}

int wv__guard_in_use(struct wv_ctx *ctx, const struct wv_device *dev)
{
	const struct usage usage = { .ctx = ctx, .name = dev->path, .except_loop = -1 };
	const struct stat st = { .st_mode = S_IFREG, .st_dev = dev->dev, .st_ino = dev->ino };

	if (dev->kind == WV__FILE)
		return check_file(&usage, dev->fd, &st, NULL);
	return check_block(&usage, dev->rdev, 0);
}
