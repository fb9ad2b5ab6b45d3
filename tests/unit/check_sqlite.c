/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sqlite.c - the file behind the ledger: whose it is, and what others put in it
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "../../lib/ledger/store.h"
#include "support.h"

static char *path;

static void make_ledger(void)
{
	struct wv__ledger *ledger = NULL;

	path = test_path("store.db");
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", "T1", NULL, NULL), 0);
	wv__ledger_close(ledger);
}

static void remove_ledger(void)
{
	unlink(path);
	free(path);
}

static int try_open(const char *name)
{
	struct wv__ledger *ledger = NULL;
	int r = wv__ledger_open(ctx, name, "station", false, &ledger);

	ck_assert_int_eq(r == 0, ledger != NULL);
	wv__ledger_close(ledger);
	return r;
}

static void tamper(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
		      sqlite3_errmsg(db));
	sqlite3_close(db);
}

static uint64_t intact(struct wv__ledger *ledger)
{
	cleanup_doc struct wv_doc *result = NULL;

	ck_assert_int_eq(wv__ledger_check(ctx, ledger, NULL, &result), 0);
	ck_assert_str_eq(wv_doc_str(result, "status"), "intact");
	return wv_doc_u64(result, "records");
}

START_TEST(a_new_ledger_is_readable_by_its_owner_only)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(try_open(path), 0);
}
END_TEST

START_TEST(an_absent_ledger_is_not_made_unless_asked_for)
{
	cleanup_free char *absent = test_path("absent.db");

	ck_assert_int_eq(try_open(absent), -ENOENT);
	ck_assert_int_ne(access(absent, F_OK), 0);
}
END_TEST

START_TEST(creating_twice_keeps_the_records)
{
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
	ck_assert_uint_eq(intact(ledger), 1);
	wv__ledger_close(ledger);
}
END_TEST

START_TEST(a_ledger_that_others_can_reach_is_refused)
{
	cleanup_free char *link_path = test_path("link.db");

	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(try_open(path), -EPERM);
	ck_error_has("0640");
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(symlink(path, link_path), 0);
	ck_assert_int_eq(try_open(link_path), -EPERM);
	unlink(link_path);
	ck_assert_int_eq(link(path, link_path), 0);
	ck_assert_int_eq(try_open(path), -EPERM);
	unlink(link_path);
	ck_assert_int_eq(chmod(test_dir(), 0777), 0);
	ck_assert_int_eq(try_open(path), -EPERM);
	ck_error_has("written by others");
	ck_assert_int_eq(chmod(test_dir(), 0700), 0);
	ck_assert_int_eq(try_open(path), 0);
}
END_TEST

START_TEST(a_file_that_is_no_ledger_is_a_failed_proof)
{
	cleanup_free char *text =
		make_file("text.db", "this is no database, however long it may be");

	ck_assert_int_eq(chmod(text, 0600), 0);
	ck_assert_int_eq(try_open(text), -EBADMSG);
	tamper("DROP TABLE records");
	ck_assert_int_eq(try_open(path), -EBADMSG);
	tamper("CREATE VIEW records AS SELECT 1 AS seq, '' AS kind, '' AS takeout, '' AS hash, '' "
	       "AS record");
	ck_assert_int_eq(try_open(path), -EBADMSG);
}
END_TEST

START_TEST(triggers_and_tables_that_someone_added_change_nothing)
{
	struct wv__ledger *ledger = NULL;

	tamper("CREATE TABLE other (x); CREATE VIEW v AS SELECT * FROM records;"
	       "CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM records; END;"
	       "CREATE TRIGGER u BEFORE INSERT ON records BEGIN SELECT RAISE(IGNORE); END;");
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "b", NULL, NULL, NULL), 0);
	ck_assert_uint_eq(intact(ledger), 2);
	wv__ledger_close(ledger);
}
END_TEST

/* SQL compares what lies behind a NUL, and types: what a search does not find the check must not call right. */
START_TEST(a_row_that_a_search_does_not_find_is_found_by_the_check)
{
	static const char *const hidings[] = {
		"UPDATE records SET takeout = takeout || char(0)", "UPDATE records SET kind = kind || char(0) || 'x'",
		"UPDATE records SET hash = hash || char(0)",
	};

	for (size_t i = 0; i < ARRAY_SIZE(hidings); i++) {
		struct wv__ledger *ledger = NULL;
		cleanup_doc struct wv_doc *result = NULL;

		remove_ledger();
		make_ledger();
		tamper(hidings[i]);
		ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
		ck_assert_int_eq(wv__ledger_check(ctx, ledger, NULL, &result), 0);
		ck_assert_str_eq(wv_doc_str(result, "status"), "broken");
		ck_assert_uint_eq(wv_doc_u64(result, "first_bad"), 1);
		wv__ledger_close(ledger);
	}
}
END_TEST

START_TEST(every_commit_is_synced_through_a_write_ahead_log)
{
	cleanup_free char *wal = wv__printf("%s-wal", path);
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "b", NULL, NULL, NULL), 0);
	ck_assert_int_eq(access(wal, F_OK), 0);
	wv__ledger_close(ledger);
}
END_TEST

START_TEST(opening_survives_every_failure)
{
	const int fds = open_fds();
	struct wv__ledger *ledger = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ledger_open(ctx, path, "station", true, &ledger);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(ledger);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	wv__ledger_close(ledger);
}
END_TEST

/* SQLite's own memory: less and less is refused to it, until all goes well. */
START_TEST(a_shortage_of_memory_in_sqlite_is_told_as_such)
{
	const int fds = open_fds();
	struct wv__ledger *ledger = NULL;
	int r = -1, failures = 0;

	for (int limit = 2048; r < 0; limit += 2048) {
		ck_assert_int_lt(limit, 16 << 20);
		sqlite3_hard_heap_limit64(limit);
		r = wv__ledger_open(ctx, path, "station", false, &ledger);
		if (r == 0)
			r = wv__ledger_append(ctx, ledger, "b", NULL, NULL, NULL);
		if (r < 0) {
			ck_assert_int_eq(r, -ENOMEM);
			failures++;
		}
		wv__ledger_close(ledger);
		ledger = NULL;
		ck_assert_int_eq(open_fds(), fds);
	}
	sqlite3_hard_heap_limit64(0);
	ck_assert_int_ge(failures, 3);
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	/* a commit may be told as failed and be there all the same; never half */
	ck_assert_uint_ge(intact(ledger), 2);
	wv__ledger_close(ledger);
}
END_TEST

static Suite *sqlite_suite(void)
{
	Suite *suite = suite_create("sqlite");
	TCase *file = tcase_create("file");

	tcase_add_checked_fixture(file, make_ledger, remove_ledger);
	tcase_add_test(file, a_new_ledger_is_readable_by_its_owner_only);
	tcase_add_test(file, an_absent_ledger_is_not_made_unless_asked_for);
	tcase_add_test(file, creating_twice_keeps_the_records);
	tcase_add_test(file, a_ledger_that_others_can_reach_is_refused);
	tcase_add_test(file, a_file_that_is_no_ledger_is_a_failed_proof);
	tcase_add_test(file, a_row_that_a_search_does_not_find_is_found_by_the_check);
	tcase_add_test(file, triggers_and_tables_that_someone_added_change_nothing);
	tcase_add_test(file, every_commit_is_synced_through_a_write_ahead_log);
	tcase_add_test(file, opening_survives_every_failure);
	tcase_add_test(file, a_shortage_of_memory_in_sqlite_is_told_as_such);
	suite_add_tcase(suite, file);
	return suite;
}

int main(void)
{
	return run_suite(sqlite_suite());
}
