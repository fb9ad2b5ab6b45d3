/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger_uri.h - the URI of a shared ledger: it is printed, hashed and recorded, so
 * there is no secret in it; the room's own
 */
#ifndef WV_LEDGER_URI_H
#define WV_LEDGER_URI_H

#include "../base/ctx.h"

bool wv__ledger_uri_is(const char *value);
/* Return: -EINVAL with a sentence that names the setting only. */
int wv__ledger_uri_check(struct wv_ctx *ctx, const char *key, const char *uri);

#endif
