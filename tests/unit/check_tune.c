/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_tune.c - the fastest of what was tried is kept */
#include <unistd.h>

#include "../../lib/wipe/run.h"
#include "support.h"

/*
 * Ticks until the trials are over; each brings what the candidate's rate gives:
 * far apart, so that the sleep of a loaded machine does not blur them.
 */
static void ticks(struct wv__run *run, uint64_t total, uint64_t deep, uint64_t one_lane)
{
	struct wv__tune *tune = &run->tunes[0][0];

	run->total = total;
	run->n_lanes = 2;
	run->depth = 4;
	wv__tune_begin(run, tune);
	for (int i = 0; i < 150 && run->done < total; i++) {
		wv__tune(run, tune);
		usleep(10000);
		run->done += run->lanes_active == 1    ? one_lane :
			     run->depth_active == 4 ? deep :
						      40 * MiB;
	}
}

START_TEST(deep_queues_are_kept_where_they_are_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, 1024 * GiB, 4 * GiB, 4 * MiB);
	ck_assert_uint_eq(run.depth_active, 4);
	ck_assert_uint_eq(run.lanes_active, 2);
}
END_TEST

START_TEST(one_lane_is_kept_where_it_is_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, 1024 * GiB, 4 * MiB, 4 * GiB);
	ck_assert_uint_eq(run.lanes_active, 1);
}
END_TEST

START_TEST(one_request_a_lane_is_kept_where_it_is_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, 1024 * GiB, 4 * MiB, 4 * MiB);
	ck_assert_uint_eq(run.lanes_active, 2);
	ck_assert_uint_eq(run.depth_active, 1);
}
END_TEST

START_TEST(a_sweep_too_short_for_trials_is_left_alone)
{
	struct wv__run run = { 0 };

	ticks(&run, GiB, 80 * MiB, 80 * MiB);
	ck_assert_uint_eq(run.depth_active, 1);
}
END_TEST

START_TEST(the_next_sweep_begins_with_the_best_of_the_last)
{
	struct wv__run run = { 0 };

	ticks(&run, 1024 * GiB, 4 * MiB, 4 * GiB);
	run.done = 0;
	wv__tune_begin(&run, &run.tunes[0][0]);
	ck_assert_uint_eq(run.lanes_active, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tune");
	TCase *all = tcase_create("all");

	tcase_add_test(all, deep_queues_are_kept_where_they_are_faster);
	tcase_add_test(all, one_lane_is_kept_where_it_is_faster);
	tcase_add_test(all, one_request_a_lane_is_kept_where_it_is_faster);
	tcase_add_test(all, a_sweep_too_short_for_trials_is_left_alone);
	tcase_add_test(all, the_next_sweep_begins_with_the_best_of_the_last);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
