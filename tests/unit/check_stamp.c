/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_stamp.c - a medium smaller than it claims is found out and measured */
#include "wipe_world.h"

static const char *const methods[] = { "zero", "random", "vsitr", "ar-380-19" };

static void check_fake(const char *method, uint64_t size, uint64_t real, bool wraps)
{
	const struct wv__wipe_opts opts = { .method = method };
	struct fault_disk d;
	struct wv__wipe_job job;
	char fault[64];

	world_disk(&d, size);
	snprintf(fault, sizeof(fault), "%s %" PRIu64, wraps ? "wrap" : "drop", real);
	ck_assert_int_eq(fault_disk_set(&d, fault), 0);
	job = world_wipe_opts(&d, 512, &opts);
	ck_assert_msg(!strcmp(world_status(&job), "failed"), "%s of %" PRIu64, fault, size);
	ck_assert_int_eq(job.error, -EBADMSG);
	ck_assert_msg(wv_doc_u64(job.result, "real") == real, "%s of %" PRIu64 ": %" PRIu64, fault,
		      size, wv_doc_u64(job.result, "real"));
	world_done(&job);
	fault_disk_free(&d);
}

/* No multiple of anything; neither so small nor so near to the end that a probe of 16 bytes has no room. */
START_TEST(any_fake_size_is_recognised_and_measured)
{
	const uint64_t size = 200 * KiB + 7 * 512;
	unsigned int seed = 20260101;

	for (int i = 0; i < 200; i++) {
		const uint64_t real = 600 + (uint64_t)rand_r(&seed) % (size - 600 - 17);

		check_fake(methods[i / 2 % ARRAY_SIZE(methods)], size, real, i % 2);
	}
}
END_TEST

START_TEST(a_fake_that_is_many_requests_long_is_measured)
{
	const uint64_t size = 3 * MiB + 7 * 512;
	unsigned int seed = 20260102;

	for (int i = 0; i < 8; i++) {
		const uint64_t real = 600 + (uint64_t)rand_r(&seed) % (size - 600 - 17);

		check_fake(methods[i / 2], size, real, i % 2);
	}
}
END_TEST

START_TEST(a_fake_is_recognised_with_several_lanes_and_many_stamps)
{
	const uint64_t size = 300 * MiB;

	check_fake("zero", size, size / 2, true);
	check_fake("zero", size, size / 4, true);
	check_fake("zero", size, size - 4096, true);
	check_fake("zero", size, 123456789, false);
	check_fake("random", size, 200000003, true);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stamp");
	TCase *fake = tcase_create("fake");

	tcase_add_test(fake, any_fake_size_is_recognised_and_measured);
	tcase_add_test(fake, a_fake_that_is_many_requests_long_is_measured);
	tcase_add_test(fake, a_fake_is_recognised_with_several_lanes_and_many_stamps);
	suite_add_tcase(suite, fake);
	return run_suite(suite);
}
