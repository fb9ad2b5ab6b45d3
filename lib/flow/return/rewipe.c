/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewipe.c - the data passes of a return, over the medium whose keys are gone
 */
#include <string.h>

#include "homecoming.h"
#include "../medium/guarding.h"
#include "../../base/crypto.h"
#include "../../evidence/certificate.h"
#include "../../media/guard.h"
#include "../../volume/destroy.h"
#include "../../wipe/wipe.h"

/*
 * A wipe that began has overwritten the pattern; what is still told then is a serial of the
 * device's own, or that it is the very file. A dock or a reader gives its own serial to each
 * disk in it: there only the engine's checkpoint tells, where it got that far (WV_WIPE_RESUME).
 */
static enum wv__medium_proof proof_of_begun(struct wv__homecoming *h, const struct wv_device *dev)
{
	const char *path = wv_doc_str(wv_doc_get(h->record, "target"), "path");
	struct wv_doc *begun = h->s.t->body[WV__STEP_WIPING];
	bool same;

	if (!begun)
		return WV__PROVEN_NOT;
	if (dev->kind == WV__FILE)
		same = path && strcmp(path, dev->real_path) == 0 &&
		       wv__takeout_u64(h->s.t, WV__STEP_WIPING, "inode") == dev->ino;
	else
		same = wv__identity_tells_disk(dev);
	if (same)
		return WV__PROVEN_BY_IDENTITY;
	return wv__identity_is_own(dev) ? WV__PROVEN_BY_CHECKPOINT : WV__PROVEN_NOT;
}

static int fail_unproven(struct wv__homecoming *h, const struct wv_device *dev)
{
	return wv__fail(h->st->ctx, -EPERM, "%s does not carry the pattern of its key destruction any more: say that it is the one with --yes=%s",
			dev->path, dev->serial);
}

/*
 * Is it the medium? It carries the pattern of its key destruction, whole; or it is known; or a
 * person says so; or the engine's checkpoint is going to say it, or refuse.
 */
static int prove_medium(struct wv__homecoming *h, struct wv_device *dev)
{
	struct wv__takeout *t = h->s.t;
	struct wv_ctx *ctx = h->st->ctx;
	const char *hex = wv__takeout_str(t, WV__STEP_DESTROYING_KEYS, "pattern_key");
	unsigned char key[32];
	int r;

	if (!hex || wv__unhex(hex, key, sizeof(key)) < 0)
		return wv__fail(ctx, -EBADMSG, "the ledger has no pattern key for take-out %s", t->id);
	r = wv__keys_destroyed_check(ctx, dev, key,
				     wv__takeout_u64(t, WV__STEP_DESTROYING_KEYS, "data_offset"));
	h->proof = WV__PROVEN_BY_PATTERN;
	if (r != -EBADMSG)
		return r;
	h->proof = proof_of_begun(h, dev);
	if (h->proof != WV__PROVEN_BY_IDENTITY && wv__return_by_word(h))
		h->proof = WV__PROVEN_BY_WORD;
	if (h->proof == WV__PROVEN_NOT)
		return fail_unproven(h, dev);
	return h->proof == WV__PROVEN_BY_CHECKPOINT ? 0 : wv__return_no_other(h, dev);
}

static int record_begin(struct wv__homecoming *h, const struct wv_device *dev)
{
	/* What was begun by word alone is known again as that, and as no more. */
	const bool by_word = h->proof == WV__PROVEN_BY_WORD ||
			     (h->proof != WV__PROVEN_BY_PATTERN &&
			      wv_doc_bool(h->s.t->body[WV__STEP_WIPING], "by_word"));
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__doc_build(h->st->ctx, &body, M_U64("inode", dev->kind == WV__FILE ? dev->ino : 0),
			  M_BOOL("by_word", by_word));
	return r < 0 ? r : wv__takeout_step(h->s.t, WV__STEP_WIPING, body);
}

/* Where the container does not lie where it lay, old blocks of it may survive elsewhere. */
static int note_place(struct wv__homecoming *h, struct wv_doc *result)
{
	const char *place = wv__takeout_str(h->s.t, WV__STEP_DESTROYING_KEYS, "place");
	struct wv_doc *not_proven = wv_doc_get(result, "not_proven");
	int r = 0;

	if (wv_doc_bool(h->s.t->body[WV__STEP_WIPING], "by_word") && not_proven)
		r = wv__doc_append_str(h->st->ctx, not_proven,
				       "that it is the medium whose keys were destroyed: it did not carry their pattern any more, a person said so");
	if (r < 0)
		return r;
	if (place && strcmp(place, "same") == 0)
		return 0;
	if (not_proven)
		r = wv__doc_append_str(h->st->ctx, not_proven,
				       "blocks that the container had before it was moved or rewritten: they may survive");
	if (r == 0 && !h->st->policy->lab)
		r = wv__doc_set(h->st->ctx, result, M_STR("status", "unverified"));
	return r;
}

