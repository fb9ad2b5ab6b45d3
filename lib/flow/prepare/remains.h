/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remains.h - what a provisioning that did not end has left
 */
#ifndef WV_REMAINS_H
#define WV_REMAINS_H

#include "../takeout/takeout.h"

/* A container grows under this name, which nobody else uses, and gets its own when it is whole. NULL: no memory. */
char *wv__part_path(const char *path, const char *uuid);

/*
 * Destroy the keys of what PROVISIONING began, remove its container, record
 * ABANDONED. Nothing was begun: 0.
 */
int wv__remains_remove(struct wv__takeout *t);

/* The same after a failure r. Return: r, with the sentence that it had. */
int wv__remains_failed(struct wv__takeout *t, const char *target, int r);

#endif
