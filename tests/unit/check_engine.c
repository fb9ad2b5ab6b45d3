/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_engine.c - media that lose much or hang, odd sizes and ranges, several at once */
#include "wipe_world.h"

#ifdef __SANITIZE_THREAD__
#define TSAN true /* it leaves no room for 3 TiB of addresses */
#else
#define TSAN false
#endif

/* ---- losses ----------------------------------------------------------------------------- */

START_TEST(a_run_of_ten_thousand_bad_blocks_is_listed_as_one)
{
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 24 * MiB);
	ck_assert_int_eq(fault_disk_set(&d, "bad write 1000448 5120000"), 0);
	job = world_wipe(&d, "random", "last");
	ck_assert_str_eq(world_status(&job), "failed");
	world_bad_is(&job, 1000448, 5120000, "write");
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_disk_that_fails_for_good_is_given_up_at_once)
{
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 256 * MiB);
	ck_assert_int_eq(fault_disk_set(&d, "sticky both 20000000"), 0);
	job = world_wipe(&d, "dod-5220.22-m", "all");
	ck_assert_str_eq(world_status(&job), "failed");
	ck_assert_int_eq(job.error, -EIO);
	ck_assert_uint_lt(d.requests[0] + d.requests[1], 100);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

/* A stamp that cannot be read is overwritten; its neighbours on the same lane are rescued meanwhile. */
START_TEST(a_disk_that_stutters_at_a_stamp_is_wiped)
{
	struct fault_disk d;
	struct wv__wipe_job job;
	char fault[64];

	for (int round = 0; round < 6; round++) {
		world_disk(&d, 140 * MiB);
		for (int stamp = 64; stamp <= 128; stamp += 64)
			for (int near = -3; near <= 3; near++) {
				snprintf(fault, sizeof(fault), near ? "flaky write %" PRIu64 " 4096 3" : "flaky read %" PRIu64 " 512 1",
					 (stamp + near) * MiB + (near ? 8192 : 0));
				ck_assert_int_eq(fault_disk_set(&d, fault), 0);
			}
		job = world_wipe(&d, "random", "last");
		ck_assert_str_eq(world_status(&job), "wiped");
		ck_assert(world_holds_last_pass(&d, &job));
		world_done(&job);
		fault_disk_free(&d);
	}
}
END_TEST

START_TEST(a_disk_that_hangs_is_given_up_and_holds_up_no_other)
{
	/* Time enough for the other on a slow machine. */
	const struct wv__wipe_opts opts = { .method = "zero", .request_seconds = TSAN ? 20 : 3 };
	struct fault_disk *d = calloc(2, sizeof(*d)); /* what hangs keeps using it */
	struct wv__medium media[2];
	struct wv__wipe_job jobs[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		world_disk(&d[i], 8 * MiB);
		media[i] = world_medium(&d[i], 512);
	}
	ck_assert_int_eq(fault_disk_set(&d[0], "hang 3000000"), 0);
	ck_assert_int_eq(wv__wipe_media(ctx, media, jobs, 2, &opts), -EIO);
	ck_assert_str_eq(world_status(&jobs[0]), "failed");
	ck_assert_str_eq(world_status(&jobs[1]), "wiped");
	ck_error_has("did not answer in time");
	world_done(&jobs[0]);
	world_done(&jobs[1]);
}
END_TEST

START_TEST(a_disk_that_shrinks_under_the_wipe_is_not_called_wiped)
{
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 2 * MiB);
	/* It answers everything, and says at the end that it is half as large. */
	ck_assert_int_eq(fault_disk_set(&d, "shrink 4194304 1048576"), 0);
	job = world_wipe(&d, "zero", "last");
	ck_assert_str_eq(world_status(&job), "failed");
	ck_error_has("had 2097152 bytes and has 1048576 now");
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

static uint64_t world_bytes(const struct fault_disk *d)
{
	return d->bytes[0] + d->bytes[1];
}

