/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * return.c - workvol return: a table of steps, run from wherever the ledger
 * says that this take-out stands
 */
#include <string.h>

#include "../field/field.h"
#include "giving_up.h"
#include "homecoming.h"
#include "../field/opening.h"
#include "../takeout/papers_check.h"
#include "../../wipe/wipe.h"

static int close_it(struct wv__homecoming *h)
{
	return wv__takeout_step(h->s.t, WV__STEP_CLOSED, NULL);
}

static const struct {
	enum wv__state from;
	int (*step)(struct wv__homecoming *h);
} steps[] = {
	{ WV__OUT, wv__return_check },
	{ WV__CHECKED, wv__return_sync },
	{ WV__SYNCED, wv__return_approve },
	{ WV__RETURN_APPROVED, wv__return_destroy },
	{ WV__DESTROYING_KEYS, wv__return_destroy },
	{ WV__LOST, wv__return_give_up },
	{ WV__KEYS_DESTROYED, wv__return_wipe },
	{ WV__AWAITING_DESTRUCTION, wv__return_wipe },
	{ WV__WIPED, wv__return_certify },
	{ WV__CERTIFIED, close_it },
};

static void clear(struct wv__homecoming *h)
{
	if (h->session_open)
		wv__session_drop(&h->session);
	wv__declaration_free(h->decl);
	wv_doc_free(h->record);
	wv_doc_free(h->wipe);
	wv_doc_free(h->pattern);
	wv_doc_free(h->copies);
	wv__subject_clear(&h->s);
}

/* A caller of before there were flags has a shorter struct. */
bool wv__return_wants(const struct wv__homecoming *h, uint32_t flag)
{
	return h->opts->struct_size > offsetof(struct wv_return_opts, flags) && (h->opts->flags & flag);
}

/* One of before there was this too. */
struct wv__certificate_said wv__return_said(const struct wv_return_opts *opts)
{
	struct wv__certificate_said said = { 0 };

	if (opts->struct_size > offsetof(struct wv_return_opts, destination)) {
		said.property = opts->property;
		said.destination = opts->destination;
	}
	return said;
}

const char *wv__return_unrecoverable(const struct wv__homecoming *h)
{
	return h->opts->struct_size > offsetof(struct wv_return_opts, unrecoverable) ? h->opts->unrecoverable : NULL;
}

bool wv__return_by_word(const struct wv__homecoming *h)
{
	const char *serial = h->s.dev->serial;

	return h->opts->yes && serial && strcmp(h->opts->yes, serial) == 0;
}

int wv__homecoming_open(struct wv__homecoming *h)
{
	const struct wv__factors factors = { h->opts->key_file, h->opts->passphrase };
	bool was_open;
	int r;

	if (!h->decl) {
		r = wv__takeout_declaration(h->s.t, &h->decl);
		if (r < 0)
			return r;
	}
	if (h->session_open)
		return 0;
	r = wv__close_volume(&h->s, &was_open);
	if (r < 0)
		return r;
	r = wv__session_begin(h->st, &h->s, &factors, true, &h->session);
	if (r < 0)
		return r;
	h->session_open = true;
	return 0;
}

int wv__homecoming_shut(struct wv__homecoming *h)
{
	if (!h->session_open)
		return 0;
	h->session_open = false;
	return wv__session_end(&h->session);
}

/* What the take-out record asks for at least; once a return or the giving up is approved, what that approval says. */
static const char *least(const struct wv__homecoming *h, const char *key)
{
	const struct wv__takeout *t = h->s.t;
	const char *approved = NULL;

	if (wv__takeout_is_given_up(t))
		approved = wv__takeout_str(t, WV__STEP_UNRECOVERABLE_REQUESTED, key);
	else if (t->body[WV__STEP_RETURN_APPROVED] && t->state != WV__LOST)
		approved = wv__takeout_str(t, WV__STEP_RETURN_REQUESTED, key);

	return approved ? approved : wv_doc_str(h->record, key);
}

