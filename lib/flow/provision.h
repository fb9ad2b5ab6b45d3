/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provision.h - make the volume and carry the declared data onto it, or leave
 * nothing of it behind
 */
#ifndef WV_PROVISION_H
#define WV_PROVISION_H

#include "request.h"
#include "subject.h"

struct wv__provision {
	struct wv_doc *target;       /* identity of the medium as provisioned */
	struct wv_doc *extents;      /* array, or NULL: cannot be compared */
	char volume[37];             /* UUID */
	char header[65];             /* header digest */
	char key_id[33];
	char fs[32];                 /* that a container lies on; "" a device */
	uint64_t data_offset;
	bool erased;                 /* the previous contents were overwritten and verified */
};

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
