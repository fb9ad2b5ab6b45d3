/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout.c - a take-out's state: the fold of its records over one table
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "takeout.h"
#include "takeout_fold.h"
#include "../../base/crypto.h"

#define IN(state) (1u << (state))

/* The volume is whole and may be worked on or returned. */
#define ON_THE_WAY_BACK (IN(WV__CHECKED) | IN(WV__SYNCED) | IN(WV__RETURN_APPROVED))
#define WHOLE (IN(WV__OUT) | ON_THE_WAY_BACK)

#define STAY WV__STATES /* "after": the state does not change */

static const struct {
	const char *kind; /* of the ledger's record */
	uint32_t from;    /* states that it may follow */
	enum wv__state after;
} steps[WV__STEPS] = {
	[WV__STEP_DECLARED] = { "takeout.declared", IN(WV__NOWHERE), WV__DECLARED },
	[WV__STEP_APPROVED] = { "takeout.approved", IN(WV__DECLARED), WV__APPROVED },
	[WV__STEP_PROVISIONING] = { "takeout.provisioning", IN(WV__APPROVED), STAY },
	[WV__STEP_ABANDONED] = { "takeout.abandoned", IN(WV__APPROVED), STAY },
	[WV__STEP_PREPARED] = { "takeout.prepared", IN(WV__APPROVED), WV__PREPARED },
	[WV__STEP_OUT] = { "takeout.out", IN(WV__PREPARED), WV__OUT },
	[WV__STEP_CARRIED] = { "takeout.carried", IN(WV__NOWHERE), WV__OUT },
	[WV__STEP_REOPENED] = { "takeout.reopened",
				ON_THE_WAY_BACK | IN(WV__DESTROYING_KEYS), WV__OUT },
	[WV__STEP_AMENDED] = { "takeout.amended", IN(WV__OUT), STAY },
	[WV__STEP_CHECKED] = { "takeout.checked", WHOLE, WV__CHECKED },
	[WV__STEP_NONCE] = { "takeout.nonce", WHOLE | IN(WV__DESTROYING_KEYS), STAY },
	[WV__STEP_SYNCED] = { "takeout.synced", ON_THE_WAY_BACK, WV__SYNCED },
	[WV__STEP_RETURN_REQUESTED] = { "takeout.return-requested", IN(WV__SYNCED), STAY },
	[WV__STEP_RENEWED] = { "takeout.renewed",
			       IN(WV__RETURN_APPROVED) | IN(WV__DESTROYING_KEYS), STAY },
	[WV__STEP_RETURN_APPROVED] = { "takeout.return-approved", IN(WV__SYNCED),
				       WV__RETURN_APPROVED },
	[WV__STEP_DESTROYING_KEYS] = { "takeout.destroying-keys",
				       IN(WV__RETURN_APPROVED) | IN(WV__DESTROYING_KEYS) | IN(WV__LOST),
				       WV__DESTROYING_KEYS },
	[WV__STEP_KEYS_DESTROYED] = { "takeout.keys-destroyed", IN(WV__DESTROYING_KEYS),
				      WV__KEYS_DESTROYED },
	[WV__STEP_WIPING] = { "takeout.wiping",
			      IN(WV__KEYS_DESTROYED) | IN(WV__AWAITING_DESTRUCTION), STAY },
	[WV__STEP_WIPED] = { "takeout.wiped",
			     IN(WV__KEYS_DESTROYED) | IN(WV__AWAITING_DESTRUCTION), WV__WIPED },
	[WV__STEP_WIPE_FAILED] = { "takeout.wipe-failed",
				   IN(WV__KEYS_DESTROYED) | IN(WV__AWAITING_DESTRUCTION),
				   WV__AWAITING_DESTRUCTION },
	[WV__STEP_CERTIFIED] = { "takeout.certified", IN(WV__WIPED), WV__CERTIFIED },
	[WV__STEP_CLOSED] = { "takeout.closed", IN(WV__CERTIFIED), WV__CLOSED },
	[WV__STEP_LOST] = { "takeout.lost", IN(WV__PREPARED) | WHOLE | IN(WV__DESTROYING_KEYS),
			    WV__LOST },
	[WV__STEP_FOUND] = { "takeout.found", IN(WV__LOST), STAY },
	[WV__STEP_UNRECOVERABLE_REQUESTED] = { "takeout.unrecoverable-requested", IN(WV__LOST), STAY },
	[WV__STEP_UNRECOVERABLE] = { "takeout.unrecoverable", IN(WV__LOST), STAY },
};

static const char *const state_names[WV__STATES] = {
	[WV__NOWHERE] = "nowhere",
	[WV__DECLARED] = "declared",
	[WV__APPROVED] = "approved",
	[WV__PREPARED] = "prepared",
	[WV__OUT] = "out",
	[WV__CHECKED] = "checked",
	[WV__SYNCED] = "synced",
	[WV__RETURN_APPROVED] = "return-approved",
	[WV__DESTROYING_KEYS] = "destroying-keys",
	[WV__KEYS_DESTROYED] = "keys-destroyed",
	[WV__WIPED] = "wiped",
	[WV__CERTIFIED] = "certified",
	[WV__CLOSED] = "closed",
	[WV__AWAITING_DESTRUCTION] = "awaiting-destruction",
	[WV__LOST] = "lost",
};

