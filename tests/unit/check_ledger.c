/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_ledger.c - records added and read, also by several processes at once
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../../lib/ledger/ledger.h"
#include "support.h"

static struct wv__ledger *ledger;

static void open_ledger(void)
{
	cleanup_free char *path = test_path("ledger.db");

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
}

static void remove_ledger(void)
{
	cleanup_free char *path = test_path("ledger.db");

	wv__ledger_close(ledger);
	ledger = NULL;
	unlink(path);
}

static uint64_t append(const char *kind, const char *takeout, uint64_t n)
{
	cleanup_doc struct wv_doc *body = NULL;
	uint64_t seq = 0;

	ck_assert_int_eq(wv__doc_build(ctx, &body, M_U64("n", n)), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, kind, takeout, body, &seq), 0);
	return seq;
}

static uint64_t intact(void)
{
	cleanup_doc struct wv_doc *result = NULL;

	ck_assert_int_eq(wv__ledger_check(ctx, ledger, NULL, &result), 0);
	ck_assert_msg(!strcmp(wv_doc_str(result, "status"), "intact"), "%s",
		      wv_doc_str(result, "detail"));
	return wv_doc_u64(result, "records");
}

struct seen {
	uint64_t count, sum, stop_at;
};

static int count(void *data, struct wv_doc *record)
{
	struct seen *seen = data;

	seen->count++;
	seen->sum += wv_doc_u64(wv_doc_get(record, "body"), "n");
	return seen->count == seen->stop_at ? 42 : 0;
}

START_TEST(records_are_numbered_from_one_and_read_back_in_order)
{
	cleanup_doc struct wv_doc *record = NULL, *none = NULL;
	struct seen seen = { 0 };
	char hex[65];
	uint64_t seq;

	ck_assert_int_eq(wv__ledger_head(ctx, ledger, &seq, hex), 0);
	ck_assert_uint_eq(seq, 0);
	ck_assert_int_eq(strspn(hex, "0"), 64);
	ck_assert_uint_eq(append("a", "T1", 1), 1);
	ck_assert_uint_eq(append("b", "T2", 10), 2);
	ck_assert_uint_eq(append("c", NULL, 100), 3);
	ck_assert_int_eq(wv__ledger_head(ctx, ledger, &seq, hex), 0);
	ck_assert_uint_eq(seq, 3);

	ck_assert_int_eq(wv__ledger_record(ctx, ledger, 2, &record), 0);
	ck_assert_str_eq(wv_doc_str(record, "kind"), "b");
	ck_assert_str_eq(wv_doc_str(record, "takeout"), "T2");
	ck_assert_int_eq(wv__ledger_record(ctx, ledger, 4, &none), -ENOENT);
	ck_assert_int_eq(wv__ledger_record(ctx, ledger, 0, &none), -ENOENT);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(wv__ledger_each(ctx, ledger, NULL, 2, count, &seen), 0);
	ck_assert_uint_eq(seen.sum, 110);
	ck_assert_uint_eq(intact(), 3);
}
END_TEST

START_TEST(one_takeout_is_read_alone_and_a_reader_may_stop)
{
	struct seen seen = { 0 }, two = { .stop_at = 2 };

	append("a", "T1", 1);
	append("a", "T2", 10);
	append("a", "T1", 100);
	append("a", "T1", 1000);
	ck_assert_int_eq(wv__ledger_each(ctx, ledger, "T1", 0, count, &seen), 0);
	ck_assert_uint_eq(seen.sum, 1101);
	ck_assert_int_eq(wv__ledger_each(ctx, ledger, "T1", 0, count, &two), 42);
	ck_assert_uint_eq(two.sum, 101);
}
END_TEST