int wv__return_method(struct wv__homecoming *h, const char **ret_method, const char **ret_verify)
{
	struct wv_ctx *ctx = h->st->ctx;
	const char *minimum = least(h, "method");
	const char *method = h->opts->method ? h->opts->method : minimum;
	const char *floor = least(h, "verify");
	const char *verify = h->opts->verify ? h->opts->verify : floor;
	int r;

	r = wv__wipe_method_at_least(method, minimum);
	if (r == -EINVAL)
		return wv__fail(ctx, -EINVAL, "there is no method %s: see workvol methods", method);
	if (r <= 0)
		return r < 0 ? r : wv__fail(ctx, -EPERM, "the method %s is weaker than %s, which is asked for",
					    method, minimum);
	if (strcmp(verify, "last") != 0 && strcmp(verify, "all") != 0)
		return wv__fail(ctx, -EPERM, "a return is verified last or all, not %s", verify);
	if (strcmp(floor, "all") == 0 && strcmp(verify, "all") != 0)
		return wv__fail(ctx, -EPERM, "--verify all is asked for");
	*ret_method = method;
	*ret_verify = verify;
	return 0;
}

/*
 * A medium without a serial of its own, come back under another name, is told
 * from others by people only. A copy of the container is told by its original.
 */
static int check_medium(struct wv__homecoming *h)
{
	struct wv_ctx *ctx = h->st->ctx;
	const struct wv_device *dev = h->s.dev;
	const char *recorded = wv_doc_str(wv_doc_get(h->record, "target"), "path");
	const char *volume = h->s.volume;
	cleanup_subject struct wv__subject original = { 0 };

	if (wv__identity_is_own(dev) || (recorded && strcmp(recorded, dev->real_path) == 0))
		return 0;
	if (dev->kind != WV__FILE) {
		if (wv__return_by_word(h))
			return 0;
		return wv__fail(ctx, -EPERM, "%s has no serial of its own and was %s at prepare: say that it is the one with --yes=%s",
				dev->path, recorded ? recorded : "elsewhere", dev->serial);
	}
	if (wv__takeout_is_given_up(h->s.t) || h->s.t->state == WV__LOST) /* its header may be gone, its original's not */
		volume = wv__takeout_volume(h->s.t);
	if (recorded && *volume && access(recorded, F_OK) == 0 &&
	    wv__subject_find(h->st, recorded, &original) == 0 && strcmp(original.volume, volume) == 0)
		return wv__fail(ctx, -EPERM, "%s is a copy: the volume itself is %s", dev->path, recorded);
	return 0;
}

int wv__return_no_other(struct wv__homecoming *h, struct wv_device *dev)
{
	struct wv__subject other = { .dev = dev }; /* which stays the caller's */
	const int r = wv__subject_bare(h->st, &other, h->s.t->id);

	wv__takeout_free(other.t);
	if (r <= 0)
		return r;
	return wv__fail(h->st->ctx, -EPERM, "%s may be the medium of volume %s, which is out", dev->path, other.volume);
}

