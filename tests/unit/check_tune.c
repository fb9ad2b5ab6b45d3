/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_tune.c - the fastest of what was tried is kept */
#include <unistd.h>

#include "../../lib/wipe/run.h"
#include "support.h"

/* Ticks until the trials are over; each brings what the candidate's rate gives. */
static void ticks(struct wv__run *run, uint64_t total, uint64_t small_chunk, uint64_t one_lane)
{
	struct wv__tune tune = { 0 };

	run->total = total;
	run->n_lanes = run->lanes_active = 2;
	run->chunk = WV__CHUNK_MAX;
	for (int i = 0; i < 40; i++) {
		wv__tune(run, &tune);
		usleep(20000);
		run->done += run->lanes_active == 1	     ? one_lane :
			     run->chunk < WV__CHUNK_MAX ? small_chunk :
							  10 * MiB;
	}
}

START_TEST(small_chunks_are_kept_where_they_are_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, 100 * GiB, 20 * MiB, 5 * MiB);
	ck_assert_uint_lt(run.chunk, WV__CHUNK_MAX);
	ck_assert_uint_eq(run.lanes_active, 2);
}
END_TEST

START_TEST(one_lane_is_kept_where_it_is_faster)
{
	struct wv__run run = { 0 };

	ticks(&run, 100 * GiB, 5 * MiB, 20 * MiB);
	ck_assert_uint_eq(run.lanes_active, 1);
}
END_TEST

START_TEST(a_short_sweep_is_left_alone)
{
	struct wv__run run = { 0 };

	ticks(&run, GiB, 20 * MiB, 20 * MiB);
	ck_assert_uint_eq(run.chunk, WV__CHUNK_MAX);
	ck_assert_uint_eq(run.lanes_active, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tune");
	TCase *all = tcase_create("all");

	tcase_add_test(all, small_chunks_are_kept_where_they_are_faster);
	tcase_add_test(all, one_lane_is_kept_where_it_is_faster);
	tcase_add_test(all, a_short_sweep_is_left_alone);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
