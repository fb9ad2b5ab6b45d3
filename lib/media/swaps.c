/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * swaps.c - what the kernel swaps to
 */
#include <fcntl.h>
#include <string.h>

#include "swaps.h"
#include "../base/fs.h"

#define SWAPS_MAX (64 * KiB)

static bool is_octal(const char *text)
{
	return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
	       text[2] >= '0' && text[2] <= '7';
}

/* The kernel writes blanks, newlines and backslashes of a name as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; to++) {
		if (*text == '\\' && is_octal(text + 1)) {
			*to = (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
}

/* A name that leads nowhere from here (deleted, another root) is no answer. */
static int is_same(const char *path, const struct stat *st)
{
	struct stat swap;

	if (stat(path, &swap) < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -errno;
	if (S_ISBLK(st->st_mode))
		return S_ISBLK(swap.st_mode) && swap.st_rdev == st->st_rdev;
	return swap.st_dev == st->st_dev && swap.st_ino == st->st_ino;
}

int wv__swaps_each(struct wv_ctx *ctx, const char *root, wv__swap_fn fn, void *data)
{
	cleanup_free char *name = wv__printf("%s/proc/swaps", root);
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	char *line, *rest;
	int r;

	if (!name)
		return wv__fail_memory(ctx);
	if (access(name, F_OK) < 0 && errno == ENOENT)
		return 0; /* a kernel without swap */
	r = wv__read_file(ctx, AT_FDCWD, name, SWAPS_MAX, &text);
	if (r < 0)
		return r;
	if (!text.data)
		return 0;
	strtok_r(text.data, "\n", &rest); /* the heading */
	while ((line = strtok_r(NULL, "\n", &rest))) {
		char *type = line + strcspn(line, " \t");

		if (*type)
			*type++ = '\0';
		type += strspn(type, " \t");
		type[strcspn(type, " \t")] = '\0';
		unescape(line);
		r = fn(data, line, type);
		if (r)
			return r;
	}
	return 0;
}

struct search {
	struct wv_ctx *ctx;
	const struct stat *st;
};

static int compare(void *data, char *path, const char *type)
{
	const struct search *search = data;
	const int r = is_same(path, search->st);

	(void)type;
	return r < 0 ? wv__fail_sys(search->ctx, r, "cannot look at the swap area %s", path) : r;
}

int wv__swaps_have(struct wv_ctx *ctx, const struct stat *st)
{
	struct search search = { ctx, st };

	return wv__swaps_each(ctx, "", compare, &search);
}
