/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_kernel.c - the mapping by dm-crypt
 *
 * libcryptsetup activates it; at once it is opened here and told to end with
 * its last user (deferred removal), so that a killed owner leaves nothing. For
 * a container file libcryptsetup makes a loop device that does the same.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "../media/sysfs.h"
#include "mapper_impl.h"

/* Asking for the target's version makes the kernel load its module, as nothing else short of a table does. */
bool wv__mapper_kernel_available(void)
{
	cleanup_close int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	union {
		struct dm_ioctl io;
		char room[1024]; /* for the answer */
	} ask = { .io = { .version = { 4, 0, 0 }, .name = "crypt" } };

	if (fd < 0)
		return false;
	ask.io.data_size = sizeof(ask);
	ask.io.data_start = sizeof(ask.io);
	return ioctl(fd, DM_GET_TARGET_VERSION, &ask) == 0;
}

int wv__mapper_kernel_is(const char *kname, const char *name)
{
	char path[64], found[128];
	int r;

	snprintf(path, sizeof(path), "/sys/block/%.32s", kname);
	r = wv__sysfs_attr(path, "dm/name", found, sizeof(found));
	/*
	 * A dm device on its way out says EINVAL, and ENODEV at its very end.
	 * What lies below it is free only when its entry is gone, soon.
	 */
	for (int i = 0; r == -EINVAL && i < 2000; i++) {
		nanosleep(&(const struct timespec){ .tv_nsec = 1000 * 1000 }, NULL);
		r = wv__sysfs_attr(path, "dm/name", found, sizeof(found));
	}
	if (r <= 0)
		return r == -ENODEV ? 0 : r;
	return strcmp(found, name) == 0;
}

static int hold(struct wv_ctx *ctx, const struct wv__map_opts *opts, struct wv__mapping *mapping)
{
	enum wv__mapper_kind kind;
	char device[32];
	int r;

	r = wv__mapper_find(ctx, mapping->name, &kind, device);
	if (r < 0)
		return r;
	if (r == 0)
		return wv__fail(ctx, -ENODEV, "the mapping %s is gone again", mapping->name);
	mapping->device = strdup(device);
	if (!mapping->device)
		return wv__fail_memory(ctx);
	mapping->fd = open(device, (opts->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (mapping->fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", device);
	return 0;
}

int wv__mapper_kernel_map(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
			  const struct wv__map_opts *opts, struct wv__mapping *mapping)
{
	int r, gone;

	r = wv__luks_activate(ctx, luks, mapping->name, key, opts->read_only);
	if (r < 0)
		return r;
	r = hold(ctx, opts, mapping);
	gone = wv__luks_deactivate(NULL, mapping->name, true);
	if (r == 0 && gone < 0)
		return wv__fail_sys(ctx, gone, "cannot tie the mapping %s to its users", mapping->name);
	return r;
}
