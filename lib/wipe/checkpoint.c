/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checkpoint.c - how far a wipe is
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../base/crypto.h"
#include "../base/fs.h"
#include "stamp.h"

#define VERSION 1
#define PROOF_MAX (16 * MiB) /* read back before the mark */

static int medium_doc(const struct wv__run *run, struct wv_doc **ret)
{
	return wv__doc_build(NULL, ret, M_STR("serial", run->medium.serial),
			     M_STR("model", run->medium.model), M_U64("size", run->medium.size),
			     M_U64("offset", run->start), M_U64("length", run->length));
}

/* What says which medium, which region and which wipe: all of it must be the same. */
static int identity(const struct wv__run *run, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *medium = NULL;
	const int r = medium_doc(run, &medium);

	if (r < 0)
		return r;
	return wv__doc_build(NULL, ret, M_DOC("medium", medium),
			     M_STR("method", run->plan.method->name),
			     M_STR("verify", wv__verify_names[run->plan.verify]),
			     M_U64("percent", run->plan.percent),
			     M_BOOL("turn", !run->medium.rotational), M_OPT_STR("takeout", run->opts->takeout));
}

int wv__checkpoint_place(struct wv__run *run)
{
	cleanup_doc struct wv_doc *name = NULL;
	char digest[65];
	int r;

	/* One file a medium: a checkpoint of another method on it is found, and refused. */
	r = medium_doc(run, &name);
	if (r >= 0)
		r = wv__doc_digest(NULL, name, digest);
	if (r < 0)
		return r;
	run->checkpoint = wv__printf("%s/wipe-%.32s.json", run->opts->checkpoint_dir, digest);
	return run->checkpoint ? 0 : -ENOMEM;
}

/* The lock is held: the lanes go on. */
static int build(const struct wv__run *run, unsigned int at, uint64_t low, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *doc = NULL, *who = NULL, *bad = NULL;
	char seed[65], sample_seed[65], digest[65];
	int r;

	wv__hex(run->seed, sizeof(run->seed), seed);
	wv__hex(run->sample_seed, sizeof(run->sample_seed), sample_seed);
	r = identity(run, &who);
	if (r >= 0)
		r = wv__bad_doc(NULL, &run->bad, &bad);
	if (r >= 0)
		r = wv__doc_build(NULL, &doc, M_U64("version", VERSION), M_DOC("wipe", who),
				  M_STR("seed", seed), M_STR("sample_seed", sample_seed),
				  M_U64("sweep", at), M_U64("low", low),
				  M_U64("real", run->real == UINT64_MAX ? 0 : run->real), M_U64("end", run->end),
				  M_BOOL("tail_checked", run->tail_checked), M_DOC("bad", bad));
	if (r >= 0)
		r = wv__doc_digest(NULL, doc, digest);
	if (r >= 0)
		r = wv__doc_set(NULL, doc, M_STR("digest", digest));
	if (r >= 0)
		*ret = take_ptr(doc);
	return r;
}

int wv__checkpoint_keep(struct wv__run *run, unsigned int at, uint64_t low)
{
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	if (!run->checkpoint)
		return 0;
	pthread_mutex_lock(&run->lock);
	r = build(run, at, low, &doc);
	pthread_mutex_unlock(&run->lock);
	return r < 0 ? r : wv__doc_save(NULL, run->checkpoint, doc, 0600);
}

void wv__checkpoint_remove(struct wv__run *run)
{
	if (run->checkpoint)
		unlink(run->checkpoint);
}

/* ---- and back ------------------------------------------------------------------ */

static int altered(struct wv__run *run)
{
	return wv__run_fail(run, -EBADMSG, "the checkpoint of %s was altered", run->medium.path);
}

static int check_identity(struct wv__run *run, struct wv_doc *doc)
{
	cleanup_doc struct wv_doc *mine = NULL;
	char want[65], have[65], digest[65];
	const char *kept = wv_doc_str(doc, "digest");
	int r;

	snprintf(digest, sizeof(digest), "%s", kept ? kept : "");
	r = wv__doc_remove(doc, "digest");
	if (r >= 0)
		r = wv__doc_digest(NULL, doc, have);
	if (r < 0 || strcmp(digest, have) != 0 || wv_doc_u64(doc, "version") != VERSION)
		return altered(run);
	r = identity(run, &mine);
	if (r >= 0)
		r = wv__doc_digest(NULL, mine, want);
	if (r >= 0 && wv_doc_get(doc, "wipe"))
		r = wv__doc_digest(NULL, wv_doc_get(doc, "wipe"), have);
	if (r < 0)
		return r;
	if (strcmp(want, have) != 0)
		return wv__run_fail(run, -EBADMSG,
				    "the checkpoint of %s is of another wipe or another medium",
				    run->medium.path);
	return 0;
}

