/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.h - the rules that a take-out was approved under: the take-out record
 * binds them, and today's policy may only be stricter (protocol, rule 2)
 */
#ifndef WV_RULES_H
#define WV_RULES_H

#include "station.h"

/*
 * {"approval_hours","exposed_host","holder_signs","receipt_minutes","search_dirs",
 * "search_minutes","self_approval"} of the policy in force.
 */
int wv__rules(struct wv_station *st, struct wv_doc **ret);
/* Must the holder sign what is done in the holder's name? */
bool wv__rules_holder_signs(struct wv_doc *record);
/* 0; -EPERM naming the setting that is looser today than in the record. */
int wv__rules_hold(struct wv_station *st, struct wv_doc *record);

#endif
