/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incident_due.h - the lists of incidents: all, and those that the client has to be told of
 */
#ifndef WV_INCIDENT_DUE_H
#define WV_INCIDENT_DUE_H

#include "../station/station.h"

/* All of them, with their margin or overrun. */
int wv__incidents_list(struct wv_station *st, struct wv_doc **ret);
/**
 * wv__incidents_due() - those of which the client was not told yet
 * @warn: warn of each once when 30, 15 and 5 minutes are left, and when none is: it is
 *        recorded, and the sentence to say is its "warning"
 * @ret: array; of each "status" is "due", or "overrun" when the time has passed
 */
int wv__incidents_due(struct wv_station *st, bool warn, struct wv_doc **ret);

#endif