START_TEST(the_last_record_of_a_kind_is_found)
{
	cleanup_doc struct wv_doc *last = NULL, *none = NULL;

	append("a", "T1", 1);
	append("a", "T1", 2);
	append("b", "T1", 3);
	append("a", "T2", 4);
	ck_assert_int_eq(wv__ledger_last(ctx, ledger, "a", "T1", &last), 0);
	ck_assert_uint_eq(wv_doc_u64(last, "seq"), 2);
	ck_assert_int_eq(wv__ledger_last(ctx, ledger, "c", NULL, &none), 0);
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(records_of_some_kinds_are_read_alone)
{
	struct seen all = { 0 }, one = { 0 }, none = { 0 };

	append("incident.opened", "T1", 1);
	append("takeout.lost", "T1", 10);
	append("incident.closed", "T2", 100);
	append("incidents", NULL, 1000);
	ck_assert_int_eq(wv__ledger_each_kind(ctx, ledger, "incident.*", count, &all), 0);
	ck_assert_uint_eq(all.sum, 101);
	ck_assert_int_eq(wv__ledger_each_kind(ctx, ledger, "incident.opened", count, &one), 0);
	ck_assert_uint_eq(one.sum, 1);
	ck_assert_int_eq(wv__ledger_each_kind(ctx, ledger, "incident", count, &none), 0);
	ck_assert_uint_eq(none.count, 0);
}
END_TEST

START_TEST(a_body_that_could_not_be_read_again_does_not_get_in)
{
	cleanup_doc struct wv_doc *array = NULL, *real = NULL;

	ck_assert_int_eq(wv__doc_array(ctx, &array), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", NULL, array, NULL), -EINVAL);
	ck_assert_int_eq(wv__doc_build(ctx, &real, M_REAL("x", 0.5)), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", NULL, real, NULL), -EINVAL);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "A b", NULL, NULL, NULL), -EINVAL);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", "", NULL, NULL), -EINVAL);
	ck_assert_int_lt(wv__ledger_append(ctx, ledger, "a", "\xff", NULL, NULL), 0);
	ck_assert_uint_eq(intact(), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", NULL, NULL, NULL), 0);
	ck_assert_uint_eq(intact(), 1);
}
END_TEST

START_TEST(a_thousand_records_stay_intact)
{
	for (int i = 0; i < 1000; i++)
		append("a", i % 2 ? "T1" : NULL, i);
	ck_assert_uint_eq(intact(), 1000);
}
END_TEST

/* ---- several processes ---------------------------------------------------- */

/* In a child: a connection must not be carried over a fork. */
static void append_many(int n, int tell)
{
	cleanup_free char *path = test_path("ledger.db");

	if (wv__ledger_open(ctx, path, "station", false, &ledger) < 0)
		_exit(1);
	for (int i = 0; i < n; i++) {
		uint64_t seq;

		if (wv__ledger_append(ctx, ledger, "a", "T1", NULL, &seq) < 0)
			_exit(2);
		if (tell >= 0 && write(tell, &seq, sizeof(seq)) != sizeof(seq))
			_exit(3);
	}
	wv__ledger_close(ledger);
	_exit(0);
}

START_TEST(processes_that_append_at_once_make_one_chain)
{
	pid_t children[3];
	int status;

	remove_ledger();
	open_ledger();
	wv__ledger_close(ledger);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (!children[i])
			append_many(100, -1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	open_ledger();
	ck_assert_uint_eq(intact(), 300);
}
END_TEST

/* Kill a process in the midst of appending; what it called appended must be there. */
static void kill_one(int round)
{
	const struct timespec wait = { 0, (1 + round * 7 % 23) * 1000000 };
	uint64_t seq, told = 0;
	int tell[2], status;
	pid_t child;

	wv__ledger_close(ledger);
	ledger = NULL;
	ck_assert_int_eq(pipe(tell), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child)
		append_many(1000, tell[1]);
	close(tell[1]);
	if (round % 2) /* not before its first record, however slow the machine */
		ck_assert_int_eq(read(tell[0], &told, sizeof(told)), sizeof(told));
	nanosleep(&wait, NULL);
	ck_assert_int_gt(child, 1);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	while (read(tell[0], &seq, sizeof(seq)) == sizeof(seq))
		told = seq;
	close(tell[0]);

	open_ledger();
	ck_assert_uint_ge(intact(), told);
}

START_TEST(a_process_killed_while_it_appends_leaves_a_valid_chain)
{
	for (int round = 0; round < 20; round++) {
		kill_one(round);
		append("after", NULL, round);
	}
	ck_assert_uint_gt(intact(), 20);
}
END_TEST

START_TEST(appending_survives_every_failure)
{
	const int fds = open_fds();
	uint64_t seq, last = 0, records;
	int r, n;

	for (n = 0;; n++) {
		seq = 0;
		records = intact();
		fault_after(n);
		r = wv__ledger_append(ctx, ledger, "a", "T1", NULL, &seq);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_uint_eq(seq, 0);
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_uint_eq(intact(), records);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 1);
	ck_assert_uint_eq(append("a", NULL, 1), last + 2);
}
END_TEST

static Suite *ledger_suite(void)
{
	Suite *suite = suite_create("ledger");
	TCase *one = tcase_create("one process");
	TCase *many = tcase_create("many processes");

	tcase_add_checked_fixture(one, open_ledger, remove_ledger);
	tcase_add_test(one, records_are_numbered_from_one_and_read_back_in_order);
	tcase_add_test(one, one_takeout_is_read_alone_and_a_reader_may_stop);
	tcase_add_test(one, the_last_record_of_a_kind_is_found);
	tcase_add_test(one, records_of_some_kinds_are_read_alone);
	tcase_add_test(one, a_body_that_could_not_be_read_again_does_not_get_in);
	tcase_add_test(one, a_thousand_records_stay_intact);
	tcase_add_test(one, appending_survives_every_failure);
	suite_add_tcase(suite, one);
	tcase_add_checked_fixture(many, open_ledger, remove_ledger);
	tcase_add_test(many, processes_that_append_at_once_make_one_chain);
	tcase_add_test(many, a_process_killed_while_it_appends_leaves_a_valid_chain);
	suite_add_tcase(suite, many);
	return suite;
}

int main(void)
{
	return run_suite(ledger_suite());
}
