/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_medium.c - files and loop devices, wiped for real */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/media/device.h"
#include "wipe_world.h"

static int wipe(const char *path, struct wv__wipe_opts opts, struct wv__wipe_job *job)
{
	int r;

	*job = (struct wv__wipe_job){ 0 };
	ck_assert_int_eq(wv__device_open(ctx, path, 0, &job->dev), 0);
	r = wv__wipe_run(ctx, job, 1, &opts);
	wv__device_free(job->dev);
	return r;
}

START_TEST(a_loop_device_is_wiped_and_verified)
{
	char *image = make_image("image", 40 * MiB + 512);
	char *loop = loop_attach(image, 0, true);
	struct wv__wipe_opts opts = { .method = "dod-5220.22-m", .verify = "all", .no_ring = _i };
	struct wv__wipe_job job;
	struct wv_device *dev = NULL;
	struct wv_doc *result = NULL;

	ck_assert_int_eq(wipe(loop, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	ck_assert_int_eq(wv__wipe_verify(ctx, dev, job.pattern, &result), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "verified"), 40 * MiB + 512);
	wv__device_free(dev);
	wv_doc_free(result);
	world_done(&job);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

START_TEST(a_4kn_loop_device_is_wiped)
{
	char *image = make_image("image", 4 * MiB + 4096);
	char *loop = loop_attach(image, 4096, true);
	struct wv__wipe_opts opts = { .method = "gutmann" };
	struct wv__wipe_job job;

	ck_assert_int_eq(wipe(loop, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	world_done(&job);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

START_TEST(a_container_file_keeps_its_size)
{
	char *image = make_image("image", 3 * MiB + 512);
	struct wv__wipe_opts opts = { .method = "zero" };
	struct wv__wipe_job job;
	struct stat st;

	ck_assert_int_eq(wipe(image, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "wiped");
	ck_assert_int_eq(stat(image, &st), 0);
	ck_assert_uint_eq((uint64_t)st.st_size, 3 * MiB + 512);
	ck_assert_uint_ge((uint64_t)st.st_blocks * 512, 3 * MiB);
	world_done(&job);
	free(image);
}
END_TEST

START_TEST(the_head_of_a_container_is_wiped_alone)
{
	char *image = make_image("image", 3 * MiB);
	struct wv__wipe_opts opts = { .length = MiB };
	struct wv__wipe_job job;
	struct stat st;

	ck_assert_int_eq(wipe(image, opts, &job), 0);
	ck_assert_str_eq(world_status(&job), "range-wiped");
	ck_assert_int_eq(stat(image, &st), 0);
	ck_assert_uint_le((uint64_t)st.st_blocks * 512, MiB); /* it was sparse */
	world_done(&job);
	free(image);
}
END_TEST

START_TEST(a_device_that_shrank_is_refused)
{
	char *image = make_image("image", 3 * MiB);
	struct wv__wipe_opts opts = { 0 };
	struct wv__wipe_job job = { 0 };

	ck_assert_int_eq(wv__device_open(ctx, image, 0, &job.dev), 0);
	ck_assert_int_eq(truncate(image, MiB), 0);
	ck_assert_int_eq(wv__wipe_run(ctx, &job, 1, &opts), -EBUSY);
	wv__device_free(job.dev);
	free(image);
}
END_TEST

START_TEST(a_wipe_survives_every_failure)
{
	char *image = make_image("image", MiB);
	const struct wv__wipe_opts opts = { .method = "zero", .no_ring = _i };
	struct wv__wipe_job job = { 0 };
	int r, n, fds;

	ck_assert_int_eq(wv__device_open(ctx, image, 0, &job.dev), 0);
	fds = open_fds();
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__wipe_run(ctx, &job, 1, &opts);
		if (!fault_fired())
			break;
		/* What fails and is tried again with success has harmed nothing. */
		ck_assert(r < 0 || !strcmp(world_status(&job), "wiped"));
		ck_assert(r == 0 || !job.result || strcmp(world_status(&job), "wiped") != 0);
		ck_assert_int_eq(open_fds(), fds);
		world_done(&(struct wv__wipe_job){ .result = job.result, .pattern = job.pattern });
		job.result = job.pattern = NULL;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv__device_free(job.dev);
	world_done(&job);
	free(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("medium");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, a_loop_device_is_wiped_and_verified, 0, 2);
	tcase_add_test(all, a_4kn_loop_device_is_wiped);
	tcase_add_test(all, a_container_file_keeps_its_size);
	tcase_add_test(all, the_head_of_a_container_is_wiped_alone);
	tcase_add_test(all, a_device_that_shrank_is_refused);
	tcase_add_loop_test(all, a_wipe_survives_every_failure, 0, 2);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
