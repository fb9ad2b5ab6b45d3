/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apart.h - what may not lie on one disk: source, key file, server and target
 */
#ifndef WV_APART_H
#define WV_APART_H

#include "../../media/device.h"
#include "../station/station.h"

/**
 * wv__keep_apart() - refuse a place that shares what it must not share
 * @what: "the key file", "the source", "the server"
 * @path: an existing file or directory
 * @target: a device; or NULL and @target_dir, the directory of a container
 *
 * One disk may carry all of it in a lab. Return: 0, -EPERM with a sentence.
 */
int wv__keep_apart(struct wv_station *st, const char *what, const char *path,
		   const struct wv_device *target, const char *target_dir);

/* -EINVAL when the file lies below the directory. Both exist, or the file's directory does. */
int wv__keep_outside(struct wv_ctx *ctx, const char *what, const char *file, const char *dir);

#endif
