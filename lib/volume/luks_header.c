/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * luks_header.c - the JSON area of a LUKS2 header: is it one of ours, what of
 * it is signed, what its tokens say. The header is checksummed, not
 * authenticated: whoever had the medium may have written it.
 */
#include <stdio.h>
#include <string.h>

#include "../base/crypto.h"
#include "luks_header.h"

#define TOKEN_VERSION 1

static bool is_text(struct wv_doc *doc, const char *key, const char *text)
{
	const char *value = wv_doc_str(doc, key);

	return value && strcmp(value, text) == 0;
}

/* LUKS2 writes 64-bit numbers as strings. */
static bool is_number(struct wv_doc *doc, const char *key)
{
	const char *value = wv_doc_str(doc, key);

	return value && *value && strspn(value, "0123456789") == strlen(value);
}

static uint64_t number(struct wv_doc *doc, const char *key)
{
	return strtoull(wv_doc_str(doc, key), NULL, 10);
}

/* Keyslots and tokens are named by their number, "0" to "31"; the library has checked that. */
static struct wv_doc *numbered(struct wv_doc *map, int n)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", n);
	return wv_doc_get(map, name);
}

static struct wv_doc *segment(struct wv_doc *json)
{
	return wv_doc_get(wv_doc_get(json, "segments"), "0");
}

static const char *segment_objection(struct wv_doc *json)
{
	struct wv_doc *data = segment(json);
	const uint64_t sector = wv_doc_u64(data, "sector_size");

	if (wv_doc_count(wv_doc_get(json, "segments")) != 1 || !is_text(data, "type", "crypt"))
		return N_("its data is not one encrypted segment");
	if (!is_text(data, "encryption", WV__LUKS_CIPHER))
		return N_("its cipher is not aes-xts-plain64"); /* WV__LUKS_CIPHER */
	if (wv_doc_get(data, "integrity") || wv_doc_get(data, "flags"))
		return N_("its data segment has an integrity layer or flags");
	if (!is_number(data, "offset") || !is_number(data, "iv_tweak") ||
	    number(data, "offset") == 0 || number(data, "offset") % 4096 != 0)
		return N_("its data segment has no sound place");
	if (sector != 512 && sector != 4096)
		return N_("its sector size is neither 512 nor 4096");
	return NULL;
}

/* A keyslot under a null cipher would hold the volume's key in the clear. */
static const char *keyslots_objection(struct wv_doc *json)
{
	struct wv_doc *slots = wv_doc_get(json, "keyslots");

	for (int i = 0; i < WV__LUKS_SLOTS; i++) {
		struct wv_doc *slot = numbered(slots, i);
		struct wv_doc *area = wv_doc_get(slot, "area");

		if (!slot)
			continue;
		if (!is_text(area, "encryption", WV__LUKS_CIPHER) ||
		    wv_doc_u64(area, "key_size") != WV__VOLUME_KEY_SIZE)
			return N_("a keyslot's cipher is not aes-xts-plain64 with 512 bits");
		if (wv_doc_u64(slot, "key_size") != WV__VOLUME_KEY_SIZE)
			return N_("a keyslot's key has not 512 bits");
	}
	return NULL;
}

/* Flags would be obeyed at activation (allow-discards), and no digest covers them. */
static const char *config_objection(struct wv_doc *json)
{
	struct wv_doc *config = wv_doc_get(json, "config");

	if (wv_doc_count(wv_doc_get(config, "flags")) > 0)
		return N_("its header carries flags");
	if (wv_doc_get(config, "requirements"))
		return N_("its header carries requirements");
	return NULL;
}

int wv__luks_header_check(struct wv_ctx *ctx, struct wv_doc *json, const char *path)
{
	const char *objection = segment_objection(json);

	if (!objection)
		objection = keyslots_objection(json);
	if (!objection)
		objection = config_objection(json);
	if (objection)
		return wv__fail(ctx, -EBADMSG, "%s is no sound work volume: %s", path, objection);
	return 0;
}

void wv__luks_header_geometry(struct wv_doc *json, struct wv__luks_info *ret)
{
	struct wv_doc *data = segment(json);

	ret->data_offset = number(data, "offset");
	ret->iv_offset = number(data, "iv_tweak");
	ret->sector_size = wv_doc_u64(data, "sector_size");
}

/* ---- what is signed ------------------------------------------------------------ */

/* Type and costs of the key derivation, and the priority (absent: 1, "normal"). */
static int signed_keyslot(struct wv_ctx *ctx, struct wv_doc *slot, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *kdf = NULL;
	int r;

	r = wv__doc_copy(ctx, wv_doc_get(slot, "kdf"), &kdf);
	if (r < 0)
		return r;
	wv__doc_remove(kdf, "salt");
	return wv__doc_build(ctx, ret, M_DOC("kdf", kdf),
			     M_U64("priority", wv_doc_get(slot, "priority") ?
						       wv_doc_u64(slot, "priority") :
						       1));
}

