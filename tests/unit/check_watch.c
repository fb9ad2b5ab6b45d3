/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_watch.c - the rate over the surface, and what heat does */
#include "wipe_world.h"

#define NS_PER_S UINT64_C(1000000000)
#define SIZE (256 * MiB)

static struct wv__run run;

static void begin(enum wv__sweep_kind kind)
{
	memset(&run, 0, sizeof(run));
	run.plan.sweeps[0].kind = kind;
	run.sweep = &run.plan.sweeps[0];
	run.total = SIZE;
	wv__watch_begin(&run, 0);
}

static double cell_rate(unsigned int i)
{
	return run.counts[0].cells[i].bytes / run.counts[0].cells[i].seconds / MiB;
}

START_TEST(each_cell_has_the_rate_at_which_it_was_written)
{
	begin(WV__SWEEP_WRITE);
	run.done = 128 * MiB; /* the first half in a second, */
	wv__watch_surface(&run, NS_PER_S);
	run.done = SIZE; /* the second in four */
	wv__watch_surface(&run, 5 * NS_PER_S);
	for (unsigned int i = 0; i < WV__CELLS; i++) {
		ck_assert_double_eq_tol(run.counts[0].cells[i].bytes, MiB, 1);
		ck_assert_double_eq_tol(cell_rate(i), i < 128 ? 128 : 32, 0.1);
	}
}
END_TEST

START_TEST(a_cell_looked_at_many_times_has_the_mean)
{
	begin(WV__SWEEP_WRITE);
	for (unsigned int i = 1; i <= 8; i++) {
		run.done = i * MiB / 8;
		wv__watch_surface(&run, i * NS_PER_S / 8);
	}
	ck_assert_double_eq_tol(cell_rate(0), 1, 0.001);
	ck_assert_double_eq(run.counts[0].cells[1].seconds, 0);
}
END_TEST

START_TEST(a_read_back_draws_nothing)
{
	begin(WV__SWEEP_VERIFY);
	run.done = SIZE;
	wv__watch_surface(&run, NS_PER_S);
	ck_assert_double_eq(run.counts[0].cells[0].bytes, 0);
}
END_TEST

START_TEST(the_smallest_surface_has_its_cells)
{
	begin(WV__SWEEP_WRITE);
	run.total = 512;
	run.done = 512;
	wv__watch_surface(&run, NS_PER_S);
	ck_assert_double_eq_tol(run.counts[0].cells[WV__CELLS - 1].bytes, 2, 0.01);
}
END_TEST

static int heat = -ENODATA;

static int sensor(void *data, int *ret_millidegrees, int *ret_limit)
{
	(void)data;
	if (heat < 0)
		return heat;
	*ret_millidegrees = heat;
	*ret_limit = 60000;
	return 0;
}

static const struct wv__medium_ops warm_ops = { .read = fault_disk_read,
						.write = fault_disk_write,
						.flush = fault_disk_flush,
						.size = fault_disk_size,
						.temperature = sensor };

START_TEST(above_its_limit_a_medium_rests_until_it_is_cooler)
{
	static const struct {
		int heat;
		bool paused;
	} rows[] = { { -ENODATA, false }, { 60000, false }, { 60001, true }, { 56000, true },
		     { 55000, false },	  { 59000, false }, { 70000, true }, { -EIO, false } };

	begin(WV__SWEEP_WRITE);
	run.medium.ops = &warm_ops;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		heat = rows[i].heat;
		wv__watch_heat(&run, (i + 1) * 5 * NS_PER_S);
		ck_assert_msg(run.paused == rows[i].paused, "row %u", i);
	}
}
END_TEST

START_TEST(the_sensor_is_asked_every_five_seconds_only)
{
	begin(WV__SWEEP_WRITE);
	run.medium.ops = &warm_ops;
	heat = 30000;
	wv__watch_heat(&run, NS_PER_S);
	heat = 40000;
	wv__watch_heat(&run, 5 * NS_PER_S);
	ck_assert_int_eq(run.temperature, 30000);
	wv__watch_heat(&run, 6 * NS_PER_S);
	ck_assert_int_eq(run.temperature, 40000);
}
END_TEST

static int32_t told;

static void cancel_when_told(void *data, const struct wv_progress *p)
{
	(void)data;
	told = MAX(told, p->temperature);
	if (p->temperature > p->limit)
		wv_ctx_cancel(ctx);
}

START_TEST(a_medium_too_warm_is_not_written_and_can_still_be_interrupted)
{
	const struct wv__wipe_opts opts = { .method = "zero", .request_seconds = 5 };
	struct fault_disk d;
	struct wv__medium medium;
	struct wv__wipe_job job = { 0 };

	heat = 61000;
	world_disk(&d, 4 * MiB);
	memset(d.memory, FILL, d.size);
	medium = world_medium(&d, 512);
	medium.ops = &warm_ops;
	wv_ctx_set_progress(ctx, cancel_when_told, NULL);
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &opts), -ECANCELED);
	ck_assert_int_eq(told, 61000);
	ck_assert_str_eq(world_status(&job), "cancelled");
	ck_assert_int_eq(d.memory[0], FILL);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(cells_are_in_the_result_where_a_map_is_asked_for)
{
	struct wv__wipe_opts opts = { .method = "zero", .flags = WV_WIPE_MAP };
	struct fault_disk d;
	struct wv__wipe_job job;
	struct wv_doc *cells;

	world_disk(&d, 4 * MiB);
	job = world_wipe_opts(&d, 512, &opts);
	cells = wv_doc_get(wv_doc_at(wv_doc_get(job.result, "passes"), 0), "cells");
	ck_assert_uint_eq(wv_doc_count(cells), WV__CELLS);
	world_done(&job);
	opts.flags = 0;
	job = world_wipe_opts(&d, 512, &opts);
	ck_assert_ptr_null(wv_doc_get(wv_doc_at(wv_doc_get(job.result, "passes"), 0), "cells"));
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *all = tcase_create("all");

	tcase_add_test(all, each_cell_has_the_rate_at_which_it_was_written);
	tcase_add_test(all, a_cell_looked_at_many_times_has_the_mean);
	tcase_add_test(all, a_read_back_draws_nothing);
	tcase_add_test(all, the_smallest_surface_has_its_cells);
	tcase_add_test(all, above_its_limit_a_medium_rests_until_it_is_cooler);
	tcase_add_test(all, the_sensor_is_asked_every_five_seconds_only);
	tcase_add_test(all, a_medium_too_warm_is_not_written_and_can_still_be_interrupted);
	tcase_add_test(all, cells_are_in_the_result_where_a_map_is_asked_for);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
