/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftover.h - what of the declared content lies elsewhere on the machine whose
 * own disk the volume is on
 */
#ifndef WV_LEFTOVER_H
#define WV_LEFTOVER_H

#include "homecoming.h"

/**
 * wv__leftover() - search the holder's home and the temporary directories, into h->copies
 *
 * Return: 0, nothing was found, or it is known (WV_RETURN_COPIES_KNOWN); -EPERM with
 * what was found; or another negative errno.
 */
int wv__leftover(struct wv__homecoming *h);
/* For the certificate: what the search of this take-out's return does not show; free it. NULL: no search. */
int wv__leftover_not_proven(struct wv_ctx *ctx, struct wv_doc *copies, struct wv_doc **ret);

#endif
