/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_inspecting.c - the inspector's bundle is there whole, or not at all
 */
#include "flow_world.h"

static char *bundle;

static int do_inspect(struct wv_doc **ret)
{
	return wv_flow_inspect(w.st, bundle, ret);
}

static void make(void)
{
	make_until(WV__CERTIFIED);
	bundle = test_path("bundle");
}

static void clear_bundle(void)
{
	must("rm -rf '%s'", bundle);
}

/* A failure of the ledger's last record comes after the bundle: then it is whole. */
static void is_whole_or_not_there(int n, int r)
{
	(void)n;
	must("! ls -d '%s'.* 2>&1", bundle);
	ck_assert_msg(r < 0 || access(bundle, F_OK) == 0, "fault %d: no bundle", n);
	if (access(bundle, F_OK) == 0)
		must("cd '%s' && sha256sum --quiet -c SHA256SUMS && "
		     "[ $(wc -l <SHA256SUMS) = $(find . -type f ! -name SHA256SUMS | wc -l) ]", bundle);
}

START_TEST(a_bundle_survives_every_failure)
{
	stage("certified");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_inspect, .before = clear_bundle,
							  .after = is_whole_or_not_there, .leaves = true,
							  .grow = 6 }), 100);
	must("'%s'/check.sh", bundle);
}
END_TEST

START_TEST(what_comes_later_is_not_in_it)
{
	cleanup_doc struct wv_doc *first = NULL;
	cleanup_doc struct wv_doc *second = NULL;

	clear_bundle();
	stage("out");
	ck_done(do_inspect(&first));
	ck_assert_uint_eq(wv_doc_u64(first, "takeouts"), 1);
	must("[ $(wc -l <'%s'/ledger.jsonl) = %d ]", bundle, (int)wv_doc_u64(first, "records"));
	clear_bundle();
	ck_done(do_inspect(&second)); /* with the end of the first one, and its own begin */
	ck_assert_uint_eq(wv_doc_u64(second, "records"), wv_doc_u64(first, "records") + 2);
	must("'%s'/check.sh", bundle);
}
END_TEST

START_TEST(a_take_out_that_nobody_approved_has_no_signature)
{
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_doc struct wv_doc *prepared = NULL;
	cleanup_free char *holder = wv__printf("suzuki=%s.pub", w.holder);
	struct wv_prepare_opts opts;

	clear_bundle();
	stage("new");
	opts = prepare_opts();
	opts.holder = holder;
	opts.approve_with = NULL;
	ck_assert_int_eq(wv_flow_prepare(w.st, w.volume, &opts, &prepared), -EAGAIN);
	ck_done(do_inspect(&result));
	must("cd '%s'/takeouts/*-* && [ -e takeout-request.json ] && ! [ -e takeout-request.json.sig ]", bundle);
	must("'%s'/check.sh", bundle);
}
END_TEST

START_TEST(a_full_directory_is_left_as_it_is)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("new");
	must("rm -rf '%s' && mkdir '%s' && echo mine >'%s'/file", bundle, bundle, bundle);
	ck_assert_int_eq(do_inspect(&result), -EPERM);
	ck_error_has("is not empty");
	must("[ \"$(cat '%s'/*)\" = mine ] && ! ls -d '%s'.* 2>&1", bundle, bundle);
}
END_TEST

FLOW_MAIN("inspecting", make, a_bundle_survives_every_failure, what_comes_later_is_not_in_it,
	  a_take_out_that_nobody_approved_has_no_signature, a_full_directory_is_left_as_it_is)