/* The method at any of 33 places: in the midst of passes, between them, at the very end. */
START_TEST(a_disk_that_is_replaced_is_not_called_wiped_and_the_new_one_not_written)
{
	static const char *const methods[] = { "zero", "random", "dod-5220.22-m" };
	const char *method = methods[_i / 2], *verify = _i % 2 ? "all" : "last";
	struct fault_disk d;
	struct wv__wipe_job job;
	uint64_t total;
	char fault[64];

	world_disk(&d, 2 * MiB);
	job = world_wipe(&d, method, verify);
	ck_assert_str_eq(world_status(&job), "wiped");
	total = world_bytes(&d);
	world_done(&job);
	fault_disk_free(&d);
	for (uint64_t i = 0; i <= 32; i++) {
		world_disk(&d, 2 * MiB);
		/* As a card reader does: what is under way fails; who opens it next clears that. */
		snprintf(fault, sizeof(fault), "replace %" PRIu64 " 4", total * i / 32);
		ck_assert_int_eq(fault_disk_set(&d, fault), 0);
		job = world_wipe(&d, method, verify);
		ck_assert_str_eq(world_status(&job), "failed");
		ck_assert_int_eq(job.error, -EIO);
		ck_error_has("disk was removed or replaced in the midst of it");
		ck_assert_uint_eq(d.foreign, 0);
		world_done(&job);
		fault_disk_free(&d);
	}
}
END_TEST

START_TEST(a_disk_that_is_replaced_between_two_passes_is_given_up_before_the_next)
{
	struct fault_disk d;
	struct wv__wipe_job job;
	char fault[64];

	/* The first pass lays a stamp in the last block, reads it and writes over it. */
	world_disk(&d, 2 * MiB);
	snprintf(fault, sizeof(fault), "replace %" PRIu64 " 0", d.size + 2 * SECTOR);
	ck_assert_int_eq(fault_disk_set(&d, fault), 0);
	job = world_wipe(&d, "dod-5220.22-m", "last");
	ck_assert_str_eq(world_status(&job), "failed");
	ck_assert_uint_eq(world_bytes(&d), d.size + 2 * SECTOR);
	ck_assert_uint_eq(wv_doc_u64(wv_doc_at(wv_doc_get(job.result, "passes"), 0), "written"),
			  d.size);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

/* ---- sizes ------------------------------------------------------------------------------------ */

START_TEST(odd_sizes_are_wiped_to_the_last_byte)
{
	static const uint64_t sizes[] = { 512, 1024, 4096, 4608, MiB, MiB + 512, 2 * MiB - 512 };
	struct fault_disk d;
	struct wv__wipe_job job;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		world_disk(&d, sizes[i]);
		job = world_wipe(&d, i % 2 ? "gutmann" : "random", i % 3 ? "last" : "all");
		ck_assert_str_eq(world_status(&job), "wiped");
		ck_assert(world_holds_last_pass(&d, &job));
		world_done(&job);
		fault_disk_free(&d);
	}
}
END_TEST

