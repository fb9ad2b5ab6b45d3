/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gate.c - two factors, and nothing less, open the volume. Every leftover
 * keyslot is a bypass, so all of them are looked at and tried, each time.
 */
#include <string.h>

#include "../base/crypto.h"
#include "gate.h"

/* What one who has only one factor would try. */
struct attempt {
	const char *what;
	struct wv_secret *secret;
};

#define ATTEMPTS 5

struct gate {
	struct wv__luks *luks;
	const struct wv_secret *key;
	const struct wv_secret *passphrase;
	struct attempt attempts[ATTEMPTS];
};

#define cleanup_gate cleanup(gate_clear)

static void gate_clear(struct gate *gate)
{
	for (size_t i = 0; i < ATTEMPTS; i++)
		wv__secret_free(gate->attempts[i].secret);
}

static int with_newline(struct wv_ctx *ctx, const struct wv_secret *passphrase,
			struct wv_secret **ret)
{
	struct wv_secret *line = NULL;
	const int r = wv__secret_new(ctx, passphrase->len + 1, &line);

	if (r < 0)
		return r;
	memcpy(line->data, passphrase->data, passphrase->len);
	line->data[passphrase->len] = '\n';
	*ret = line;
	return 0;
}

/* The key file's second line, taken from its text. */
static int base64_line(struct wv_ctx *ctx, const struct wv_secret *text, struct wv_secret **ret)
{
	const unsigned char *line = memchr(text->data, '\n', text->len);
	const size_t skip = line ? line - text->data + 1 : 0;

	return wv__secret_copy(ctx, text->data + skip, text->len - skip - 1, ret);
}

static int fill_attempts(struct wv_ctx *ctx, struct gate *gate)
{
	struct attempt *a = gate->attempts;
	int r;

	a[0].what = "the passphrase alone";
	a[1].what = "the passphrase and a newline";
	a[2].what = "the key file's key alone";
	a[3].what = "the key file's base64 alone";
	a[4].what = "the key file alone";
	r = wv__secret_copy(ctx, gate->passphrase->data, gate->passphrase->len, &a[0].secret);
	if (r == 0)
		r = with_newline(ctx, gate->passphrase, &a[1].secret);
	if (r == 0)
		r = wv__secret_copy(ctx, gate->key->data, gate->key->len, &a[2].secret);
	if (r == 0)
		r = wv__factor_text(ctx, gate->key, &a[4].secret);
	if (r == 0)
		r = base64_line(ctx, a[4].secret, &a[3].secret);
	return r;
}

static int opens_with_both(struct wv_ctx *ctx, const struct gate *gate, int number,
			   const struct wv__luks_slot *slot, struct wv_secret **ret_key)
{
	cleanup_secret struct wv_secret *both = NULL;
	char key_id[WV__KEY_ID];
	int r;

	r = wv__factor_key_id(ctx, gate->key, key_id);
	if (r < 0)
		return r;
	if (strcmp(key_id, slot->key_id) != 0)
		return wv__fail(ctx, -EPERM, "the volume wants key file %s, this is %s",
				slot->key_id, key_id);
	r = wv__factor_derive(ctx, gate->key, gate->passphrase, slot->salt,
			      wv__luks_info(gate->luks)->uuid, &both);
	if (r < 0)
		return r;
	return wv__luks_volume_key(ctx, gate->luks, number, both, ret_key);
}

static int shut_for_one(struct wv_ctx *ctx, const struct gate *gate, int number)
{
	for (size_t i = 0; i < ATTEMPTS; i++) {
		int r = wv__check_cancel(ctx);

		if (r < 0)
			return r;
		r = wv__luks_opens(ctx, gate->luks, number, gate->attempts[i].secret);
		if (r < 0)
			return r;
		if (r > 0)
			return wv__fail(ctx, -EBADMSG, "%s opens keyslot %d",
					gate->attempts[i].what, number);
	}
	return 0;
}

/* The factors first: a mistyped passphrase is told after one derivation, not after six. */
static int try_slot(struct wv_ctx *ctx, const struct gate *gate, int number, bool recovery,
		    struct wv_secret **key)
{
	cleanup_secret struct wv_secret *again = NULL;
	struct wv__luks_slot slot;
	int r;

	r = wv__luks_slot(ctx, gate->luks, number, &slot);
	if (r < 0 || !slot.active)
		return r;
	if (!recovery) {
		if (!slot.two_factor)
			return wv__fail(ctx, -EBADMSG,
					"keyslot %d is active and not bound to exactly one %s token",
					number, WV__TOKEN_TYPE);
		r = opens_with_both(ctx, gate, number, &slot, &again);
		if (r < 0)
			return r;
		if (!*key)
			*key = take_ptr(again);
	}
	return shut_for_one(ctx, gate, number);
}

int wv__gate(struct wv_ctx *ctx, struct wv__luks *luks, const struct wv_secret *key,
	     const struct wv_secret *passphrase, int recovery_slot, struct wv_secret **ret_key)
{
	cleanup_secret struct wv_secret *volume_key = NULL;
	cleanup_gate struct gate gate = { .luks = luks, .key = key, .passphrase = passphrase };
	int r;

	if (key->len != WV__KEY_SIZE || passphrase->len == 0)
		return wv__fail(ctx, -EINVAL, "the passphrase is empty");
	r = fill_attempts(ctx, &gate);
	for (int i = 0; r == 0 && i < WV__LUKS_SLOTS; i++)
		r = try_slot(ctx, &gate, i, i == recovery_slot, &volume_key);
	if (r < 0)
		return r;
	if (!volume_key)
		return wv__fail(ctx, -EBADMSG, "no keyslot of the volume takes two factors");
	*ret_key = take_ptr(volume_key);
	return 0;
}
