/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guarding.h - rule 7 of the protocol, for media's guard
 */
#ifndef WV_GUARDING_H
#define WV_GUARDING_H

#include "../station/station.h"

/* wv__guard_opts.volume_allowed, its data a struct wv_station: may a work volume be overwritten? */
int wv__volume_may_go(void *station, const char *uuid);

#endif
