/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strip.h - the surface of a medium as it was wiped: a picture
 */
#ifndef WV_STRIP_H
#define WV_STRIP_H

#include "../base/json.h"

/**
 * wv__strip_svg() - draw the rate over the surface, and the bad ranges
 * @result: of wv__wipe_run() with WV_WIPE_MAP
 * @ret_text: an SVG 1.1 document that needs nothing else; free() it
 *
 * A row for each pass that has "cells": MB/s (10^6 bytes a second) in equal
 * parts of the wiped range, by offset; light is fast, so that it reads without
 * colours too. A cell that is 0, or no rate that a medium can have, was not
 * reached. The names in it may hold anything.
 *
 * Return: 0, -ENODATA when no pass has cells, -ENOMEM.
 */
int wv__strip_svg(struct wv_ctx *ctx, struct wv_doc *result, char **ret_text);

#endif