static int run(struct wv__homecoming *h)
{
	struct wv__takeout *t = h->s.t;
	const char *method, *verify;
	int r;

	if (wv__takeout_is_guest(t))
		return wv__fail(h->st->ctx, -EPERM, "take-out %s was carried in from another station: it returns there",
				t->id);
	r = wv__give_up_may(h);
	if (r < 0)
		return r;
	if (h->opts->takeout) {
		r = wv__field_import(t, h->opts->takeout);
		if (r < 0)
			return r;
	}
	r = wv__record_of(t, &h->record);
	if (r < 0)
		return r;
	r = wv__record_binds(t, h->record);
	if (r < 0)
		return r;
	if (t->state < WV__DESTROYING_KEYS || t->state == WV__LOST) { /* before the approver is asked, and before the keys again */
		r = wv__papers_check(t, h->record);
		if (r < 0)
			return r;
	}
	if (wv__subject_is_revived(&h->s))
		return wv__fail(h->st->ctx, -EBADMSG, "%s carries the header of volume %s, which is %s: it is a copy made before, or its keys were not destroyed",
				h->s.dev->path, h->s.volume, wv__state_name(t->state));
	r = check_medium(h);
	if (r < 0)
		return r;
	r = wv__return_method(h, &method, &verify);
	if (r < 0)
		return r;
	while (t->state != WV__CLOSED) {
		size_t i = 0;

		while (i < ARRAY_SIZE(steps) && steps[i].from != t->state)
			i++;
		if (i == ARRAY_SIZE(steps))
			return wv__fail(h->st->ctx, -EPERM, "take-out %s is %s: there is nothing to return",
					t->id, wv__state_name(t->state));
		if (wv__return_wants(h, WV_RETURN_REQUEST_ONLY) && t->state >= WV__RETURN_APPROVED && t->state != WV__LOST)
			return wv__fail(h->st->ctx, -EPERM, "take-out %s is %s: only the request was asked for, workvol return goes on",
					t->id, wv__state_name(t->state));
		r = wv__check_cancel(h->st->ctx);
		if (r == 0)
			r = steps[i].step(h);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Of a stop at copies: the sentence names the first of them only. Without memory the sentence has to do. */
static int stopped_result(struct wv__homecoming *h, struct wv_doc **ret)
{
	return wv__doc_build(NULL, ret, M_STR("volume", wv__takeout_volume(h->s.t)),
			     M_STR("state", wv__state_name(h->s.t->state)), M_DOC("copies", h->copies),
			     M_STR("status", "refused"), M_STR("why", wv_ctx_error(h->st->ctx)));
}

static int result_of(struct wv__homecoming *h, struct wv_doc **ret)
{
	struct wv__takeout *t = h->s.t;
	const char *receipt = wv__takeout_str(t, WV__STEP_SYNCED, "paper");
	cleanup_free char *receipt_path = receipt ? wv__paper_path(t, receipt) : NULL;
	cleanup_free char *certificate = wv__paper_path(t, "certificate.json");

	struct wv_doc *wiped_before = t->body[WV__STEP_WIPED] ?
					      wv_doc_get(t->body[WV__STEP_WIPED], "wipe") : NULL;

	if (!certificate)
		return wv__fail_memory(h->st->ctx);
	return wv__doc_build(h->st->ctx, ret, M_STR("volume", wv__takeout_volume(t)),
			     M_STR("state", wv__state_name(t->state)),
			     M_PATH("receipt", receipt_path),
			     M_PATH("certificate", t->state == WV__CLOSED ? certificate : NULL),
			     M_DOC("wipe", h->wipe ? h->wipe : wiped_before),
			     M_OPT_DOC("copies", wv_doc_get(t->body[WV__STEP_RETURN_REQUESTED], "copies")));
}

WV_API int wv_flow_return(struct wv_station *st, const char *target,
			  const struct wv_return_opts *opts, struct wv_doc **ret_result)
{
	cleanup(clear) struct wv__homecoming h = { .st = st, .opts = opts, .session = WV_SESSION_INIT };
	const struct wv__certificate_said said = wv__return_said(opts);
	struct wv__door door;
	int r;

	r = wv__certificate_said_check(st->ctx, &said);
	if (r == 0)
		r = wv__give_up_subject(&h, target);
	if (r == 0)
		r = wv__field_claim(st, "return", &h.s.t, &door);
	if (r < 0)
		return r;
	r = run(&h);
	if (r < 0 && h.session_open) {
		wv__session_drop(&h.session);
		h.session_open = false;
	}
	r = wv__door_leave(&door, r, NULL);
	if (r == -EPERM && h.copies)
		stopped_result(&h, ret_result);
	return r < 0 ? r : result_of(&h, ret_result);
}
