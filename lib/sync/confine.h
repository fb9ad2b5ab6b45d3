/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * confine.h - this process, and what it becomes, writes below one directory only
 */
#ifndef WV_CONFINE_H
#define WV_CONFINE_H

#include "../base/ctx.h"

/**
 * wv__confine_writes() - from now on nothing is written outside @dir
 *
 * By Landlock (Linux 5.19 and later). It cannot be undone. Return: 0, also
 * where the kernel does not have it (logged: it is a second fence, not the
 * first), or a negative errno.
 */
int wv__confine_writes(struct wv_ctx *ctx, int dir);

#endif
