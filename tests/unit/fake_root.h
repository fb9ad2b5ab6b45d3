/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_root.h - a directory that stands for another machine's "/"
 */
#ifndef TEST_FAKE_ROOT_H
#define TEST_FAKE_ROOT_H

#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "support.h"
#include "../../lib/base/util.h"
#include "../../lib/base/json.h"

/* test_dir()/NAME, new each time; in a buffer of its own. */
static inline const char *fake_root(void)
{
	static char root[256];
	static int n;

	snprintf(root, sizeof(root), "%s/root%d-%d", test_dir(), (int)getpid(), n++);
	ck_assert_int_eq(mkdir(root, 0755), 0);
	return root;
}

/* Put a file there, and the directories above it; NULL: the directory alone. */
static inline void put(const char *root, const char *path, const char *text)
{
	char name[4096];
	FILE *out;

	snprintf(name, sizeof(name), "%s%s", root, path);
	for (char *c = name + strlen(root) + 1; *c; c++)
		if (*c == '/') {
			*c = '\0';
			ck_assert_msg(mkdir(name, 0755) == 0 || errno == EEXIST, "%s: %m", name);
			*c = '/';
		}
	if (!text) {
		ck_assert_msg(mkdir(name, 0755) == 0 || errno == EEXIST, "%s: %m", name);
		return;
	}
	out = fopen(name, "we");
	ck_assert_msg(out != NULL, "%s: %m", name);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

#endif
