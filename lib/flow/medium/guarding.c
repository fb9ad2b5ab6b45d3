/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guarding.c - may a work volume that lies on a medium be overwritten
 */
#include "guarding.h"
#include "../takeout/takeout.h"

int wv__volume_may_go(void *station, const char *uuid)
{
	struct wv_station *st = station;
	cleanup_takeout struct wv__takeout *t = NULL;
	int r;

	r = wv__takeout_by_volume(st, uuid, &t);
	if (r == -ENOENT) {
		/* One that was never finished holds copies of its source only. */
		const int abandoned = wv__takeout_abandoned(st, uuid);

		return abandoned != 0 ? abandoned : r;
	}
	if (r < 0)
		return r;
	return wv__state_is_harmless(t->state) || t->state == WV__APPROVED;
}
