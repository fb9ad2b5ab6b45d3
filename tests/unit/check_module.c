/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_module.c - the store that is loaded when it is asked for: found beside the
 * program, and by nothing else. What it does with a server: tests/cli/test_postgresql.sh
 */
#include "../../lib/ledger/module.h"
#include "support.h"

#define MODULE "workvol-postgresql.so"
#define NOWHERE "postgresql://127.0.0.1:1/none" /* nobody listens there */

START_TEST(the_module_of_this_build_is_found_and_loaded_twice_as_one)
{
	const struct wv__store_ops *one = NULL, *two = NULL;

	ck_assert_int_eq(wv__module_load(ctx, MODULE, &one), 0);
	ck_assert_int_eq(wv__module_load(ctx, MODULE, &two), 0);
	ck_assert_ptr_nonnull(one->open);
	ck_assert_ptr_nonnull(one->head);
	ck_assert_ptr_eq(one, two);
}
END_TEST

START_TEST(one_that_is_not_there_is_named)
{
	const struct wv__store_ops *none = NULL;

	ck_assert_int_eq(setenv("LD_LIBRARY_PATH", test_dir(), 1), 0);
	free(make_file("absent.so", "not looked for here"));
	ck_assert_int_eq(wv__module_load(ctx, "absent.so", &none), -ENOENT);
	ck_error_has("absent.so");
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(loading_survives_every_failure)
{
	const struct wv__store_ops *ops = NULL;
	int r, n;

	ck_assert_int_eq(wv__module_load(ctx, MODULE, &ops), 0); /* the loader keeps what it opened */
	const int fds = open_fds();

	for (n = 0;; n++) {
		ops = NULL;
		fault_after(n);
		r = wv__module_load(ctx, MODULE, &ops);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(ops);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
}
END_TEST

START_TEST(a_server_that_is_not_there_is_told_by_its_name_and_leaves_nothing_open)
{
	struct wv__ledger *ledger = NULL;
	bool fired = true;
	int r, n, fds;

	ck_assert_int_eq(wv__ledger_open(ctx, NOWHERE, "station", true, &ledger), -EIO);
	ck_error_has(NOWHERE);
	fds = open_fds();
	for (n = 0; fired; n++) {
		fault_after(n);
		r = wv__ledger_open(ctx, NOWHERE, "station", true, &ledger);
		fired = fault_fired(); /* first of all: the assertions would be made to fail */
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(ledger);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_ge(n, 5);
}
END_TEST

static Suite *module_suite(void)
{
	Suite *suite = suite_create("module");
	TCase *tc = tcase_create("module");

	tcase_add_test(tc, the_module_of_this_build_is_found_and_loaded_twice_as_one);
	tcase_add_test(tc, one_that_is_not_there_is_named);
	tcase_add_test(tc, loading_survives_every_failure);
	tcase_add_test(tc, a_server_that_is_not_there_is_told_by_its_name_and_leaves_nothing_open);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(module_suite());
}
