/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing.c - does what lies on a device, or at a path, lie there encrypted
 */
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "host.h"
#include "../media/sysfs.h"

#define DEPTH_MAX 8

struct stack {
	const char *root;
	int depth;
	int worst;
};

const char *wv__standing_name(enum wv__standing standing)
{
	static const char *const names[] = { "off", "memory", "encrypted", "unknown", "clear" };

	return names[standing];
}

static int standing_of_dir(const char *root, const char *dir, int depth);

static int see_below(void *data, const char *dir)
{
	struct stack *stack = data;
	const int r = standing_of_dir(stack->root, dir, stack->depth + 1);

	if (r > stack->worst)
		stack->worst = r;
	return r < 0 ? r : 0;
}

/* Compressed memory; a device behind it takes what does not compress. */
static int zram(const char *root, const char *dir, int depth)
{
	char backing[PATH_MAX];
	cleanup_free char *below = NULL;
	const int r = wv__sysfs_attr(dir, "backing_dev", backing, sizeof(backing));

	if (r <= 0 || strcmp(backing, "none") == 0)
		return r < 0 ? r : WV__MEMORY;
	below = wv__printf("%s/sys/class/block/%s", root, wv__sysfs_name(backing));
	return below ? standing_of_dir(root, below, depth + 1) : -ENOMEM;
}

/* One that is dm-crypt, or stands on such only: LVM on LUKS, a partition's own mapping. */
static int standing_of_dir(const char *root, const char *dir, int depth)
{
	struct stack stack = { .root = root, .depth = depth, .worst = WV__OFF };
	char text[PATH_MAX];
	int r;

	if (depth > DEPTH_MAX || access(dir, F_OK) < 0)
		return WV__UNKNOWN;
	r = wv__sysfs_attr(dir, "dm/uuid", text, sizeof(text));
	if (r < 0)
		return r;
	if (r > 0 && strncmp(text, "CRYPT-", 6) == 0)
		return WV__ENCRYPTED;
	if (strncmp(wv__sysfs_name(dir), "zram", 4) == 0)
		return zram(root, dir, depth);
	r = wv__sysfs_attr(dir, "loop/backing_file", text, sizeof(text));
	if (r != 0)
		return r < 0 ? r : wv__standing_of_path(root, text);
	r = wv__sysfs_stack(dir, "slaves", see_below, &stack);
	if (r < 0)
		return r;
	return stack.worst == WV__OFF ? WV__CLEAR : stack.worst;
}

int wv__standing_of(const char *root, const char *kname)
{
	cleanup_free char *dir = wv__printf("%s/sys/class/block/%s", root, kname);

	return dir ? standing_of_dir(root, dir, 0) : -ENOMEM;
}

static bool is_memory(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

int wv__standing_of_path(const char *root, const char *path)
{
	cleanup_free char *name = wv__printf("%s%s", root, path);
	cleanup_free char *dir = NULL;
	const size_t least = strlen(root);
	struct stat st;

	if (!name)
		return -ENOMEM;
	while (stat(name, &st) < 0) {
		char *slash = strrchr(name, '/');

		if (errno != ENOENT && errno != ENOTDIR) /* a loop of links, a dead mount: told by nothing */
			return wv__host_lacks(-errno) ? -errno : WV__UNKNOWN;
		if (!slash || slash < name + least || !strcmp(slash, "/"))
			return WV__UNKNOWN;
		slash[slash == name] = '\0'; /* "/" at last */
	}
	dir = wv__printf("%s/sys/dev/block/%u:%u", root, major(st.st_dev), minor(st.st_dev));
	if (!dir)
		return -ENOMEM;
	if (access(dir, F_OK) < 0) /* memory, the network, btrfs: no device of that number */
		return is_memory(name) ? WV__MEMORY : WV__UNKNOWN;
	return standing_of_dir(root, dir, 0);
}
