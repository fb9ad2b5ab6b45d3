/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * direct.c - reading and writing past the page cache, where the file system
 * lets one; what a medium is called
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "direct.h"

int wv__direct_open(const char *path, int flags, bool *ret_direct)
{
	int fd = open(path, flags | O_CLOEXEC | O_DIRECT);

	if (fd >= 0) {
		*ret_direct = true;
		return fd;
	}
	if (errno != EINVAL) /* tmpfs before Linux 6.6 */
		return -errno;
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_direct = false;
	return fd;
}

void *wv__direct_buffer(size_t size)
{
	void *data = NULL;

	return posix_memalign(&data, WV__DIRECT_ALIGN, size) == 0 ? data : NULL;
}

void wv__medium_name(const char *path, char *ret, size_t size)
{
	const ssize_t len = strncmp(path, "/proc/self/fd/", 14) == 0 ? readlink(path, ret, size - 1) :
									-1;

	if (len > 0)
		ret[len] = '\0';
	else
		snprintf(ret, size, "%s", path);
}
