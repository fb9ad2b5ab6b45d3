/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * holder.c - whose key signs in the holder's name
 */
#include <string.h>

#include "field.h"
#include "holder.h"
#include "../trust/keys.h"

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
		/* the home's policy may let its station sign for the holder; another's may not */
		if (st->policy->holder_signature == WV__HOLDER_REQUIRED || wv__field_is_guest(t))
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