START_TEST(a_4kn_disk_gets_no_smaller_request)
{
	const struct wv__wipe_opts opts = { .method = "gutmann" };
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 3 * MiB + 4096);
	ck_assert_int_eq(fault_disk_set(&d, "bad write 2097152 512"), 0);
	job = world_wipe_opts(&d, 4096, &opts);
	world_bad_is(&job, 2097152, 4096, "write");
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(an_empty_drive_is_not_called_wiped)
{
	const struct wv__wipe_opts opts = { 0 };
	struct fault_disk d;
	struct wv__medium medium;
	struct wv__wipe_job job = { 0 };

	world_disk(&d, 512);
	medium = world_medium(&d, 512);
	medium.size = 0;
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &opts), -ENOMEDIUM);
	ck_error_has("disk is empty");
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_range_is_wiped_and_nothing_beside_it)
{
	const struct wv__wipe_opts opts = { .offset = 512, .length = MiB };
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 2 * MiB);
	memset(d.memory, FILL, d.size);
	job = world_wipe_opts(&d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "range-wiped");
	for (size_t i = 0; i < 512; i++)
		ck_assert_uint_eq(d.memory[i], FILL);
	for (size_t i = MiB + 512; i < d.size; i++)
		ck_assert_uint_eq(d.memory[i], FILL);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_range_beyond_2_tib_is_wiped_where_it_lies)
{
	const uint64_t size = UINT64_C(3) << 40;
	const struct wv__wipe_opts opts = { .offset = size - 2 * MiB, .method = "random" };
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, size);
	memset(d.memory + size - 3 * MiB, FILL, MiB);
	job = world_wipe_opts(&d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "range-wiped");
	ck_assert_uint_eq(d.memory[size - 2 * MiB - 1], FILL);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_range_beyond_the_end_is_refused)
{
	const struct wv__wipe_opts opts = { .offset = 512, .length = UINT64_MAX - 511 };
	struct fault_disk d;
	struct wv__medium medium;
	struct wv__wipe_job job = { 0 };

	world_disk(&d, MiB);
	medium = world_medium(&d, 512);
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &opts), -EINVAL);
	ck_assert_uint_eq(d.requests[1], 0);
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_dry_run_writes_nothing)
{
	const struct wv__wipe_opts opts = { .flags = WV_WIPE_DRY_RUN, .method = "gutmann" };
	struct wv_doc *sweeps;
	struct fault_disk d;
	struct wv__wipe_job job;
	uint64_t sum = 0;

	world_disk(&d, MiB);
	job = world_wipe_opts(&d, 512, &opts);
	ck_assert_str_eq(world_status(&job), "planned");
	ck_assert_uint_eq(wv_doc_u64(job.result, "work"), 36 * MiB);
	sweeps = wv_doc_get(job.result, "sweeps");
	ck_assert_uint_eq(wv_doc_count(sweeps), 36);
	for (size_t i = 0; i < 36; i++)
		sum += wv_doc_u64(wv_doc_at(sweeps, i), "bytes");
	ck_assert_uint_eq(sum, 36 * MiB);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(sweeps, 34), "step"), "write");
	ck_assert_str_eq(wv_doc_str(wv_doc_at(sweeps, 35), "step"), "verify");
	ck_assert_uint_eq(wv_doc_u64(wv_doc_at(sweeps, 35), "pass"), 35);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(sweeps, 35), "pattern"), "random");
	ck_assert_double_gt(wv_doc_real(job.result, "expected_seconds"), 0);
	ck_assert_uint_eq(d.requests[1], 0);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

START_TEST(a_dry_run_reads_to_the_end_of_the_disk)
{
	const struct wv__wipe_opts opts = { .flags = WV_WIPE_DRY_RUN, .method = "zero" };
	struct fault_disk d;
	struct wv__medium medium;
	struct wv__wipe_job job = { 0 };

	world_disk(&d, 64 * MiB + 512);
	ck_assert_int_eq(fault_disk_set(&d, "bad read 67108864 512"), 0); /* its last block */
	medium = world_medium(&d, 512);
	ck_assert_int_eq(wv__wipe_media(ctx, &medium, &job, 1, &opts), -EIO);
	ck_error_has("cannot read disk");
	ck_assert_uint_eq(d.requests[1], 0);
	fault_disk_free(&d);
}
END_TEST

/* ---- progress ---------------------------------------------------------------------------------- */

static struct wv_progress told;

static void keep_progress(void *data, const struct wv_progress *progress)
{
	(void)data;
	told = *progress;
}

