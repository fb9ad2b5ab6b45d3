/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * swaps.c - what the kernel swaps to
 */
#include <fcntl.h>
#include <string.h>

#include "swaps.h"
#include "../base/fs.h"

#define SWAPS "/proc/swaps"
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

int wv__swaps_have(struct wv_ctx *ctx, const struct stat *st)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	char *line, *rest;
	int r;

	if (access(SWAPS, F_OK) < 0 && errno == ENOENT)
		return 0; /* a kernel without swap */
	r = wv__read_file(ctx, AT_FDCWD, SWAPS, SWAPS_MAX, &text);
	if (r < 0)
		return r;
	if (!text.data)
		return 0;
	strtok_r(text.data, "\n", &rest); /* the heading */
	while ((line = strtok_r(NULL, "\n", &rest))) {
		line[strcspn(line, " \t")] = '\0';
		unescape(line);
		r = is_same(line, st);
		if (r < 0)
			return wv__fail_sys(ctx, r, "cannot look at the swap area %s", line);
		if (r > 0)
			return 1;
	}
	return 0;
}
