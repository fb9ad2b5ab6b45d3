/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provision.h - make the volume and carry the declared data onto it, or leave
 * nothing of it behind
 */
#ifndef WV_PROVISION_H
#define WV_PROVISION_H

#include "../takeout/request.h"
#include "../takeout/takeout_record.h"

#define cleanup_provision cleanup(wv__provision_clear)
void wv__provision_clear(struct wv__provision *p);

/**
 * wv__provision() - from the approved plan to a whole, closed, verified volume
 *
 * PROVISIONING is in the ledger before the first byte is overwritten; what a
 * killed run left is removed first; after a failure the keys of what was begun
 * are destroyed and ABANDONED is recorded.
 */
int wv__provision(struct wv__takeout *t, const struct wv__plan *plan, struct wv__provision *ret);

#endif
