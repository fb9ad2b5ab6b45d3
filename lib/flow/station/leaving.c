/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leaving.c - the files that an operation will leave: their names, and whether
 * they can be written, asked before anything is touched
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "leaving.h"
#include "../../base/buf.h"
#include "../../base/fs.h"

int wv__leaving_name(struct wv_ctx *ctx, const char *file, const char *serial, char **ret)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	const char *dot = strrchr(base, '.');
	const size_t stem = dot && dot > base ? (size_t)(dot - file) : strlen(file);
	cleanup_free char *safe = strdup(serial ? serial : "");
	char *name;

	if (!safe)
		return wv__fail_memory(ctx);
	for (char *c = safe; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
			*c = '_'; /* a serial is the device's word, not a path */
	name = serial ? wv__printf("%.*s-%s%s", (int)stem, file, safe, file + stem) : strdup(file);
	if (!name)
		return wv__fail_memory(ctx);
	*ret = name;
	return 0;
}

int wv__leaving_check(struct wv_ctx *ctx, const char *path)
{
	cleanup_free char *trial = wv__printf("%s.XXXXXX", path);
	cleanup_close int fd = -1;
	struct stat st;

	if (!trial)
		return wv__fail_memory(ctx);
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ?
			       wv__fail(ctx, -EISDIR, "%s is a directory", path) :
			       wv__fail(ctx, -EINVAL, "%s is there and no regular file", path);
	/* Not access(2): only writing tells what a file system allows. */
	fd = mkostemp(trial, O_CLOEXEC);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot write %s", path);
	unlink(trial);
	return 0;
}
