/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reread.h - read files back from the medium and hold them against a list
 */
#ifndef WV_REREAD_H
#define WV_REREAD_H

#include "files.h"

/**
 * wv__reread() - is every file of the list in this directory, as the list says?
 * @ret_bad: the first file that is not, borrowed from files; set with -EBADMSG only
 *
 * All that was written there is on the medium first, and no file is read from
 * the page cache. Links are not followed, mounts not entered.
 *
 * Return: 0; -EBADMSG with half a sentence ("is missing") about *ret_bad;
 * -ECANCELED; -EIO.
 */
int wv__reread(struct wv_ctx *ctx, int dir, const struct wv__files *files,
	       const struct wv__entry **ret_bad);

#endif
