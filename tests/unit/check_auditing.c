/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_auditing.c - the ledger's proof, its export and its checkpoint, a certificate's proof
 */
#include "flow_world.h"

static char *point, *certificate, *exported;

static int do_verify(struct wv_doc **ret)
{
	return wv_ledger_verify(w.st, access(point, F_OK) == 0 ? point : NULL, ret);
}

static int do_checkpoint(struct wv_doc **ret)
{
	return wv_ledger_checkpoint(w.st, point, ret);
}

static int do_export(struct wv_doc **ret)
{
	const int fd = open(exported, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r;

	(void)ret;
	if (fd < 0) {
		(void)wv_doc_read(ctx, "/", ret); /* a sentence */
		return -errno;
	}
	r = wv_ledger_export(w.st, fd);
	close(fd);
	return r;
}

static int do_certificate(struct wv_doc **ret)
{
	return wv_certificate_verify(w.st, certificate, NULL, ret);
}

static int do_prove(struct wv_doc **ret)
{
	return wv_ledger_prove(w.st, 2, ret);
}

/* A stage "wiped": the ledger has some records, and there is a certificate. */
static void make(void)
{
	static const char *const yes[] = { "stick", NULL };
	cleanup_free char *medium = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_wipe_opts opts = WV_WIPE_OPTS_INIT;

	world_make();
	medium = make_image("stick", MiB);
	certificate = test_path("certificate.json");
	point = test_path("checkpoint.json");
	exported = test_path("exported");
	station_open();
	opts.yes = yes;
	opts.certificate = certificate;
	ck_done(wv_flow_wipe(w.st, (const char *const[]){ medium, NULL }, &opts, &result));
	stage_keep("wiped");
}

START_TEST(what_an_inspector_asks_survives_every_failure)
{
	static int (*const ops[])(struct wv_doc **) = { do_verify, do_checkpoint, do_verify, do_export,
							do_certificate, do_prove };

	stage("wiped");
	unlink(point);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = ops[i], .grow = 10 }), 7);
}
END_TEST

START_TEST(a_changed_certificate_proves_nothing)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("wiped");
	must("sed -i 's/\"verdict\":\"wiped\"/\"verdict\":\"xiped\"/' '%s'", certificate);
	ck_assert_int_eq(do_certificate(&result), -EKEYREJECTED);
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(a_record_that_is_not_there_has_no_proof)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("wiped");
	ck_assert_int_eq(wv_ledger_prove(w.st, 0, &result), -ENOENT);
	ck_assert_int_eq(wv_ledger_prove(w.st, 999999, &result), -ENOENT);
	ck_error_has("999999");
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(a_checkpoint_is_no_certificate)
{
	cleanup_doc struct wv_doc *made = NULL;
	cleanup_doc struct wv_doc *result = NULL;

	stage("wiped");
	ck_done(do_checkpoint(&made));
	ck_assert_int_lt(wv_certificate_verify(w.st, point, NULL, &result), 0);
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(a_ledger_of_one_station_has_no_others)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("wiped");
	ck_assert_int_eq(wv_ledger_verify_stations(w.st, NULL, &result), -EINVAL);
	ck_error_has("one station's");
	ck_assert_int_eq(wv_ledger_verify_stations(w.st, "other", &result), -EINVAL);
	ck_assert_int_eq(wv_ledger_export_stations(w.st, NULL, -1), -EINVAL);
	ck_assert_int_eq(wv_flow_list_stations(w.st, 0, &result), -EINVAL);
	ck_assert_ptr_null(result);
}
END_TEST

FLOW_MAIN("auditing", make, what_an_inspector_asks_survives_every_failure,
	  a_changed_certificate_proves_nothing, a_record_that_is_not_there_has_no_proof,
	  a_checkpoint_is_no_certificate, a_ledger_of_one_station_has_no_others)
