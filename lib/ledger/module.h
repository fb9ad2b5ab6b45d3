/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * module.h - stores that are loaded when they are asked for
 */
#ifndef WV_MODULE_H
#define WV_MODULE_H

#include "store.h"

/* Of the same build, installed beside us. Return: -ENOENT, -EPERM when others may write it,
 * -EINVAL. */
int wv__module_load(struct wv_ctx *ctx, const char *name, const struct wv__store_ops **ret);

#endif
