/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs.c - what /sys says of block devices: attributes, the whole disk, and
 * the stack of devices above and below
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "sysfs.h"
#include "../base/buf.h"

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int wv__sysfs_dir(dev_t rdev, char **ret_dir)
{
	char link[64];
	char *dir;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(rdev), minor(rdev));
	dir = realpath(link, NULL);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	*ret_dir = dir;
	return 1;
}

const char *wv__sysfs_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

int wv__sysfs_attr(const char *dir, const char *name, char *buf, size_t size)
{
	cleanup_free char *path = wv__printf("%s/%s", dir, name);
	cleanup_close int fd = -1;
	char *end, *begin = buf;
	ssize_t n;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	end = buf + strlen(buf);
	while (end > buf && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	while (isspace((unsigned char)*begin))
		begin++;
	memmove(buf, begin, end - begin + 1);
	return *buf ? 1 : 0;
}

int wv__sysfs_u64(const char *dir, const char *name, uint64_t *ret)
{
	char text[32];
	const int r = wv__sysfs_attr(dir, name, text, sizeof(text));

	if (r > 0)
		*ret = strtoull(text, NULL, 10);
	return r;
}

int wv__sysfs_dev(const char *dir, dev_t *ret)
{
	unsigned int maj, min;
	char text[32];
	const int r = wv__sysfs_attr(dir, "dev", text, sizeof(text));

	if (r <= 0)
		return r;
	if (sscanf(text, "%u:%u", &maj, &min) != 2)
		return -EINVAL;
	*ret = makedev(maj, min);
	return 1;
}

int wv__sysfs_usb(const char *dir, char **ret_dir)
{
	cleanup_free char *at = strdup(dir);
	char text[32];
	char *slash;
	int r;

	if (!at)
		return -ENOMEM;
	for (; (slash = strrchr(at, '/')) && slash > at; *slash = '\0') {
		r = wv__sysfs_attr(at, "idVendor", text, sizeof(text));
		if (r > 0)
			*ret_dir = take_ptr(at);
		if (r)
			return r;
	}
	return 0;
}

/* Each entry below dir, without links. A device that vanishes meanwhile is none. */
static int each_entry(const char *dir, wv__sysfs_fn fn, void *data)
{
	cleanup(close_dirp) DIR *d = opendir(dir);
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while (!r) {
		cleanup_free char *entry = NULL, *real = NULL;
		const struct dirent *e;

		errno = 0;
		e = readdir(d);
		if (!e)
			return -errno;
		if (e->d_name[0] == '.')
			continue;
		entry = wv__printf("%s/%s", dir, e->d_name);
		if (!entry)
			return -ENOMEM;
		real = realpath(entry, NULL);
		if (!real && errno != ENOENT)
			return -errno;
		if (real)
			r = fn(data, real);
	}
	return r;
}

struct only_partitions {
	wv__sysfs_fn fn;
	void *data;
};

static int pass_partition(void *data, const char *dir)
{
	const struct only_partitions *only = data;
	uint64_t number;
	const int r = wv__sysfs_u64(dir, "partition", &number);

	return r <= 0 ? r : only->fn(only->data, dir);
}

int wv__sysfs_partitions(const char *dir, wv__sysfs_fn fn, void *data)
{
	struct only_partitions only = { fn, data };

	return each_entry(dir, pass_partition, &only);
}

int wv__sysfs_disks(wv__sysfs_fn fn, void *data)
{
	return each_entry("/sys/block", fn, data);
}

int wv__sysfs_stack(const char *dir, const char *link, wv__sysfs_fn fn, void *data)
{
	cleanup_free char *path = wv__printf("%s/%s", dir, link);

	return path ? each_entry(path, fn, data) : -ENOMEM;
}
