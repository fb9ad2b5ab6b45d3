/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * laptop.h - a volume on the internal disk of the machine that it is used on:
 * what that machine may leave outside of the volume
 */
#ifndef WV_LAPTOP_H
#define WV_LAPTOP_H

#include "../takeout/request.h"

/**
 * wv__laptop_look() - what the machine may leave outside, and how it logs people in
 * @kind, @path: of a medium's identity; a container need not be there yet
 * @ret: docs/formats.md, "host"; NULL: it is no partition or container file of an internal disk
 */
int wv__laptop_look(struct wv_station *st, const char *kind, const char *path, struct wv_doc **ret);
/* Each of its warnings to the log. */
void wv__laptop_warn(struct wv_ctx *ctx, struct wv_doc *host);

/**
 * wv__laptop_check() - the same at prepare, into the plan
 *
 * Return: 0; -EPERM in a cloud-sync folder (R7), or where the machine is exposed
 * and the policy refuses that; or another negative errno.
 */
int wv__laptop_check(struct wv_station *st, struct wv__plan *plan);

#endif
