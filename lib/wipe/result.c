/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * result.c - the verdict, and the result as a document
 */
#include <string.h>

#include "../base/clock.h"
#include "run.h"

/* Everything that was to be done was done, and nothing spoke against it. */
static bool is_sound(const struct wv__run *run)
{
	const struct wv__count *last = &run->counts[MAX(run->plan.n_passes, 1u) - 1];

	return run->complete && !run->dead && !run->error && run->real == UINT64_MAX && !run->bad.n &&
	       !run->bad.out_of_memory && last->written == run->length;
}

const char *wv__verdict(const struct wv__run *run)
{
	const struct wv__count *last = &run->counts[MAX(run->plan.n_passes, 1u) - 1];

	if (run->opts->flags & WV_WIPE_DRY_RUN)
		return "planned";
	if (run->error == -EBADMSG || run->error == -EBUSY || run->error == -EPERM)
		return "refused";
	if (run->cancelled && !run->complete && !run->dead && !run->error)
		return "cancelled";
	if (!is_sound(run))
		return "failed";
	if (run->plan.verify == WV__VERIFY_NONE)
		return "unverified";
	if (run->plan.verify == WV__VERIFY_SAMPLE)
		return "sampled";
	if (last->verified != run->length)
		return "failed";
	return run->length == run->medium.size ? "wiped" : "range-wiped";
}

int wv__verdict_error(const struct wv__run *run)
{
	if (run->opts->flags & WV_WIPE_DRY_RUN)
		return 0;
	if (run->error)
		return run->error;
	if (run->real != UINT64_MAX || run->bad.bytes[WV__BAD_MISMATCH])
		return -EBADMSG;
	if (run->dead || run->bad.n || run->bad.out_of_memory)
		return -EIO;
	if (!run->complete)
		return run->cancelled ? -ECANCELED : -EIO;
	return 0;
}

/* MB/s of each cell; 0: not reached. */
static int cells_doc(struct wv_ctx *ctx, const struct wv__count *count, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r = wv__doc_array(ctx, &list);

	for (unsigned int i = 0; r >= 0 && i < WV__CELLS; i++) {
		const double rate = mb_per_s((uint64_t)count->cells[i].bytes, count->cells[i].seconds);

		r = wv__doc_append_real(ctx, list, (double)(uint64_t)(rate * 10 + 0.5) / 10);
	}
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

static int passes_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	char pattern[129];
	int r;

	r = wv__doc_array(ctx, &list);
	for (unsigned int i = 0; r >= 0 && i < run->plan.n_passes; i++) {
		const struct wv__count *count = &run->counts[i];
		cleanup_doc struct wv_doc *cells = NULL;

		if (run->opts->flags & WV_WIPE_MAP)
			r = cells_doc(ctx, count, &cells);
		if (r < 0)
			break;
		wv__pattern_name(&run->plan.passes[i].pattern, pattern);
		r = wv__doc_append_row(ctx, list, M_U64("pass", i + 1), M_STR("pattern", pattern),
				       M_U64("written", count->written),
				       M_U64("verified", count->verified),
				       M_U64("mismatched", count->mismatched),
				       M_REAL("seconds", count->write_seconds),
				       M_REAL("mb_per_s", mb_per_s(count->written, count->write_seconds)),
				       M_REAL("verify_seconds", count->verify_seconds),
				       M_REAL("verify_mb_per_s",
					      mb_per_s(count->verified, count->verify_seconds)),
				       M_OPT_DOC("cells", cells));
	}
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

static int not_proven_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	const struct wv__remark rows[] = {
		{ true, N_("remapped and over-provisioned areas") },
		{ run->medium.is_file, N_("blocks that the file used before") },
		{ run->length != run->medium.size, N_("what lies outside the range") },
		{ run->plan.verify == WV__VERIFY_NONE, N_("that what was written is on the medium") },
		{ run->plan.verify == WV__VERIFY_SAMPLE, N_("what lies outside the sample") },
	};

	return wv__doc_remarks(ctx, rows, ARRAY_SIZE(rows), ret);
}

