/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * holder.c - whose key signs in the holder's name
 */
#include <string.h>

#include "holder.h"
#include "../station/rules.h"
#include "../../trust/keys.h"
#include "../../trust/namespaces.h"

int wv__holder_signer(struct wv__takeout *t, struct wv_doc *record, const char *sign_with,
		      const char **ret_key)
{
	struct wv_station *st = t->st;
	struct wv_doc *holder = wv_doc_get(record, "holder");
	const char *expected = wv_doc_str(holder, "fingerprint");
	cleanup_free char *public = NULL;
	cleanup_free char *fingerprint = NULL;
	int r;

	if (!sign_with) {
		/* the home's policy, then and now, may let its station sign for the holder; another's may not */
		if (st->policy->holder_signature == WV__HOLDER_REQUIRED || wv__takeout_is_guest(t) ||
		    wv__rules_holder_signs(record))
			return wv__fail(st->ctx, -EPERM, "the holder %s signs this: give --sign-with",
					wv_doc_str(holder, "name"));
		*ret_key = st->policy->station_key;
		return 0;
	}
	r = wv__key_public(st->ctx, sign_with, &public);
	if (r < 0)
		return r;
	r = wv__key_fingerprint(st->ctx, public, &fingerprint);
	if (r < 0)
		return r;
	if (!expected || strcmp(fingerprint, expected) != 0)
		return wv__fail(st->ctx, -EKEYREJECTED, "%s is not the key of the holder %s", sign_with,
				wv_doc_str(holder, "name"));
	*ret_key = sign_with;
	return 0;
}

int wv__holder_roster(struct wv_ctx *ctx, struct wv_doc *record, bool station_too,
		      struct wv__roster **ret)
{
	static const char *const namespaces[] = { WV_NS_HOLDER, NULL };
	const char *holder = wv_doc_str(wv_doc_get(record, "holder"), "key");
	const char *station = wv_doc_str(wv_doc_get(record, "station"), "key");
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r = 0;

	if (holder)
		r = wv__roster_line(ctx, "holder", holder, namespaces, 0, UINT64_MAX, &text);
	if (r == 0 && station_too && station && (!holder || strcmp(holder, station) != 0))
		r = wv__roster_line(ctx, "station", station, namespaces, 0, UINT64_MAX, &text);
	if (r < 0)
		return r;
	return wv__roster_parse(ctx, wv__buf_str(&text), text.len, "the take-out record's keys", ret);
}
