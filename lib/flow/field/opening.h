/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opening.h - what `open` leaves behind, and how it is closed again
 */
#ifndef WV_OPENING_H
#define WV_OPENING_H

#include "../medium/subject.h"

/* Where `open` mounts when it is not told; free() it. NULL: no memory. */
char *wv__open_dir(const char *uuid);

/* Write back, unmount, and wait until neither mapping nor process is left. -EBUSY while files are open. */
int wv__close_volume(struct wv__subject *s, bool *ret_was_open);

#endif
