/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_wiping.c - wipe and verify of media that are no take-out's
 */
#include "flow_world.h"

#define SIZE (2 * MiB)

static char *medium, *certificate;

static void make(void)
{
	world_make();
	medium = make_image("stick", SIZE);
	certificate = test_path("certificate.json");
	must("echo junk | dd of='%s' conv=notrunc status=none", medium);
}

static void begin(void)
{
	stage("new");
	unlink(certificate);
}

static int do_wipe(struct wv_doc **ret)
{
	static const char *const yes[] = { "stick", NULL };
	const char *const devices[] = { medium, NULL };
	struct wv_wipe_opts opts = WV_WIPE_OPTS_INIT;

	opts.yes = yes;
	opts.certificate = certificate;
	return wv_flow_wipe(w.st, devices, &opts, ret);
}

static int do_verify(struct wv_doc **ret)
{
	return wv_flow_verify(ctx, medium, certificate, NULL, ret);
}

/* A failure may tell how far it came; success is a certificate that holds. */
static int do_wipe_quietly(struct wv_doc **ret)
{
	struct wv_doc *doc = NULL;
	const int r = do_wipe(&doc);

	if (r == 0)
		*ret = take_ptr(doc);
	wv_doc_free(doc);
	return r;
}

static void can_be_done_again(int n, int r)
{
	cleanup_doc struct wv_doc *verified = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	if (r < 0)
		ck_done(do_wipe(&again));
	(void)n;
	ck_done(do_verify(&verified));
}

START_TEST(wipe_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_wipe_quietly, .before = begin,
							  .after = can_be_done_again, .grow = 8 }),
			 300);
}
END_TEST

static int do_verify_quietly(struct wv_doc **ret)
{
	struct wv_doc *doc = NULL;
	const int r = do_verify(&doc);

	if (r == 0)
		*ret = take_ptr(doc);
	wv_doc_free(doc);
	return r;
}

START_TEST(verify_survives_every_failure)
{
	cleanup_doc struct wv_doc *wiped = NULL;

	begin();
	ck_done(do_wipe(&wiped));
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_verify_quietly, .grow = 16 }), 30);
}
END_TEST

START_TEST(a_wipe_without_a_device_or_its_serial_is_refused)
{
	static const char *const none[] = { NULL };
	const char *const devices[] = { medium, NULL };
	struct wv_wipe_opts opts = WV_WIPE_OPTS_INIT;
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_doc struct wv_doc *refused = NULL;

	begin();
	ck_assert_int_eq(wv_flow_wipe(w.st, none, &opts, &result), -EINVAL);
	ck_assert_ptr_null(result);
	ck_assert_int_eq(wv_flow_wipe(w.st, devices, &opts, &refused), -EPERM);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(refused, 0), "status"), "refused");
}
END_TEST

START_TEST(verify_needs_a_pattern)
{
	cleanup_doc struct wv_doc *result = NULL;

	ck_assert_int_eq(wv_flow_verify(ctx, medium, NULL, NULL, &result), -EINVAL);
	ck_assert_int_eq(wv_flow_verify(ctx, medium, w.conf, NULL, &result), -EBADMSG);
	ck_assert_ptr_null(result);
}
END_TEST

FLOW_MAIN("wiping", make, wipe_survives_every_failure, verify_survives_every_failure,
	  a_wipe_without_a_device_or_its_serial_is_refused, verify_needs_a_pattern)