static int read_state(struct wv__run *run, struct wv_doc *doc)
{
	const char *seed = wv_doc_str(doc, "seed"), *sample = wv_doc_str(doc, "sample_seed");
	int r;

	run->at = (unsigned int)wv_doc_u64(doc, "sweep");
	run->low = wv_doc_u64(doc, "low");
	run->real = wv_doc_u64(doc, "real");
	if (!run->real)
		run->real = UINT64_MAX;
	run->end = wv_doc_u64(doc, "end");
	run->tail_checked = wv_doc_bool(doc, "tail_checked");
	if (!seed || wv__unhex(seed, run->seed, sizeof(run->seed)) < 0 || !sample ||
	    wv__unhex(sample, run->sample_seed, sizeof(run->sample_seed)) < 0 ||
	    run->end > run->start + run->length || run->end <= run->start ||
	    run->low > wv__run_length(run))
		return altered(run);
	r = wv__bad_from_doc(NULL, wv_doc_get(doc, "bad"), &run->bad);
	return r < 0 ? altered(run) : 0;
}

int wv__checkpoint_load(struct wv__run *run)
{
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = wv__doc_load(NULL, run->checkpoint, &doc);
	if (r == -ENOENT)
		return 0;
	if (r == -EBADMSG)
		return altered(run);
	if (r < 0)
		return wv__run_fail(run, r, "cannot read %s", run->checkpoint);
	r = check_identity(run, doc);
	return r < 0 ? r : read_state(run, doc);
}

/* ---- the proof ------------------------------------------------------------------ */

/* Every block in [from, to) is this wipe's, or was lost before; how many bytes are. */
static int prove_range(struct wv__lane *hand, uint64_t from, uint64_t to, uint64_t *ret_proven)
{
	struct wv__run *run = hand->run;
	const uint32_t block = run->medium.block;
	unsigned char *buf = hand->slots[0].buf;
	size_t len, i;
	int r;

	for (uint64_t at = from; at < to; at += len) {
		len = MIN(to - at, WV__CHUNK_MAX);
		r = wv__lane_one(hand, WV__READ, buf, len, at);
		if (r < 0 && !wv__bad_has(&run->bad, at, len))
			return r;
		for (i = 0; r >= 0 && i < len; i += block)
			if (wv__lane_holds(hand, &hand->old, buf + i, at + i))
				*ret_proven += block;
			else if (!wv__bad_has(&run->bad, at + i, block))
				return -EBADMSG;
	}
	return 0;
}

/* Zeros, or any byte again and again, are on other media too: the keyed stream of this wipe is not. */
static bool tells_media_apart(const struct wv__run *run, const struct wv__sweep *sweep)
{
	const struct wv__pass *pass = &run->plan.passes[sweep->pass];

	return pass->pattern.random && (sweep->kind != WV__SWEEP_TURN || pass[-1].pattern.random);
}

static int fail_unproven(struct wv__run *run)
{
	return wv__run_fail(run, -EPERM, "no checkpoint proves that %s is the medium of this wipe", run->medium.path);
}

int wv__checkpoint_prove(struct wv__run *run)
{
	struct wv__sweep sweep = run->plan.sweeps[MIN(run->at, run->plan.n_sweeps - 1)];
	const bool over = run->at == run->plan.n_sweeps; /* then it is the last pass that is claimed */
	const bool writes = sweep.kind != WV__SWEEP_VERIFY && !over;
	const uint64_t to = writes && run->low ? run->start + run->low : run->end;
	const uint64_t from = to - run->start > PROOF_MAX ? to - PROOF_MAX : run->start;
	struct wv__lane hand = { 0 };
	uint64_t proven = 0;
	int r;

	if (writes && run->low == 0 && sweep.pass == 0) /* nothing is claimed to be there */
		return run->opts->proven_only ? fail_unproven(run) : 0;
	/* Not begun: the pass before, or what this one had written over it when the process ended. */
	sweep.kind = writes && run->low == 0 ? WV__SWEEP_TURN : WV__SWEEP_VERIFY;
	if (run->opts->proven_only && !tells_media_apart(run, &sweep))
		return fail_unproven(run);
	r = wv__run_sheets(run, &sweep);
	if (r >= 0)
		r = wv__lane_open(&hand, run, &sweep, 1);
	if (r >= 0)
		r = prove_range(&hand, from, to, &proven);
	wv__lane_close(&hand);
	wv__run_sheets_close(run);
	if (r == -EBADMSG)
		return wv__run_fail(run, r, "%s does not hold what its checkpoint says was written",
				    run->medium.path);
	if (r < 0)
		return wv__run_fail(run, r, "cannot read %s back", run->medium.path);
	return run->opts->proven_only && !proven ? fail_unproven(run) : 0;
}
