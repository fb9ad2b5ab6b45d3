/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * holder.h - whose key signs in the holder's name
 */
#ifndef WV_HOLDER_H
#define WV_HOLDER_H

#include "takeout.h"

/**
 * wv__holder_signer() - the holder's own key, or the station's where the policy lets it
 * @sign_with: NULL: the station's
 * @ret_key: borrowed, for wv__sign_doc()
 *
 * Return: 0, -EPERM when the holder has to sign, -EKEYREJECTED for a key that
 * is not the one of the take-out record.
 */
int wv__holder_signer(struct wv__takeout *t, struct wv_doc *record, const char *sign_with,
		      const char **ret_key);

/* Those keys as a roster: the holder's in the record, and its station's where that may sign too. */
int wv__holder_roster(struct wv_ctx *ctx, struct wv_doc *record, bool station_too,
		      struct wv__roster **ret);

#endif