static int sample_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	char seed[65];

	if (run->plan.verify != WV__VERIFY_SAMPLE)
		return 0;
	wv__hex(run->sample_seed, sizeof(run->sample_seed), seed);
	return wv__doc_build(ctx, ret, M_STR("seed", seed), M_U64("percent", run->plan.percent));
}

/* Of a dry run: what would be done, in its order. */
static int sweeps_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	char pattern[129];
	int r = wv__doc_array(ctx, &list);

	for (unsigned int i = 0; r >= 0 && i < run->plan.n_sweeps; i++) {
		const struct wv__sweep *sweep = &run->plan.sweeps[i];

		wv__pattern_name(&run->plan.passes[sweep->pass].pattern, pattern);
		r = wv__doc_append_row(ctx, list, M_STR("step", wv__sweep_name(sweep)),
				       M_U64("pass", sweep->pass + 1), M_STR("pattern", pattern),
				       M_U64("bytes", wv__run_sweep_work(run, sweep)));
	}
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

int wv__result_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *doc = NULL, *passes = NULL, *bad = NULL, *open = NULL;
	cleanup_doc struct wv_doc *sample = NULL, *sweeps = NULL;
	const bool planned = run->opts->flags & WV_WIPE_DRY_RUN;
	const char *verdict = wv__verdict(run);
	const struct wv__medium *m = &run->medium;
	char since[WV_TIME_TEXT], until[WV_TIME_TEXT];
	const char *began = run->ended_at ? since : NULL, *ended = began ? until : NULL;
	int r;

	wv__time_format(run->began_at, since);
	wv__time_format(run->ended_at, until);
	r = passes_doc(ctx, run, &passes);
	if (r >= 0)
		r = wv__bad_doc(ctx, &run->bad, &bad);
	if (r >= 0)
		r = not_proven_doc(ctx, run, &open);
	if (r >= 0)
		r = sample_doc(ctx, run, &sample);
	if (r >= 0 && planned)
		r = sweeps_doc(ctx, run, &sweeps);
	if (r < 0)
		return r;
	r = wv__doc_build(
		ctx, &doc, M_PATH("device", m->path), M_STR("model", m->model),
		M_STR("serial", m->serial), M_STR("serial_origin", m->serial_origin),
		M_U64("size", m->size), M_STR("media", m->media),
		M_STR("method", run->plan.method->name), M_STR("verify", wv__verify_names[run->plan.verify]),
		/* Overwriting through the host's interface is Clear, never Purge. */
		M_STR("category",
		      !strcmp(verdict, "wiped") || !strcmp(verdict, "sampled") ? "clear" : "none"),
		M_U64("offset", run->start), M_U64("length", run->length),
		M_DOC("passes", passes), M_DOC("bad", bad), M_U64("claimed", m->size),
		M_U64("real", MIN(run->real, m->size)), M_REAL("cpu_seconds", run->cpu_seconds),
		M_OPT_STR("began", began), M_OPT_STR("ended", ended),
		M_OPT_DOC("sample", sample), M_DOC("not_proven", open),
		M_OPT_STR("error", *run->sentence ? run->sentence : NULL),
		M_STR("status", verdict));
	if (r >= 0 && planned)
		r = wv__doc_set(ctx, doc, M_DOC("sweeps", sweeps),
				M_U64("work", wv__run_work(run, run->plan.n_sweeps)),
				M_REAL("expected_seconds", run->expected_seconds));
	if (r >= 0)
		*ret = take_ptr(doc);
	return r;
}

int wv__result_verify_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *bad = NULL;
	const struct wv__count *count = &run->counts[0];
	const char *status = "match";
	int r;

	if (run->bad.bytes[WV__BAD_MISMATCH])
		status = "mismatch";
	else if (run->cancelled && !run->complete)
		status = "cancelled";
	else if (wv__verdict_error(run) < 0 || count->verified != run->length)
		status = "failed";
	r = wv__bad_doc(ctx, &run->bad, &bad);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret, M_PATH("device", run->medium.path),
			     M_U64("size", run->medium.size), M_U64("verified", count->verified),
			     M_U64("mismatched", count->mismatched), M_DOC("bad", bad),
			     M_REAL("seconds", count->verify_seconds),
			     M_REAL("mb_per_s", mb_per_s(count->verified, count->verify_seconds)),
			     M_STR("status", status));
}
