/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * erase.c - the step of a return that nobody can take back: the last
 * comparison, then the keys
 */
#include <stdio.h>
#include <string.h>

#include "giving_up.h"
#include "homecoming.h"
#include "../field/look.h"
#include "../takeout/papers_check.h"
#include "../field/sending.h"
#include "../../base/clock.h"
#include "../../base/crypto.h"
#include "../../media/extents.h"
#include "../../media/guard.h"
#include "../../volume/destroy.h"

/* A difference sets the state back to out; receipt and approval are void (protocol, rule 5). */
static int compare_once_more(struct wv__homecoming *h)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_doc struct wv_doc *found = NULL;
	cleanup_free char *why = NULL;
	int r;

	r = wv__look_clean(&h->session, h->decl, WV_COMPARE_EXACT | WV_COMPARE_FILES_ONLY, &found);
	if (r == 0 || !found)
		return r;
	why = strdup(wv_ctx_error(ctx));
	if (wv__takeout_step(h->s.t, WV__STEP_REOPENED, found) < 0)
		return -EIO; /* with the ledger's own sentence */
	return wv__fail(ctx, r, "changed after the receipt: %s", why ? why : h->s.dev->path);
}

/* Too old is renewed: the same files, signed for again. */
static int prove_receipt(struct wv__homecoming *h)
{
	const uint64_t max_age = h->st->policy->receipt_minutes * 60;
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__receipt_again(h->s.t, h->record, h->decl, max_age);
	if (r != -EKEYEXPIRED)
		return r;
	r = wv__send(&h->session, h->record, h->decl, &body);
	if (r < 0)
		return r;
	r = wv__takeout_step(h->s.t, WV__STEP_RENEWED, body);
	return r < 0 ? r : wv__receipt_again(h->s.t, h->record, h->decl, max_age);
}

/* Opened anew, so that what is compared is what lies on the medium. */
static int prove_again(struct wv__homecoming *h)
{
	int r;

	r = wv__homecoming_shut(h);
	if (r < 0)
		return r;
	r = wv__homecoming_open(h);
	if (r < 0)
		return r;
	r = wv__papers_check(h->s.t, h->record);
	if (r < 0)
		return r;
	r = wv__receipt_again(h->s.t, h->record, h->decl, 0);
	if (r < 0)
		return r;
	r = compare_once_more(h);
	if (r == 0)
		r = prove_receipt(h); /* its age last: reading a large medium takes hours */
	return r < 0 ? r : wv__homecoming_shut(h);
}

/* Does the container lie where it lay: "same", "moved", or "unknown". */
static int compare_place(struct wv__homecoming *h, const char **ret)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_extents struct wv__extents extents = { 0 };
	struct wv_doc *recorded = wv_doc_get(h->record, "extents");
	int r;

	if (h->s.dev->kind != WV__FILE) {
		*ret = "same"; /* a device is its own place */
		return 0;
	}
	r = wv__extents_read(ctx, wv__device_fd(h->s.dev), h->s.dev->path, &extents);
	if (r < 0)
		return r;
	*ret = "unknown";
	if (!recorded || wv__extents_objection(&extents) || !extents.ranges)
		return 0;
	r = wv__doc_same(ctx, recorded, extents.ranges);
	if (r < 0)
		return r;
	*ret = r > 0 ? "same" : "moved";
	return 0;
}

/* What was begun before it was lost shows itself by its own pattern: that one is gone on with. */
static int draw_key(struct wv__homecoming *h, char ret_hex[65])
{
	const char *begun = wv__takeout_is_given_up(h->s.t) ?
				    wv__takeout_str(h->s.t, WV__STEP_DESTROYING_KEYS, "pattern_key") : NULL;
	unsigned char key[32];
	int r;

	if (begun) {
		snprintf(ret_hex, 65, "%s", begun);
		return 0;
	}
	r = wv__random(key, sizeof(key));
	if (r < 0)
		return wv__fail_sys(h->st->ctx, r, "cannot draw a pattern key");
	wv__hex(key, sizeof(key), ret_hex);
	return 0;
}

/* The pattern is in the ledger before its first byte is on the medium (rule 6). */
static int record_begin(struct wv__homecoming *h)
{
	struct wv_ctx *ctx = h->st->ctx;
	const char *request = wv__takeout_is_given_up(h->s.t) ?
				      wv__takeout_str(h->s.t, WV__STEP_UNRECOVERABLE, "request") : NULL;
	cleanup_doc struct wv_doc *body = NULL;
	const char *place;
	char hex[65];
	int r;

	r = compare_place(h, &place);
	if (r < 0)
		return r;
	r = draw_key(h, hex);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("pattern_key", hex),
			  M_U64("data_offset", wv_doc_u64(h->record, "data_offset")),
			  M_STR("place", place));
	if (r == 0 && request)
		r = wv__doc_set(ctx, body, M_STR("unrecoverable", request),
				M_BOOL("by_word", h->proof == WV__PROVEN_BY_WORD));
	return r < 0 ? r : wv__takeout_step(h->s.t, WV__STEP_DESTROYING_KEYS, body);
}

