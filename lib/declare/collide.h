/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * collide.h - names that another file system takes for one
 */
#ifndef WV_COLLIDE_H
#define WV_COLLIDE_H

#include "entries.h"

/*
 * Mark as unsafe every entry whose path is another's after Unicode case
 * folding and normalization (NFC), name by name; names that are not UTF-8 are
 * folded in ASCII only. 0 or -ENOMEM.
 */
int wv__collide(struct wv__entries *entries);

#endif
