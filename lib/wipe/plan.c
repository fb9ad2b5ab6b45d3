/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.c - a wipe as a list of sweeps, and the places of a sample
 */
#include <string.h>

#include "plan.h"

#define PERCENT_DEFAULT 10 /* SP 800-88 Rev. 1: two places of 5 % in each section */

const char *wv__sweep_name(const struct wv__sweep *sweep)
{
	static const char *const names[] = { "write", "verify", "verify and write" };

	return names[sweep->kind];
}

const char *const wv__verify_names[4] = { "last", "none", "all", "sample" };

static int parse_verify(struct wv_ctx *ctx, const char *text, struct wv__plan *plan)
{
	unsigned long percent;
	char *end;

	plan->percent = PERCENT_DEFAULT;
	for (unsigned int i = 0; i < ARRAY_SIZE(wv__verify_names); i++) {
		plan->verify = i;
		if (!strcmp(text, wv__verify_names[i]))
			return 0;
	}
	if (!strncmp(text, "sample:", 7) && text[7] >= '0' && text[7] <= '9') {
		percent = strtoul(text + 7, &end, 10);
		plan->percent = (unsigned int)percent;
		if (!*end && percent >= 1 && percent <= 100)
			return 0;
	}
	return wv__fail(ctx, -EINVAL, "%s is no verify mode: none, last, all, sample or sample:1 to sample:100",
			text);
}

int wv__plan_parse(struct wv_ctx *ctx, const struct wv__wipe_opts *opts, struct wv__plan *ret)
{
	const char *method = opts->method ? opts->method : "random";

	memset(ret, 0, sizeof(*ret));
	ret->method = wv__method_find(method);
	if (!ret->method)
		return wv__fail(ctx, -EINVAL, "%s is no wipe method", method);
	return parse_verify(ctx, opts->verify ? opts->verify : "last", ret);
}

int wv__wipe_check(struct wv_ctx *ctx, const struct wv__wipe_opts *opts)
{
	struct wv__plan plan;

	return wv__plan_parse(ctx, opts, &plan);
}

/* Is this pass read back whole? A method's own wish counts unless nothing is to be read. */
static bool is_verified(const struct wv__plan *plan, unsigned int pass)
{
	if (plan->verify == WV__VERIFY_NONE)
		return false;
	if (plan->verify == WV__VERIFY_ALL)
		return true;
	if (pass + 1 == plan->n_passes)
		return plan->verify == WV__VERIFY_LAST;
	return plan->passes[pass].verify;
}

static void add(struct wv__plan *plan, enum wv__sweep_kind kind, unsigned int pass, bool sample)
{
	plan->sweeps[plan->n_sweeps++] = (struct wv__sweep){ kind, pass, sample };
}

int wv__plan_expand(struct wv__plan *plan, const unsigned char seed[32], bool turn)
{
	const int n = wv__method_expand(plan->method, seed, plan->passes);
	bool last, pending = false;

	if (n < 0)
		return n;
	plan->n_passes = (unsigned int)n;
	plan->n_sweeps = 0;
	for (unsigned int pass = 0; pass < plan->n_passes; pass++) {
		last = pass + 1 == plan->n_passes;
		add(plan, pending ? WV__SWEEP_TURN : WV__SWEEP_WRITE, pass, false);
		pending = is_verified(plan, pass) && turn && !last;
		if (is_verified(plan, pass) && !pending)
			add(plan, WV__SWEEP_VERIFY, pass, false);
		if (last && plan->verify == WV__VERIFY_SAMPLE)
			add(plan, WV__SWEEP_VERIFY, pass, plan->percent < 100);
	}
	return 0;
}

int wv__sample_open(uint64_t start, uint64_t length, uint32_t block, unsigned int percent,
		    const unsigned char seed[32], struct wv__sample *ret)
{
	const uint64_t blocks = length / block;
	const uint64_t sections = MAX(MIN(blocks / 2, UINT64_C(1000)), UINT64_C(1));
	const uint64_t half = MAX(blocks / sections / 2, UINT64_C(1));
	/* Of all blocks, rounded up; cannot overflow below 2^57 blocks. */
	const uint64_t share = (blocks * percent + 200 * sections - 1) / (200 * sections);

	*ret = (struct wv__sample){ .start = start, .block = block, .blocks = blocks,
				    .sections = sections,
				    .length = MIN(MAX(share, UINT64_C(1)), half) * block };
	return wv__ctr_new(seed, &ret->ctr);
}

uint64_t wv__sample_total(const struct wv__sample *sample)
{
	return sample->blocks < 2 ? sample->length : 2 * sample->sections * sample->length;
}

static uint64_t draw(const struct wv__sample *sample, uint64_t i)
{
	unsigned char bytes[8] = { 0 };
	uint64_t x = 0;

	wv__ctr_fill(sample->ctr, 8 * i, bytes, sizeof(bytes));
	for (unsigned int k = 0; k < sizeof(bytes); k++)
		x = x << 8 | bytes[k];
	return x;
}

uint64_t wv__sample_offset(const struct wv__sample *sample, uint64_t at, uint64_t *ret_left)
{
	const uint64_t i = at / sample->length, inside = at % sample->length;
	const uint64_t last = wv__sample_total(sample) / sample->length - 1;
	const uint64_t wide = sample->length / sample->block;
	/* Halves are numbered through: half i is [i * blocks / halves, (i + 1) * blocks / halves). */
	const unsigned __int128 blocks = sample->blocks;
	const uint64_t from = (uint64_t)(blocks * i / (last + 1));
	const uint64_t to = (uint64_t)(blocks * (i + 1) / (last + 1));
	uint64_t place;

	if (i == 0)
		place = 0;
	else if (i == last)
		place = sample->blocks - wide;
	else
		place = from + draw(sample, i) % (to - from - wide + 1);
	*ret_left = sample->length - inside;
	return sample->start + place * sample->block + inside;
}
