/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_operation.c - what was begun, and how it ended
 */
#include <string.h>

#include "../../lib/ledger/ledger.h"
#include "support.h"

static struct wv__ledger *ledger;

static void open_ledger(void)
{
	cleanup_free char *path = test_path("operation.db");

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
}

static void remove_ledger(void)
{
	cleanup_free char *path = test_path("operation.db");

	wv__ledger_close(ledger);
	unlink(path);
}

static uint64_t begin(const char *operation, const char *takeout)
{
	uint64_t op = 0;

	ck_assert_int_eq(wv__ledger_begin(ctx, ledger, operation, takeout, NULL, &op), 0);
	return op;
}

static size_t unfinished(const char *takeout, uint64_t *ret_first)
{
	cleanup_doc struct wv_doc *begins = NULL;

	ck_assert_int_eq(wv__ledger_unfinished(ctx, ledger, takeout, &begins), 0);
	*ret_first = wv_doc_u64(wv_doc_at(begins, 0), "seq");
	return wv_doc_count(begins);
}

START_TEST(an_end_names_its_begin_its_takeout_and_the_outcome)
{
	cleanup_doc struct wv_doc *body = NULL, *record = NULL;
	const uint64_t op = begin("prepare", "T1");
	struct wv_doc *got;

	ck_assert_int_eq(wv__doc_build(ctx, &body, M_STR("volume", "u")), 0);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, op, "done", body), 0);
	ck_assert_int_eq(wv__ledger_record(ctx, ledger, op + 1, &record), 0);
	ck_assert_str_eq(wv_doc_str(record, "kind"), "prepare.end");
	ck_assert_str_eq(wv_doc_str(record, "takeout"), "T1");
	got = wv_doc_get(record, "body");
	ck_assert_uint_eq(wv_doc_u64(got, "begin"), op);
	ck_assert_str_eq(wv_doc_str(got, "outcome"), "done");
	ck_assert_str_eq(wv_doc_str(got, "volume"), "u");
	ck_assert_ptr_null(wv_doc_get(body, "begin")); /* the caller's body is left alone */
}
END_TEST

START_TEST(what_did_not_end_is_found_per_takeout_oldest_first)
{
	uint64_t first, one, two, three;

	one = begin("prepare", "T1");
	two = begin("return", "T2");
	three = begin("wipe", NULL);
	ck_assert_uint_eq(begin("open", "T1"), 4);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, 4, "failed", NULL), 0);
	ck_assert_uint_eq(unfinished("T1", &first), 1);
	ck_assert_uint_eq(first, one);
	ck_assert_uint_eq(unfinished("T2", &first), 1);
	ck_assert_uint_eq(first, two);
	ck_assert_uint_eq(unfinished(NULL, &first), 3);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, one, "interrupted", NULL), 0);
	ck_assert_uint_eq(unfinished("T1", &first), 0);
	ck_assert_uint_eq(unfinished(NULL, &first), 2);
	ck_assert_uint_eq(first, two);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, three, "proof-failed", NULL), 0);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, two, "waiting", NULL), 0);
	ck_assert_uint_eq(unfinished(NULL, &first), 0);
}
END_TEST

START_TEST(only_what_began_can_end_and_only_in_a_known_way)
{
	uint64_t first, op = begin("wipe", NULL);

	ck_assert_int_eq(wv__ledger_end(ctx, ledger, op, "fine", NULL), -EINVAL);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, op + 1, "done", NULL), -ENOENT);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, op, "done", NULL), 0);
	ck_assert_int_eq(wv__ledger_end(ctx, ledger, op + 1, "done", NULL), -EINVAL);
	ck_assert_uint_eq(unfinished(NULL, &first), 0);
}
END_TEST

START_TEST(the_search_for_what_did_not_end_survives_every_failure)
{
	cleanup_doc struct wv_doc *begins = NULL;
	int r, n;

	begin("wipe", NULL);
	begin("wipe", NULL);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ledger_unfinished(ctx, ledger, NULL, &begins);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(begins);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 1);
	ck_assert_uint_eq(wv_doc_count(begins), 2);
}
END_TEST

static Suite *operation_suite(void)
{
	Suite *suite = suite_create("operation");
	TCase *operation = tcase_create("operation");

	tcase_add_checked_fixture(operation, open_ledger, remove_ledger);
	tcase_add_test(operation, an_end_names_its_begin_its_takeout_and_the_outcome);
	tcase_add_test(operation, what_did_not_end_is_found_per_takeout_oldest_first);
	tcase_add_test(operation, only_what_began_can_end_and_only_in_a_known_way);
	tcase_add_test(operation, the_search_for_what_did_not_end_survives_every_failure);
	suite_add_tcase(suite, operation);
	return suite;
}

int main(void)
{
	return run_suite(operation_suite());
}
