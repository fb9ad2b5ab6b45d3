/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copies.h - declared content that lies outside of the volume
 */
#ifndef WV_COPIES_H
#define WV_COPIES_H

#include "../declare/declaration.h"
#include "../base/json.h"

struct wv__copies_search {
	const struct wv__declaration *decl;
	const char *const *dirs;   /* absolute, ended by NULL; one inside of one before it is not searched twice */
	const char *const *except; /* not entered: the server's, for instance; ended by NULL, or NULL */
	uint64_t entries;          /* at most so many files and directories */
	uint64_t seconds;          /* and for so long */
};

/**
 * wv__copies() - the files below some directories that have the content of a declared one
 * @ret: {"found": [{"path","declared","size"}], "found_count", "not_searched": [{"path","why"}],
 *	"not_searched_count", "searched": [DIR], "entries", "hashed"}; the lists are cut, the counts are not
 *
 * By size, then by SHA-256; empty files are alike everywhere and do not count.
 * Links are not followed, mounts not entered. What cannot be read, and what the
 * limits leave out, is told. Nothing in the directories makes it fail.
 *
 * Return: 0, -ECANCELED, or a negative errno of this machine.
 */
int wv__copies(struct wv_ctx *ctx, const struct wv__copies_search *search, struct wv_doc **ret);

#endif