const char *wv__step_kind(enum wv__step step)
{
	return steps[step].kind;
}

const char *wv__state_name(enum wv__state state)
{
	return state_names[state];
}

bool wv__state_is_harmless(enum wv__state state)
{
	return state == WV__KEYS_DESTROYED || state == WV__WIPED || state == WV__CERTIFIED ||
	       state == WV__CLOSED || state == WV__AWAITING_DESTRUCTION;
}

void wv__takeout_free(struct wv__takeout *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < WV__STEPS; i++)
		wv_doc_free(t->body[i]);
	wv_doc_free(t->amended);
	if (t->lock_fd >= 0)
		wv__ledger_release(t->st->ledger, t->id);
	wv__closep(&t->lock_fd);
	free(t);
}

void wv__takeout_freep(struct wv__takeout **t)
{
	wv__takeout_free(*t);
}

static void forget(struct wv__takeout *t, enum wv__step first, enum wv__step last)
{
	for (size_t i = first; i <= last; i++) {
		wv_doc_free(t->body[i]);
		t->body[i] = NULL;
	}
}

static bool given_up_begun(const struct wv__takeout *t)
{
	return wv__takeout_str(t, WV__STEP_DESTROYING_KEYS, "unrecoverable");
}

bool wv__takeout_is_given_up(const struct wv__takeout *t)
{
	return t->state == WV__LOST ? t->body[WV__STEP_UNRECOVERABLE] != NULL : given_up_begun(t);
}

/* What a record makes void of those before it. */
static void fold_voids(struct wv__takeout *t, enum wv__step step)
{
	switch (step) {
	case WV__STEP_ABANDONED:
		forget(t, WV__STEP_PROVISIONING, WV__STEP_PROVISIONING);
		break;
	case WV__STEP_REOPENED: /* protocol, rule 5 */
	case WV__STEP_CHECKED:
		forget(t, WV__STEP_CHECKED, WV__STEP_DESTROYING_KEYS);
		break;
	case WV__STEP_SYNCED:
		forget(t, WV__STEP_RETURN_REQUESTED, WV__STEP_RETURN_APPROVED);
		break;
	case WV__STEP_FOUND: /* what was found is not given up; what was begun is not taken back */
		if (!given_up_begun(t))
			forget(t, WV__STEP_UNRECOVERABLE_REQUESTED, WV__STEP_UNRECOVERABLE);
		break;
	case WV__STEP_UNRECOVERABLE_REQUESTED:
		forget(t, WV__STEP_UNRECOVERABLE, WV__STEP_UNRECOVERABLE);
		break;
	default:
		break;
	}
}

static int fold_amendments(struct wv__takeout *t, struct wv_doc *bodies)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < wv_doc_count(bodies); i++)
		r = wv__doc_append(t->st->ctx, t->amended, wv_doc_at(bodies, i));
	return r;
}

static int fold(struct wv__takeout *t, enum wv__step step, struct wv_doc *body)
{
	struct wv_ctx *ctx = t->st->ctx;
	int r;

	if (step == WV__STEP_AMENDED) {
		r = wv__doc_append(ctx, t->amended, body);
		if (r < 0)
			return r;
	}
	if (step == WV__STEP_CARRIED) { /* what was amended before it came here */
		r = fold_amendments(t, wv_doc_get(body, "amendments"));
		if (r < 0)
			return r;
	}
	fold_voids(t, step);
	if (step == WV__STEP_LOST)
		t->before_lost = t->state;
	if (step == WV__STEP_FOUND)
		t->state = t->before_lost;
	else if (steps[step].after != STAY)
		t->state = steps[step].after;
	wv_doc_free(t->body[step]);
	t->body[step] = wv__doc_ref(body);
	return 0;
}

bool wv__takeout_may(const struct wv__takeout *t, enum wv__step step)
{
	if (step == WV__STEP_DESTROYING_KEYS && t->state == WV__LOST && !wv__takeout_is_given_up(t))
		return false;
	if (given_up_begun(t) && (step == WV__STEP_REOPENED || step >= WV__STEP_UNRECOVERABLE_REQUESTED))
		return false;
	return steps[step].from & IN(t->state);
}

bool wv__takeout_is_guest(const struct wv__takeout *t)
{
	return t->body[WV__STEP_CARRIED];
}

int wv__takeout_alloc(struct wv_station *st, const char *id, struct wv__takeout **ret)
{
	cleanup_takeout struct wv__takeout *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return wv__fail_memory(st->ctx);
	t->st = st;
	t->lock_fd = -1;
	memcpy(t->id, id, strnlen(id, sizeof(t->id) - 1));
	r = wv__doc_array(st->ctx, &t->amended);
	if (r < 0)
		return r;
	*ret = take_ptr(t);
	return 0;
}

