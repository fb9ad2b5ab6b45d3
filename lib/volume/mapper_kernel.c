/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapper_kernel.c - the mapping by dm-crypt
 *
 * libcryptsetup activates it; at once it is opened here and told to end with
 * its last user (deferred removal), so that a killed owner leaves nothing. For
 * a container file libcryptsetup makes a loop device that does the same. Until then
 * a child stands by, which ends the mapping when its owner is killed.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
	 * A dm device on its way out has lost its name first (EIO), then says EINVAL, and
	 * ENODEV at its very end. What lies below it is free only when its entry is gone, soon.
	 */
	for (int i = 0; (r == -EIO || r == -EINVAL) && i < 2000; i++) {
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

/* No allocation, no lock: it is called in a child too. A device that has no table yet is none to libcryptsetup. */
int wv__mapper_kernel_remove(const char *name)
{
	cleanup_close int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct dm_ioctl io = { .version = { 4, 0, 0 }, .data_size = sizeof(io), .data_start = sizeof(io) };

	if (fd < 0)
		return -errno;
	snprintf(io.name, sizeof(io.name), "%s", name);
	return ioctl(fd, DM_DEV_REMOVE, &io) < 0 ? -errno : 0;
}

#define REMOVE_NAPS 500 /* of 20 ms: udev may be looking at it */

static void remove_patiently(const char *name)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };

	for (int i = 0; i < REMOVE_NAPS && wv__mapper_kernel_remove(name) == -EBUSY; i++)
		nanosleep(&nap, NULL);
}

struct stand_by {
	pid_t pid;
	int sock; /* a byte goes in when the owner is through; its end is the owner's end */
};

/* The life of the child: it has nothing of its owner but the name; secrets do not come along (MADV_WIPEONFORK). */
static void stand_by(int sock, const char *name)
{
	ssize_t n;
	char through;

	dup2(sock, 0);
	close_range(1, ~0u, 0);
	do
		n = read(0, &through, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		remove_patiently(name);
	_exit(0);
}

static int stand_by_begin(struct wv_ctx *ctx, const char *name, struct stand_by *ret)
{
	int socks[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make a socket");
	ret->pid = fork();
	if (ret->pid == 0)
		stand_by(socks[1], name);
	close(socks[1]);
	ret->sock = socks[0];
	if (ret->pid > 0)
		return 0;
	close(ret->sock);
	return wv__fail_sys(ctx, -errno, "cannot start a process");
}

static void stand_by_end(const struct stand_by *by)
{
	send(by->sock, "", 1, MSG_NOSIGNAL);
	close(by->sock);
	while (waitpid(by->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int map(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
	       const struct wv__map_opts *opts, struct wv__mapping *mapping)
{
	int r, gone;

	r = wv__luks_activate(ctx, luks, mapping->name, key, opts->read_only);
	if (r < 0)
		return r;
	r = hold(ctx, opts, mapping);
	gone = wv__luks_deactivate(NULL, mapping->name, true);
	if (gone < 0 && gone != -ENODEV) { /* it would outlive us, and its key with it */
		wv__closep(&mapping->fd);
		mapping->fd = -1;
		remove_patiently(mapping->name);
	}
	if (r == 0 && gone < 0)
		return wv__fail_sys(ctx, gone, "cannot tie the mapping %s to its users", mapping->name);
	return r;
}

int wv__mapper_kernel_map(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
			  const struct wv__map_opts *opts, struct wv__mapping *mapping)
{
	struct stand_by by = { .sock = -1 };
	int r;

	r = stand_by_begin(ctx, mapping->name, &by);
	if (r < 0)
		return r;
	r = map(ctx, luks, key, opts, mapping);
	stand_by_end(&by);
	return r;
}