static int pattern_key(struct wv__homecoming *h, unsigned char ret[32])
{
	const char *hex = wv__takeout_str(h->s.t, WV__STEP_DESTROYING_KEYS, "pattern_key");

	if (!hex || wv__unhex(hex, ret, 32) < 0)
		return wv__fail(h->st->ctx, -EBADMSG, "the ledger has no pattern key for take-out %s",
				h->s.t->id);
	return 0;
}

static int destroy(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_doc struct wv_doc *proof = NULL;
	unsigned char key[32];
	int r;

	r = pattern_key(h, key);
	if (r < 0)
		return r;
	r = wv__guard(ctx, h->s.dev, NULL);
	if (r < 0)
		return r;
	r = wv__device_recheck(ctx, h->s.dev);
	if (r < 0)
		return r;
	r = wv__destroy_keys(ctx, h->s.dev, wv__takeout_volume(t), key,
			     wv__takeout_u64(t, WV__STEP_DESTROYING_KEYS, "data_offset"), &proof);
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_KEYS_DESTROYED, proof);
}

int wv__return_keyslots(struct wv__homecoming *h)
{
	cleanup_luks struct wv__luks *luks = NULL;
	struct wv__luks_slot slot;

	if (wv__luks_open(NULL, wv__device_proc_path(h->s.dev), &luks) < 0 ||
	    strcmp(wv__luks_info(luks)->uuid, wv__takeout_volume(h->s.t)) != 0)
		return -ENOENT;
	for (int i = 0; i < WV__LUKS_SLOTS; i++)
		if (wv__luks_slot(NULL, luks, i, &slot) == 0 && slot.active)
			return 1;
	return 0;
}

int wv__return_begun(struct wv__homecoming *h, bool *ret_begun)
{
	unsigned char key[32];
	uint64_t bytes = 0;
	int r;

	r = pattern_key(h, key);
	if (r == 0)
		r = wv__destroy_matching(h->st->ctx, h->s.dev, key,
					 wv__takeout_u64(h->s.t, WV__STEP_DESTROYING_KEYS, "data_offset"),
					 &bytes);
	*ret_begun = bytes >= WV__DESTROY_FIRST;
	return r;
}

/*
 * After a kill: is the volume still whole, so that it may have changed since?
 * What neither is, nor shows that its destruction began, is another medium, or
 * was altered.
 */
static int find_whole(struct wv__homecoming *h, bool *ret_whole)
{
	struct wv_ctx *ctx = h->st->ctx;
	const int slots = wv__return_keyslots(h);
	bool begun;
	int r;

	*ret_whole = slots > 0;
	if (slots >= 0)
		return 0;
	r = wv__return_begun(h, &begun);
	if (r < 0)
		return r;
	if (!begun)
		return wv__fail(ctx, -EPERM, "%s carries neither volume %s nor the begin of its key destruction: it is not the medium, or its header was altered",
				h->s.dev->path, wv__takeout_volume(h->s.t));
	return 0;
}

/* The approver said yes until then (docs/formats.md): later it is another day, and another question. */
static bool approval_expired(const struct wv__takeout *t)
{
	const char *expiry = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, "expiry");
	uint64_t when;

	return !expiry || wv__time_parse(expiry, &when) < 0 || when < wv__now();
}

/* Nothing is harmed yet: the return begins anew with its check, and asks again. */
static int ask_again(struct wv__homecoming *h)
{
	wv__log(h->st->ctx, WV_LOG_WARNING, "the approval of the return of take-out %s expired before it was used: it is asked for anew",
		h->s.t->id);
	return wv__takeout_step(h->s.t, WV__STEP_REOPENED, NULL);
}

/* There are no factors and no server to prove anything with: the medium, and the consent (giving_up.c). */
static int destroy_given_up(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	int r;

	r = wv__give_up_prove(h);
	if (r == 0 && (t->state == WV__LOST ||
		       (h->proof == WV__PROVEN_BY_WORD && !wv_doc_bool(t->body[WV__STEP_DESTROYING_KEYS], "by_word"))))
		r = record_begin(h);
	return r < 0 ? r : destroy(h);
}

int wv__return_destroy(struct wv__homecoming *h)
{
	bool whole = true;
	int r;

	if (wv__takeout_is_given_up(h->s.t))
		return destroy_given_up(h);
	if (h->s.t->state == WV__DESTROYING_KEYS) {
		r = find_whole(h, &whole);
		if (r < 0)
			return r;
	}
	if (whole && approval_expired(h->s.t))
		return ask_again(h);
	if (whole) {
		r = prove_again(h);
		if (r < 0)
			return r;
		if (approval_expired(h->s.t)) /* meanwhile */
			return ask_again(h);
	}
	if (h->s.t->state == WV__RETURN_APPROVED) {
		r = record_begin(h);
		if (r < 0)
			return r;
	}
	return destroy(h);
}