int wv__takeout_new(struct wv_station *st, struct wv__takeout **ret)
{
	char id[37];
	int r = wv__uuid(id);

	if (r < 0)
		return wv__fail_sys(st->ctx, r, "cannot draw a take-out id");
	return wv__takeout_alloc(st, id, ret);
}

/* A step that cannot follow is a broken ledger. */
int wv__takeout_fold(void *data, struct wv_doc *record)
{
	struct wv__takeout *t = data;
	const char *kind = wv_doc_str(record, "kind");

	for (size_t i = 0; kind && i < WV__STEPS; i++) {
		if (strcmp(kind, steps[i].kind) != 0)
			continue;
		if (!wv__takeout_may(t, i))
			return wv__fail(t->st->ctx, -EBADMSG,
					"the ledger has %s of take-out %s in the state %s (record %" PRIu64 ")",
					kind, t->id, wv__state_name(t->state),
					wv_doc_u64(record, "seq"));
		return fold(t, i, wv_doc_get(record, "body"));
	}
	return 0; /* begin, end and the like do not change the state */
}

int wv__takeout_load(struct wv_station *st, const char *id, struct wv__takeout **ret)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	int r;

	r = wv__takeout_alloc(st, id, &t);
	if (r < 0)
		return r;
	r = wv__ledger_each(st->ctx, st->ledger, id, 1, wv__takeout_fold, t);
	if (r < 0)
		return r;
	if (t->state == WV__NOWHERE)
		return wv__fail(st->ctx, -ENOENT, "the ledger knows no take-out %s", id);
	*ret = take_ptr(t);
	return 0;
}

static int lock_papers(const struct wv__takeout *t, int *ret_fd)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_close int lock = -1;
	cleanup_free char *path = wv__paper_path(t, "lock");

	if (!path)
		return wv__fail_memory(ctx);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", path);
	if (flock(lock, LOCK_EX | LOCK_NB) < 0)
		return wv__fail(ctx, -EBUSY, "another workvol is at work on take-out %s", t->id);
	*ret_fd = take_fd(&lock);
	return 0;
}

int wv__takeout_claim(struct wv__takeout **t)
{
	cleanup_takeout struct wv__takeout *fresh = NULL;
	cleanup_close int lock = -1;
	int r;

	if ((*t)->lock_fd >= 0)
		return 0;
	r = lock_papers(*t, &lock);
	if (r == 0) /* of this machine's; the ledger may be other machines' too */
		r = wv__ledger_claim((*t)->st->ctx, (*t)->st->ledger, (*t)->id);
	if (r < 0)
		return r;
	r = wv__takeout_load((*t)->st, (*t)->id, &fresh);
	if (r < 0) {
		wv__ledger_release((*t)->st->ledger, (*t)->id);
		return r;
	}
	fresh->lock_fd = take_fd(&lock);
	wv__takeout_free(*t);
	*t = take_ptr(fresh);
	return 0;
}

int wv__takeout_adopt(struct wv_station *st, const char *id, struct wv__takeout **ret)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_takeout struct wv__takeout *known = NULL;
	cleanup_free char *dir = NULL;
	int r;

	r = wv__takeout_alloc(st, id, &t);
	if (r < 0)
		return r;
	dir = wv__paper_path(t, "");
	if (!dir)
		return wv__fail_memory(st->ctx);
	r = wv__mkdirs(st->ctx, dir, 0700);
	if (r < 0)
		return r;
	r = lock_papers(t, &t->lock_fd);
	if (r == 0)
		r = wv__ledger_claim(st->ctx, st->ledger, id);
	if (r < 0)
		return r;
	r = wv__takeout_load(st, id, &known);
	if (r == 0)
		return wv__fail(st->ctx, -EEXIST, "the ledger knows take-out %s already", id);
	if (r != -ENOENT)
		return r;
	*ret = take_ptr(t);
	return 0;
}

int wv__takeout_step(struct wv__takeout *t, enum wv__step step, struct wv_doc *body)
{
	struct wv_ctx *ctx = t->st->ctx;
	int r;

	if (!wv__takeout_may(t, step))
		return wv__fail(ctx, -EPERM, "take-out %s is %s: %s cannot follow", t->id,
				wv__state_name(t->state), steps[step].kind + strlen("takeout."));
	r = wv__ledger_append(ctx, t->st->ledger, steps[step].kind, t->id, body, NULL);
	if (r < 0)
		return r;
	return fold(t, step, body);
}

const char *wv__takeout_str(const struct wv__takeout *t, enum wv__step step, const char *key)
{
	return t->body[step] ? wv_doc_str(t->body[step], key) : NULL;
}

uint64_t wv__takeout_u64(const struct wv__takeout *t, enum wv__step step, const char *key)
{
	return t->body[step] ? wv_doc_u64(t->body[step], key) : 0;
}

const char *wv__takeout_volume(const struct wv__takeout *t)
{
	const char *uuid = wv__takeout_str(t, WV__STEP_PREPARED, "volume");

	if (!uuid)
		uuid = wv__takeout_str(t, WV__STEP_CARRIED, "volume");
	if (!uuid)
		uuid = wv__takeout_str(t, WV__STEP_PROVISIONING, "volume");
	return uuid;
}
