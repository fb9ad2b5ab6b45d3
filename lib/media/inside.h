/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inside.h - the work volumes that lie as files on a file system nobody has
 * mounted
 */
#ifndef WV_INSIDE_H
#define WV_INSIDE_H

#include "probe.h"
#include "sig.h"

/* Is this a file system that can be looked through. */
bool wv__inside_knows(const char *type);

/**
 * wv__inside_each() - look through one file system
 * @where: what it is called in messages
 *
 * Mounted on a read-only loop device, so that not even the kernel's recovery
 * can write; attached to no directory, so that nobody sees it; by a child, so
 * that neither a wedged disk nor a damaged file system holds us up. What
 * cannot be mounted, or takes too long, is a warning in the log.
 *
 * Return: 0; what fn returned, if not 0; or a negative errno.
 */
int wv__inside_each(struct wv_ctx *ctx, const struct wv_device *dev,
		    const struct wv__region *region, const char *where,
		    int (*fn)(void *data, const struct wv__volume_sig *sig), void *data);

#endif
