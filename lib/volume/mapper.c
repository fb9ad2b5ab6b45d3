/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper.c - the decrypted volume as a block device, whichever way the machine
 * can do it. No state is kept beside the system's own: a mapping is found by
 * the name that its loop or dm device carries.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../base/clock.h"
#include "../media/device.h"
#include "../media/loops.h"
#include "../media/mounts.h"
#include "../media/sysfs.h"
#include "direct.h"
#include "mapper_impl.h"

#define GONE_SECONDS 10
#define GONE_NS (GONE_SECONDS * UINT64_C(1000000000))

static void name_of(const char *uuid, char ret[WV__MAPPING_NAME])
{
	snprintf(ret, WV__MAPPING_NAME, "workvol-%.36s", uuid);
}

bool wv__mapper_available(enum wv__mapper_kind kind)
{
	switch (kind) {
	case WV__MAPPER_KERNEL:
		return wv__mapper_kernel_available();
	case WV__MAPPER_FUSE:
		return wv__mapper_fuse_available();
	case WV__MAPPER_AUTO:
		break;
	}
	return wv__mapper_kernel_available() || wv__mapper_fuse_available();
}

/* ---- is it mapped ------------------------------------------------------------------ */

/* 1 and the kind, 0, or a negative errno. */
static int is_mapping(const char *kname, const char *name, enum wv__mapper_kind *ret_kind)
{
	const bool dm = strncmp(kname, "dm-", 3) == 0;

	if (!dm && strncmp(kname, "loop", 4) != 0)
		return 0;
	*ret_kind = dm ? WV__MAPPER_KERNEL : WV__MAPPER_FUSE;
	return dm ? wv__mapper_kernel_is(kname, name) : wv__mapper_fuse_is(kname, name);
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int wv__mapper_find(struct wv_ctx *ctx, const char *name, enum wv__mapper_kind *ret_kind,
		    char ret_device[32])
{
	cleanup(dir_closep) DIR *blocks = opendir("/sys/block");
	struct dirent *entry = NULL;
	enum wv__mapper_kind kind;
	int r = 0;

	errno = blocks ? 0 : errno;
	while (r == 0 && blocks && (entry = readdir(blocks))) {
		r = is_mapping(entry->d_name, name, &kind);
		errno = 0;
	}
	if (r < 0 || (!entry && errno))
		return wv__fail_sys(ctx, r < 0 ? r : -errno, "cannot look through the block devices");
	if (r > 0) {
		snprintf(ret_device, 32, "/dev/%.24s", entry->d_name);
		*ret_kind = kind;
	}
	return r;
}

/* Does some serving process hold the container: 1, 0, or a negative errno. */
static int is_locked(struct wv_ctx *ctx, const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return wv__fail_sys(ctx, -errno, "cannot ask who holds %s", path);
	return lock.l_type != F_UNLCK;
}

/* Its process was killed, and a mount hangs on in front of nothing: 1, 0, or a negative errno. */
static int is_dead(struct wv_ctx *ctx, const char *device)
{
	cleanup_free void *block = wv__direct_buffer(WV__DIRECT_ALIGN);
	cleanup_close int fd = -1;
	struct stat st;
	bool direct;
	int r;

	if (stat(device, &st) < 0)
		return 0; /* it ended meanwhile */
	r = wv__mount_by_dev(ctx, st.st_rdev, false, NULL);
	if (r <= 0)
		return r;
	fd = block ? wv__direct_open(device, O_RDONLY, &direct) : -1;
	return fd >= 0 && pread(fd, block, WV__DIRECT_ALIGN, 0) < 0 && errno == EIO;
}

void wv__mapped_clear(struct wv__mapped *mapped)
{
	free(mapped->dir);
	mapped->dir = NULL;
}

static int describe(struct wv_ctx *ctx, enum wv__mapper_kind kind, const char *device,
		    struct wv__mapped *ret)
{
	cleanup_mount_info struct wv__mount_info mount = { 0 };
	cleanup_free char *dir = NULL;
	uint64_t read_only;
	struct stat st;
	int r;

	if (stat(device, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot stat %s", device);
	r = wv__sysfs_dir(st.st_rdev, &dir);
	if (r > 0)
		r = wv__sysfs_u64(dir, "ro", &read_only);
	if (r <= 0)
		return wv__fail_sys(ctx, r < 0 ? r : -ENODEV, "cannot tell what %s is", device);
	r = wv__mount_by_dev(ctx, st.st_rdev, false, &mount);
	if (r < 0)
		return r;
	ret->kind = kind;
	ret->read_only = read_only != 0;
	ret->dir = r > 0 ? take_ptr(mount.dir) : NULL;
	snprintf(ret->device, sizeof(ret->device), "%s", device);
	return 0;
}

int wv__map_find(struct wv_ctx *ctx, const char *path, const char *uuid, struct wv__mapped *ret)
{
	char name[WV__MAPPING_NAME];
	char device[32];
	enum wv__mapper_kind kind;
	int r;

	name_of(uuid, name);
	r = wv__mapper_find(ctx, name, &kind, device);
	if (r <= 0)
		return r;
	if (kind == WV__MAPPER_FUSE && path)
		r = is_locked(ctx, path);
	if (r == 0)
		r = is_dead(ctx, device);
	if (r <= 0 || !ret)
		return r;
	r = describe(ctx, kind, device, ret);
	return r < 0 ? r : 1;
}

struct ground {
	struct wv_ctx *ctx;
	const struct wv_device *dev;
};

/* A file is mapped by a loop device, whoever made that. */
static int is_loop_of(const struct ground *ground, const char *name)
{
	struct stat st;
	char loop[32];
	int n = -1;

	if (fstat(wv__device_fd(ground->dev), &st) < 0)
		return -errno;
	while ((n = wv__loop_find(ground->ctx, &st, n + 1)) >= 0) {
		snprintf(loop, sizeof(loop), "loop%d", n);
		if (strcmp(loop, name) == 0)
			return 1;
	}
	return n == -ENOENT ? 0 : n;
}

static int stands_on(void *data, const char *dir)
{
	const struct ground *ground = data;
	dev_t rdev;
	int r;

	if (!ground->dev->rdev)
		return is_loop_of(ground, wv__sysfs_name(dir));
	r = wv__sysfs_dev(dir, &rdev);
	return r <= 0 ? r : rdev == ground->dev->rdev;
}

int wv__mapped_on(struct wv_ctx *ctx, const struct wv__mapped *mapped, const struct wv_device *dev)
{
	struct ground ground = { ctx, dev };
	cleanup_free char *dir = NULL;
	struct stat st;
	int r;

	if (mapped->kind != WV__MAPPER_KERNEL)
		return 1; /* its owner's lock on this very file was asked */
	r = stat(mapped->device, &st) < 0 ? -errno : wv__sysfs_dir(st.st_rdev, &dir);
	if (r == 0)
		r = -ENODEV;
	if (r > 0)
		r = wv__sysfs_stack(dir, "slaves", stands_on, &ground);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot learn what %s lies on", mapped->device) : r;
}

static void nap(void)
{
	nanosleep(&(const struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

int wv__map_wait_gone(struct wv_ctx *ctx, const char *path, const char *uuid)
{
	const uint64_t end = wv__monotonic_ns() + GONE_NS;
	char name[WV__MAPPING_NAME];
	char device[32];
	enum wv__mapper_kind kind;

	name_of(uuid, name);
	while (wv__monotonic_ns() < end) {
		int r = wv__mapper_find(ctx, name, &kind, device);

		if (r == 0 && path)
			r = is_locked(ctx, path);
		if (r <= 0)
			return r;
		nap();
	}
	return wv__fail(ctx, -EBUSY, "volume %s is still in use", uuid);
}

/* ---- mapping -------------------------------------------------------------------------- */

/* 1: there is one, and it is somebody's; 0; or a negative errno. */
static int reap(struct wv_ctx *ctx, const char *name, char ret_device[32])
{
	enum wv__mapper_kind kind;
	int r;

	r = wv__mapper_find(ctx, name, &kind, ret_device);
	if (r > 0 && kind == WV__MAPPER_KERNEL &&
	    (wv__luks_deactivate(NULL, name, false) == 0 || wv__mapper_kernel_remove(name) == 0))
		return 0;
	return r;
}

int wv__map_reap(struct wv_ctx *ctx, const char *uuid)
{
	char name[WV__MAPPING_NAME];
	char device[32];
	int r;

	name_of(uuid, name);
	r = reap(ctx, name, device);
	return r < 0 ? r : 0;
}

static int check_free(struct wv_ctx *ctx, const char *name)
{
	char device[32];
	int r;

	r = reap(ctx, name, device);
	if (r <= 0)
		return r;
	return wv__fail(ctx, -EBUSY, "the volume is mapped already, as %s: workvol close", device);
}

static int choose(struct wv_ctx *ctx, enum wv__mapper_kind wanted, enum wv__mapper_kind *ret)
{
	if (wanted != WV__MAPPER_FUSE && wv__mapper_kernel_available())
		*ret = WV__MAPPER_KERNEL;
	else if (wanted != WV__MAPPER_KERNEL && wv__mapper_fuse_available())
		*ret = WV__MAPPER_FUSE;
	else
		return wv__fail(ctx, -EOPNOTSUPP, "%s",
				wanted == WV__MAPPER_KERNEL ? N_("this machine has no dm-crypt") :
				wanted == WV__MAPPER_FUSE ? N_("this machine has no FUSE or no loop devices") :
				N_("this machine has neither dm-crypt nor FUSE and loop devices"));
	return 0;
}

int wv__map(struct wv_ctx *ctx, const char *path, struct wv__luks *luks,
	    const struct wv_secret *key, const struct wv__map_opts *opts,
	    struct wv__mapping **ret_mapping)
{
	cleanup_mapping struct wv__mapping *mapping = calloc(1, sizeof(*mapping));
	int r;

	if (!mapping)
		return wv__fail_memory(ctx);
	mapping->fd = -1;
	mapping->sock = -1;
	mapping->read_only = opts->read_only;
	name_of(wv__luks_info(luks)->uuid, mapping->name);
	r = choose(ctx, opts->kind, &mapping->kind);
	if (r == 0)
		r = check_free(ctx, mapping->name);
	if (r < 0)
		return r;
	if (mapping->kind == WV__MAPPER_KERNEL)
		r = wv__mapper_kernel_map(ctx, luks, key, opts, mapping);
	else
		r = wv__mapper_fuse_map(ctx, path, luks, key, opts, mapping);
	if (r < 0)
		return r;
	*ret_mapping = take_ptr(mapping);
	return 0;
}

const char *wv__mapping_device(const struct wv__mapping *mapping)
{
	return mapping->device;
}

void wv__mapping_free(struct wv__mapping *mapping)
{
	if (!mapping)
		return;
	wv__closep(&mapping->fd);
	wv__closep(&mapping->sock);
	free(mapping->device);
	free(mapping);
}

void wv__mapping_freep(struct wv__mapping **mapping)
{
	wv__mapping_free(*mapping);
}

/* The serving process has closed its end, or the dm device is gone: 1, 0 not yet, or a negative errno. */
static int has_ended(struct wv_ctx *ctx, const struct wv__mapping *mapping)
{
	struct pollfd pfd = { .fd = mapping->sock, .events = POLLRDHUP };
	enum wv__mapper_kind kind;
	char device[32];
	int r;

	if (mapping->kind == WV__MAPPER_FUSE) {
		r = poll(&pfd, 1, 0);
		if (r < 0)
			return wv__fail_sys(ctx, -errno, "cannot wait for the mapper");
		return r;
	}
	r = wv__mapper_find(ctx, mapping->name, &kind, device);
	return r < 0 ? r : !r;
}

static int wait_end(struct wv_ctx *ctx, const struct wv__mapping *mapping)
{
	const uint64_t end = wv__monotonic_ns() + GONE_NS;

	while (wv__monotonic_ns() < end) {
		const int r = has_ended(ctx, mapping);

		if (r != 0)
			return r < 0 ? r : 0;
		nap();
	}
	return wv__fail(ctx, -EBUSY, "%s is still in use", mapping->device);
}

int wv__unmap(struct wv_ctx *ctx, struct wv__mapping *mapping)
{
	cleanup_mapping struct wv__mapping *own = mapping;

	/* Closing would write back too, but not tell of an error. */
	if (!own->read_only && fsync(own->fd) < 0)
		return wv__fail_sys(ctx, -errno, "cannot write back %s", own->device);
	close(own->fd);
	own->fd = -1;
	return wait_end(ctx, own);
}
