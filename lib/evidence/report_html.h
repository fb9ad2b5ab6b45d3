/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_html.h - a report as one HTML page that needs nothing else: no script,
 * no font, no picture from anywhere
 *
 * It is well-formed XML too, fits 375 pixels, prints on A4, and says in shapes and
 * words what it says in colours.
 */
#ifndef WV_REPORT_HTML_H
#define WV_REPORT_HTML_H

#include "markup.h"
#include "../base/json.h"

/* free() it. -EBADMSG when it is no report. */
int wv__report_html(struct wv_ctx *ctx, struct wv_doc *report, enum wv__lang lang, char **ret_text);

/* Its take-outs over the period, a row for each holder (report_timeline.c). */
int wv__report_timeline(struct wv_ctx *ctx, struct wv__markup *m, struct wv_doc *report);

#endif
