/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_tune.c - the fastest of what was tried is kept */
#include "../../lib/wipe/run.h"
#include "support.h"

#define NS_PER_MS UINT64_C(1000000)

/* What each kind of candidate brings in a tick of 50 ms, and how much of a core idles. */
struct world {
	uint64_t total, wide, deep, one_lane;
	unsigned int idle_percent;
};

static void ticks(struct wv__run *run, const struct world *w, unsigned int count)
{
	struct wv__tune *tune = &run->tunes[0][0];
	struct wv__moment now = { .ns = 1000 * NS_PER_MS };

	run->total = w->total;
	run->n_lanes = 3;
	run->depth = 4;
	run->sweep = &run->plan.sweeps[0];
	run->plan.passes[0].pattern.random = true;
	wv__tune_begin(run, tune, now);
	for (unsigned int i = 0; i < count && run->done < w->total; i++) {
		run->done += run->lanes_active == 1	? w->one_lane :
			     run->depth_active == 4 ? w->deep :
						      w->wide;
		now.ns += 50 * NS_PER_MS;
		now.idle += 50 * NS_PER_MS * w->idle_percent / 100;
		wv__tune(run, tune, now);
	}
}

START_TEST(deep_queues_are_kept_where_they_are_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, 40 * MiB, GiB, 4 * MiB, 100 }, 200);
	ck_assert_uint_eq(run.depth_active, 4);
	ck_assert_uint_eq(run.lanes_active, 3);
}
END_TEST

START_TEST(one_lane_is_kept_where_it_is_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, 40 * MiB, 4 * MiB, GiB, 100 }, 200);
	ck_assert_uint_eq(run.lanes_active, 1);
}
END_TEST

START_TEST(short_queues_are_kept_where_they_are_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, 40 * MiB, 4 * MiB, 4 * MiB, 100 }, 200);
	ck_assert_uint_eq(run.lanes_active, 3);
	ck_assert_uint_eq(run.depth_active, 2);
}
END_TEST

START_TEST(a_sweep_too_short_for_trials_is_left_alone)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 800 * MiB, 80 * MiB, 80 * MiB, 80 * MiB, 100 }, 200);
	ck_assert_uint_eq(run.depth_active, 2);
}
END_TEST

START_TEST(the_next_sweep_begins_with_the_best_of_the_last)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, 40 * MiB, 4 * MiB, GiB, 100 }, 200);
	run.done = 0;
	wv__tune_begin(&run, &run.tunes[0][0], (struct wv__moment){ 0, 0 });
	ck_assert_uint_eq(run.lanes_active, 1);
}
END_TEST

START_TEST(a_random_pass_begins_with_short_queues_and_all_else_with_deep_ones)
{
	struct wv__run run = { .n_lanes = 4, .depth = 4, .sweep = run.plan.sweeps };

	for (int random = 0; random < 2; random++) {
		run.plan.passes[0].pattern.random = random;
		wv__tune_begin(&run, &run.tunes[0][random], (struct wv__moment){ 0, 0 });
		ck_assert_uint_eq(run.depth_active, random ? 2 : 4);
		ck_assert_uint_eq(run.lanes_active, 4);
	}
	run.n_lanes = 1;
	wv__tune_begin(&run, &run.tunes[1][1], (struct wv__moment){ 0, 0 });
	ck_assert_uint_eq(run.depth_active, 4);
}
END_TEST

START_TEST(nothing_is_tried_while_the_cores_are_the_limit)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, 100 * MiB, GiB, GiB, 10 }, 100);
	ck_assert_uint_eq(run.tunes[0][0].trials, WV__CANDIDATES);
	ck_assert_uint_eq(run.depth_active, 2);
	ck_assert_uint_eq(run.lanes_active, 3);
}
END_TEST

START_TEST(what_was_chosen_is_tried_again_after_half_a_minute)
{
	struct wv__run run = { 0 };

	ticks(&run, &(struct world){ 1024 * GiB, MiB, GiB, GiB / 2, 100 }, 700);
	ck_assert_uint_lt(run.tunes[0][0].since, UINT64_C(36000) * NS_PER_MS);
	ck_assert_uint_gt(run.tunes[0][0].since, UINT64_C(30000) * NS_PER_MS);
	ck_assert_uint_eq(run.depth_active, 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tune");
	TCase *all = tcase_create("all");

	tcase_add_test(all, deep_queues_are_kept_where_they_are_faster);
	tcase_add_test(all, one_lane_is_kept_where_it_is_faster);
	tcase_add_test(all, short_queues_are_kept_where_they_are_faster);
	tcase_add_test(all, a_sweep_too_short_for_trials_is_left_alone);
	tcase_add_test(all, a_random_pass_begins_with_short_queues_and_all_else_with_deep_ones);
	tcase_add_test(all, nothing_is_tried_while_the_cores_are_the_limit);
	tcase_add_test(all, what_was_chosen_is_tried_again_after_half_a_minute);
	tcase_add_test(all, the_next_sweep_begins_with_the_best_of_the_last);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
