/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sanitizers.c - several devices at once, on loops: which offer nothing
 */
#include "../../lib/media/device.h"
#include "../../lib/sanitize/sanitize.h"
#include "support.h"
#include "support_media.h"

static char *image[2], *loop[2];
static struct wv_device *dev[2];

static void setup(void)
{
	for (int i = 0; i < 2; i++) {
		image[i] = make_image(i ? "b" : "a", MiB);
		loop[i] = loop_attach(image[i], 0, false);
		ck_assert_int_eq(
			wv__device_open(ctx, loop[i], WV__DEV_DIRECT | WV__DEV_EXCL, &dev[i]), 0);
	}
}

static void teardown(void)
{
	for (int i = 0; i < 2; i++) {
		wv__device_free(dev[i]);
		loop_detach(loop[i]);
		free(loop[i]);
		free(image[i]);
	}
}

START_TEST(each_loop_is_refused_by_name_and_left_as_it_was)
{
	const struct wv__sanitize_opts opts = { .kind = WV__KINDS };
	struct wv__sanitize_job jobs[2] = { { .dev = dev[0] }, { .dev = dev[1] } };

	run("printf junk | dd of=%s conv=notrunc status=none", loop[0]);
	ck_assert_int_eq(wv__sanitize_run(ctx, jobs, 2, &opts), -EPERM);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(jobs[i].error, -EPERM);
		ck_assert_ptr_null(jobs[i].pattern);
		ck_assert_str_eq(wv_doc_str(jobs[i].result, "device"), loop[i]);
		ck_assert_str_eq(wv_doc_str(jobs[i].result, "status"), "refused");
		ck_assert_ptr_nonnull(strstr(wv_doc_str(jobs[i].result, "error"),
					     "offers no erasure of its own"));
		wv_doc_free(jobs[i].result);
	}
	run("test \"$(head -c 4 %s)\" = junk", loop[0]);
}
END_TEST

START_TEST(a_loop_offers_and_hides_nothing)
{
	struct wv_doc *offers = NULL, *hidden = NULL;

	ck_assert_int_eq(wv__sanitize_describe(ctx, dev[0], &offers, &hidden), 0);
	ck_assert_uint_eq(wv_doc_count(offers), 0);
	ck_assert_ptr_null(hidden);
	ck_assert_int_eq(wv__sanitize_lift(ctx, dev[0]), 0);
	wv_doc_free(offers);
}
END_TEST

START_TEST(running_survives_every_failure)
{
	const struct wv__sanitize_opts opts = { .kind = WV__KINDS };
	const int fds = open_fds();
	int n, r;

	for (n = 0;; n++) {
		struct wv__sanitize_job job = { .dev = dev[0] };
		bool fired;

		fault_after(n);
		r = wv__sanitize_run(ctx, &job, 1, &opts);
		fired = fault_fired();
		ck_assert_int_lt(r, 0);
		ck_assert(!job.result || !strcmp(wv_doc_str(job.result, "status"), "refused"));
		wv_doc_free(job.result);
		ck_assert_int_eq(open_fds(), fds);
		if (!fired)
			break;
	}
	ck_assert_int_eq(r, -EPERM);
	ck_assert_int_ge(n, 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sanitizers");
	TCase *tc = tcase_create("sanitizers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_loop_is_refused_by_name_and_left_as_it_was);
	tcase_add_test(tc, a_loop_offers_and_hides_nothing);
	tcase_add_test(tc, running_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
