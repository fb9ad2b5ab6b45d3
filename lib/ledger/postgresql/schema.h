/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * schema.h - the tables: made once, by whoever may
 */
#ifndef WV_SCHEMA_H
#define WV_SCHEMA_H

#include "connection.h"

/* Return: -ENOENT when they are not there. */
int pg_schema_find(struct wv_ctx *ctx, struct pg *pg);
/* Nothing happens when they are there: then no right to make them is needed. */
int pg_schema_make(struct wv_ctx *ctx, struct pg *pg);

#endif
