/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * destination.h - the medium that a take-out is going to lie on
 */
#ifndef WV_DESTINATION_H
#define WV_DESTINATION_H

#include "../takeout/request.h"

/* Its identity: of the device as it is, or of the container file (size > 0) as it will be. */
int wv__destination(struct wv_ctx *ctx, const char *target, uint64_t size, struct wv_doc **ret);

/**
 * wv__destination_check() - may it be overwritten for this plan
 *
 * Asked before the approver is, so that nobody says yes to what is refused. The
 * parts below are asked again once the medium is held. Nothing is written. Return: 0; -ENOSPC; -EPERM
 * for another serial than --yes, or a work volume that is still needed; -EEXIST
 * for a container that is there; or as wv__guard().
 */
int wv__destination_check(struct wv_station *st, const struct wv__plan *plan);
/* Only that no container has the name yet: 0, -EEXIST. */
int wv__destination_free(struct wv_ctx *ctx, const struct wv__plan *plan);
/* Only the guard's part of it, of a device that is open. */
int wv__destination_guard(struct wv_station *st, const struct wv__plan *plan,
			  const struct wv_device *dev);

#endif
