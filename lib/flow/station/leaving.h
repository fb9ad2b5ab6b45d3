/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leaving.h - the files that an operation will leave: their names, and whether
 * they can be written, asked before anything is touched
 */
#ifndef WV_LEAVING_H
#define WV_LEAVING_H

#include "../../base/ctx.h"

/**
 * wv__leaving_name() - the file's name, or one of several
 * @serial: NULL: the only one; else it is put before the suffix, as
 *	"map-SERIAL.svg", with what is no letter, digit, dot or dash replaced
 * @ret: free() it
 */
int wv__leaving_name(struct wv_ctx *ctx, const char *file, const char *serial, char **ret);

/**
 * wv__leaving_check() - can this file be put in place later?
 *
 * A regular file there will be replaced; a device, link or directory is not.
 *
 * Return: 0, -EISDIR, -EINVAL, or another negative errno, with its sentence.
 */
int wv__leaving_check(struct wv_ctx *ctx, const char *path);

#endif