static int signed_keyslots(struct wv_ctx *ctx, struct wv_doc *json, struct wv_doc **ret)
{
	struct wv_doc *slots = wv_doc_get(json, "keyslots");
	cleanup_doc struct wv_doc *all = NULL;
	int r;

	r = wv__doc_build_list(ctx, &all, &(const struct wv__member){ .kind = WV__END });
	for (int i = 0; r == 0 && i < WV__LUKS_SLOTS; i++) {
		cleanup_doc struct wv_doc *one = NULL;
		char name[16];

		if (!numbered(slots, i))
			continue;
		snprintf(name, sizeof(name), "%d", i);
		r = signed_keyslot(ctx, numbered(slots, i), &one);
		if (r == 0)
			r = wv__doc_set(ctx, all, M_DOC(name, one));
	}
	if (r < 0)
		return r;
	*ret = take_ptr(all);
	return 0;
}

int wv__luks_header_signed(struct wv_ctx *ctx, struct wv_doc *json, const char *uuid,
			   struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *keyslots = NULL;
	int r;

	r = signed_keyslots(ctx, json, &keyslots);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret, M_STR("uuid", uuid),
			     M_DOC("segments", wv_doc_get(json, "segments")),
			     M_DOC("keyslots", keyslots),
			     M_DOC("digests", wv_doc_get(json, "digests")),
			     M_DOC("tokens", wv_doc_get(json, "tokens")));
}

/* ---- the token ------------------------------------------------------------------- */

int wv__luks_header_token(struct wv_ctx *ctx, const struct wv__luks_params *params,
			  struct wv_doc **ret_token)
{
	cleanup_doc struct wv_doc *keyslots = NULL;
	cleanup_doc struct wv_doc *factors = NULL;
	cleanup_free char *salt = wv__base64(params->salt, WV__SALT_SIZE);
	int r;

	if (!salt)
		return wv__fail_memory(ctx);
	r = wv__doc_array(ctx, &keyslots);
	if (r == 0)
		r = wv__doc_append_str(ctx, keyslots, "0");
	if (r == 0)
		r = wv__doc_array(ctx, &factors);
	if (r == 0)
		r = wv__doc_append_str(ctx, factors, "key-file");
	if (r == 0)
		r = wv__doc_append_str(ctx, factors, "passphrase");
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_token, M_STR("type", WV__TOKEN_TYPE),
			     M_DOC("keyslots", keyslots), M_U64("version", TOKEN_VERSION),
			     M_STR("salt", salt), M_DOC("factors", factors),
			     M_STR("key_id", params->key_id));
}

static bool holds(struct wv_doc *array, const char *text)
{
	for (size_t i = 0; i < wv_doc_count(array); i++) {
		const char *item = wv_doc_str_at(array, i);

		if (item && strcmp(item, text) == 0)
			return true;
	}
	return false;
}

static bool read_token(struct wv_doc *token, struct wv__luks_slot *ret)
{
	struct wv_doc *factors = wv_doc_get(token, "factors");
	const char *salt = wv_doc_str(token, "salt");
	const char *key_id = wv_doc_str(token, "key_id");
	size_t len = 0;

	if (!is_text(token, "type", WV__TOKEN_TYPE) ||
	    wv_doc_u64(token, "version") != TOKEN_VERSION || !salt || !key_id)
		return false;
	if (wv_doc_count(factors) != 2 || !holds(factors, "key-file") || !holds(factors, "passphrase"))
		return false;
	if (wv__unbase64(salt, strlen(salt), ret->salt, sizeof(ret->salt), &len) < 0 ||
	    len != sizeof(ret->salt) || strlen(key_id) != WV__KEY_ID - 1)
		return false;
	memcpy(ret->key_id, key_id, WV__KEY_ID);
	return true;
}

void wv__luks_header_slot(struct wv_doc *json, int slot, struct wv__luks_slot *ret)
{
	struct wv_doc *tokens = wv_doc_get(json, "tokens");
	struct wv_doc *bound = NULL;
	unsigned int count = 0;
	char name[16];

	snprintf(name, sizeof(name), "%d", slot);
	for (int i = 0; i < WV__LUKS_SLOTS; i++) { /* as many tokens as keyslots */
		struct wv_doc *token = numbered(tokens, i);

		if (!holds(wv_doc_get(token, "keyslots"), name))
			continue;
		bound = token;
		count++;
	}
	ret->two_factor = count == 1 && read_token(bound, ret);
}
