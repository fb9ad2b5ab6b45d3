/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * luks_header.h - the JSON area of a LUKS2 header: is it one of ours, what of
 * it is signed, what its tokens say. Pure: documents in, documents out.
 */
#ifndef WV_LUKS_HEADER_H
#define WV_LUKS_HEADER_H

#include "luks.h"

#define WV__LUKS_CIPHER "aes-xts-plain64"

/* -EBADMSG with the reason unless a volume made by us could look so. */
int wv__luks_header_check(struct wv_ctx *ctx, struct wv_doc *json, const char *path);

/* Offset, IV offset and sector size of the one segment; checked before. */
void wv__luks_header_geometry(struct wv_doc *json, struct wv__luks_info *ret);

/**
 * wv__luks_header_signed() - what the header digest is made of
 *
 * {"uuid"; "segments", "digests" and "tokens" as they are; "keyslots": of each
 * its "kdf" without the salt, and its "priority"}. With stock tools:
 *	cryptsetup luksDump --dump-json-metadata FILE | jq -cSj --arg u UUID
 *	'{uuid: $u, segments, digests, tokens, keyslots: (.keyslots |
 *	map_values({kdf: (.kdf | del(.salt)), priority: (.priority // 1)}))}'
 */
int wv__luks_header_signed(struct wv_ctx *ctx, struct wv_doc *json, const char *uuid,
			   struct wv_doc **ret);

/* What the tokens say of a keyslot: two_factor, salt, key_id. */
void wv__luks_header_slot(struct wv_doc *json, int slot, struct wv__luks_slot *ret);

int wv__luks_header_token(struct wv_ctx *ctx, const struct wv__luks_params *params,
			  struct wv_doc **ret_token);

#endif