static int record_result(struct wv__homecoming *h, int error)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_doc struct wv_doc *statement = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	r = wv__wipe_statement(ctx, h->wipe, &statement);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_DOC("wipe", statement), M_DOC("pattern", h->pattern));
	if (r < 0)
		return r;
	return wv__takeout_step(h->s.t, error < 0 ? WV__STEP_WIPE_FAILED : WV__STEP_WIPED, body);
}

/*
 * What was begun cannot be gone on with: its checkpoint is another wipe's, or the medium does not
 * hold what it says, after a power cut for instance. Who says that it is the one has it begun anew.
 */
static int begin_anew(struct wv__homecoming *h, struct wv_device *dev, struct wv__wipe_opts *opts,
		      struct wv__wipe_job *job)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_free char *why = strdup(wv_ctx_error(ctx));

	if (!wv__return_by_word(h))
		return wv__fail(ctx, -EBADMSG, "%s: say that it is the one with --yes=%s, and its wipe begins anew",
				why ? why : dev->path, dev->serial ? dev->serial : "");
	wv__log(ctx, WV_LOG_WARNING, "%s: its wipe begins anew", why ? why : dev->path);
	wv_doc_free(job->result);
	*job = (struct wv__wipe_job){ .dev = dev };
	opts->flags &= ~(uint32_t)WV_WIPE_RESUME;
	return wv__wipe_run(ctx, job, 1, opts);
}

static bool is_refused(struct wv_doc *result)
{
	const char *status = wv_doc_str(result, "status");

	return status && strcmp(status, "refused") == 0;
}

static int run(struct wv__homecoming *h, struct wv_device *dev)
{
	struct wv_ctx *ctx = h->st->ctx;
	cleanup_free char *checkpoints = wv__station_path(h->st, "checkpoints");
	struct wv__wipe_opts opts = {
		/* While the pattern is whole no pass has begun: a checkpoint that is there is of an older wipe. */
		.flags = h->proof == WV__PROVEN_BY_PATTERN ? 0 : WV_WIPE_RESUME,
		.checkpoint_dir = checkpoints, .takeout = h->s.t->id,
		.proven_only = h->proof == WV__PROVEN_BY_CHECKPOINT,
	};
	struct wv__wipe_job job = { .dev = dev };
	cleanup_free char *why = NULL;
	bool misfit;
	int r, recorded;

	if (!checkpoints)
		return wv__fail_memory(ctx);
	r = wv__mkdirs(ctx, checkpoints, 0700);
	if (r < 0)
		return r;
	r = wv__return_method(h, &opts.method, &opts.verify);
	if (r < 0)
		return r;
	r = wv__wipe_run(ctx, &job, 1, &opts);
	misfit = (opts.flags & WV_WIPE_RESUME) && r == -EBADMSG && !job.pattern && is_refused(job.result);
	if (misfit && !opts.proven_only)
		r = begin_anew(h, dev, &opts, &job);
	wv_doc_free(h->wipe);
	wv_doc_free(h->pattern);
	h->wipe = job.result;
	h->pattern = job.pattern;
	if (opts.proven_only && (r == -EPERM || misfit))
		return fail_unproven(h, dev);
	if (!h->wipe || r == -ECANCELED || (r < 0 && !h->pattern))
		return r; /* it goes on, or begins, another time */
	why = r < 0 ? strdup(wv_ctx_error(ctx)) : NULL;
	recorded = r == 0 ? note_place(h, h->wipe) : 0;
	if (recorded == 0)
		recorded = record_result(h, r);
	if (recorded < 0)
		return recorded;
	return r < 0 ? wv__fail(ctx, r, "%s; it awaits its physical destruction", why ? why : dev->path) : 0;
}

int wv__return_wipe(struct wv__homecoming *h)
{
	struct wv_ctx *ctx = h->st->ctx;
	const struct wv__guard_opts guard = { .volume_allowed = wv__volume_may_go, .data = h->st };
	cleanup_device struct wv_device *dev = NULL;
	int r;

	r = wv__device_open(ctx, h->s.dev->real_path, WV__DEV_EXCL | WV__DEV_DIRECT, &dev);
	if (r < 0)
		return r;
	r = wv__identity_same(ctx, wv_doc_get(h->record, "target"), dev);
	if (r < 0)
		return r;
	r = wv__guard(ctx, dev, &guard);
	if (r < 0)
		return r;
	r = prove_medium(h, dev);
	if (r < 0)
		return r;
	r = record_begin(h, dev);
	return r < 0 ? r : run(h, dev);
}
