/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * glob.c - patterns for the files that may come into being in the field
 *
 * The pattern is run as a machine that is in several places at once: one set
 * of places a byte of the path. Nothing is tried twice, so no pattern is slow.
 */
#include <string.h>

#include "glob.h"

#define GLOB_MAX 1000

const char *wv__glob_fault(const char *glob)
{
	if (!*glob || *glob == '/')
		return C_("it", "is not a pattern for paths below the root");
	if (strlen(glob) > GLOB_MAX)
		return C_("it", "is longer than 1000 bytes");
	if (strpbrk(glob, "[]{}\\"))
		return C_("it", "holds one of [ ] { } \\, which have no meaning here");
	if (strstr(glob, "***"))
		return C_("it", "holds more than two * in a row");
	for (const unsigned char *p = (const unsigned char *)glob; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			return C_("it", "holds a control byte");
	}
	return NULL;
}

static bool is_double(const char *glob, size_t i)
{
	return glob[i] == '*' && glob[i + 1] == '*';
}

/* Be at place i, and wherever one gets from there without taking a byte. */
static void enter(const char *glob, bool *at, size_t i)
{
	for (;;) {
		at[i] = true;
		if (glob[i] != '*')
			return;
		/* "**" with its "/" is also no directory at all */
		if (is_double(glob, i) && glob[i + 2] == '/' && (i == 0 || glob[i - 1] == '/'))
			enter(glob, at, i + 3);
		i += is_double(glob, i) ? 2 : 1;
	}
}

/* All places after one more byte. */
static void step(const char *glob, size_t len, const bool *at, bool *next, char byte)
{
	memset(next, 0, len + 1);
	for (size_t i = 0; i < len; i++) {
		if (!at[i])
			continue;
		if (glob[i] == '*') {
			if (byte == '/' && !is_double(glob, i))
				continue;
			next[i] = true; /* not entered again: "no directory at all" is for the first time */
			enter(glob, next, i + 1 + is_double(glob, i));
		} else if (glob[i] == byte || (glob[i] == '?' && byte != '/')) {
			enter(glob, next, i + 1);
		}
	}
}

/* Run over dir, and over a "/" after it when below; is the end, or any place, reached? */
static bool run(const char *glob, const char *path, bool below)
{
	bool sets[2][GLOB_MAX + 1] = { 0 };
	const size_t len = strlen(glob), path_len = strlen(path);
	bool *at = sets[0], *next = sets[1];

	if (len > GLOB_MAX)
		return false;
	enter(glob, at, 0);
	for (size_t i = 0; i < path_len + below; i++) {
		bool *const was = at;

		step(glob, len, at, next, i < path_len ? path[i] : '/');
		at = next;
		next = was;
	}
	return below ? memchr(at, true, len) != NULL : at[len];
}

bool wv__glob_match(const char *glob, const char *path)
{
	return run(glob, path, false);
}

bool wv__glob_match_below(const char *glob, const char *dir)
{
	return run(glob, dir, true);
}
