/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exemption.h - what the law's exemptions from a report ask, beside what is on record
 */
#ifndef WV_EXEMPTION_H
#define WV_EXEMPTION_H

#include "../../base/json.h"

/* @report: an incident report, its protection and its last known place filled in. */
int wv__incident_exemption(struct wv_ctx *ctx, struct wv_doc *report, struct wv_doc **ret);

#endif
