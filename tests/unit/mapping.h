/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapping.h - a mapped work volume, for tests
 */
#ifndef TEST_MAPPING_H
#define TEST_MAPPING_H

#include <sys/stat.h>
#include <sys/wait.h>

#include "../../lib/volume/mapper.h"
#include "volume.h"

static inline int map_with(const char *path, const struct factors *f,
			   const struct wv__map_opts *opts, struct wv__mapping **ret)
{
	cleanup_luks struct wv__luks *luks = open_volume(path);
	cleanup_secret struct wv_secret *key = NULL;

	ck_assert_int_eq(wv__luks_volume_key(ctx, luks, 0, f->derived, &key), 0);
	return wv__map(ctx, path, luks, key, opts, ret);
}

static inline int try_map(const char *path, const struct factors *f, struct wv__mapping **ret)
{
	return map_with(path, f, &(const struct wv__map_opts){ .kind = WV__MAPPER_FUSE }, ret);
}

static inline struct wv__mapping *map_volume(const char *path, const struct factors *f,
					     bool read_only, bool persistent)
{
	const struct wv__map_opts opts = { .kind = WV__MAPPER_FUSE, .read_only = read_only,
					   .persistent = persistent };
	struct wv__mapping *mapping = NULL;

	ck_assert_msg(map_with(path, f, &opts, &mapping) == 0, "%s", wv_ctx_error(ctx));
	return mapping;
}

static inline int mapped(const char *path, const struct factors *f)
{
	return wv__map_find(ctx, path, f->uuid, NULL);
}

/* 0 once it is mapped no more: that takes five seconds, and more on a slow machine. */
static inline int looks_until_gone(const char *path, const struct factors *f)
{
	int r = 1;

	for (int look = 0; look < 1000 && r == 1; look++) {
		usleep(50000);
		r = mapped(path, f);
	}
	return r;
}

static inline char *make_dir(const char *name)
{
	char *path = test_path(name);

	ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
	return path;
}

/* A child's exit status, or 128 + the signal that ended it. */
static inline int end_of(pid_t child)
{
	int status = 0;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