START_TEST(the_last_word_of_progress_is_how_it_ended)
{
	struct fault_disk d;
	struct wv__wipe_job job;

	world_disk(&d, 3 * MiB);
	wv_ctx_set_progress(ctx, keep_progress, NULL);
	job = world_wipe(&d, "dod-5220.22-m", "all");
	ck_assert_str_eq(told.step, "done");
	ck_assert_uint_eq(told.all_done, 18 * MiB);
	ck_assert_uint_eq(told.all_total, 18 * MiB);
	world_done(&job);
	ck_assert_int_eq(fault_disk_set(&d, "bad write 4096 512"), 0);
	job = world_wipe(&d, "zero", "last");
	ck_assert_str_eq(told.step, "failed");
	ck_assert_uint_eq(told.errors, 512);
	world_done(&job);
	wv_ctx_set_progress(ctx, NULL, NULL);
	fault_disk_free(&d);
}
END_TEST

/* ---- reading back alone ----------------------------------------------------------------------------- */

START_TEST(verify_finds_the_one_byte_that_differs)
{
	const struct wv__wipe_opts opts = { 0 };
	struct fault_disk d;
	struct wv__medium medium;
	struct wv__pattern pattern;
	struct wv__wipe_job job;
	struct wv_doc *result = NULL;

	world_disk(&d, 3 * MiB);
	job = world_wipe(&d, "random", "last");
	ck_assert_int_eq(wv__pattern_from_doc(ctx, job.pattern, &pattern), 0);
	medium = world_medium(&d, 512);
	ck_assert_int_eq(wv__verify_medium(ctx, &medium, &pattern, 0, 0, &opts, &result), 0);
	ck_assert_str_eq(wv_doc_str(result, "status"), "match");
	wv_doc_free(result);
	d.memory[2 * MiB + 700] ^= 1;
	medium = world_medium(&d, 512);
	ck_assert_int_eq(wv__verify_medium(ctx, &medium, &pattern, 0, 0, &opts, &result), -EBADMSG);
	ck_assert_str_eq(wv_doc_str(result, "status"), "mismatch");
	ck_assert_uint_eq(wv_doc_u64(wv_doc_at(wv_doc_get(result, "bad"), 0), "offset"),
			  2 * MiB + 512);
	wv_doc_free(result);
	world_done(&job);
	fault_disk_free(&d);
}
END_TEST

static Suite *engine_suite(void)
{
	Suite *suite = suite_create("engine");
	TCase *one = tcase_create("one");

	tcase_add_test(one, a_run_of_ten_thousand_bad_blocks_is_listed_as_one);
	tcase_add_test(one, a_disk_that_fails_for_good_is_given_up_at_once);
	tcase_add_test(one, a_disk_that_stutters_at_a_stamp_is_wiped);
	tcase_add_test(one, a_disk_that_hangs_is_given_up_and_holds_up_no_other);
	tcase_add_test(one, a_disk_that_shrinks_under_the_wipe_is_not_called_wiped);
	tcase_add_loop_test(one,
			    a_disk_that_is_replaced_is_not_called_wiped_and_the_new_one_not_written, 0,
			    6);
	tcase_add_test(one, a_disk_that_is_replaced_between_two_passes_is_given_up_before_the_next);
	tcase_add_test(one, odd_sizes_are_wiped_to_the_last_byte);
	tcase_add_test(one, a_4kn_disk_gets_no_smaller_request);
	tcase_add_test(one, an_empty_drive_is_not_called_wiped);
	tcase_add_test(one, a_range_is_wiped_and_nothing_beside_it);
	if (!TSAN)
		tcase_add_test(one, a_range_beyond_2_tib_is_wiped_where_it_lies);
	tcase_add_test(one, a_range_beyond_the_end_is_refused);
	tcase_add_test(one, a_dry_run_writes_nothing);
	tcase_add_test(one, a_dry_run_reads_to_the_end_of_the_disk);
	tcase_add_test(one, the_last_word_of_progress_is_how_it_ended);
	tcase_add_test(one, verify_finds_the_one_byte_that_differs);
	suite_add_tcase(suite, one);
	return suite;
}

int main(void)
{
	return run_suite(engine_suite());
}
