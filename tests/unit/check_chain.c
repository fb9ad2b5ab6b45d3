/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_chain.c - a ledger that was tampered with is found out, at the right record
 */
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "../../lib/ledger/record.h"
#include "support.h"

#define RECORDS 20
#define K 7 /* the record that is tampered with */

static char *path;
static struct wv_doc *point; /* the checkpoint of the untouched ledger */

static void append(struct wv__ledger *ledger, uint64_t n)
{
	cleanup_doc struct wv_doc *body = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &body, M_STR("text", "abcde"), M_U64("n", n)), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", "T1", body, NULL), 0);
}

static void make_ledger(void)
{
	struct wv__ledger *ledger = NULL;

	path = test_path("chain.db");
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
	for (int i = 0; i < RECORDS; i++)
		append(ledger, i);
	ck_assert_int_eq(wv__ledger_checkpoint(ctx, ledger, "station", &point), 0);
	wv__ledger_close(ledger);
}

static void remove_ledger(void)
{
	wv_doc_free(point);
	unlink(path);
	free(path);
}

static void tamper(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
		      sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Put bytes in the place of a record, filed with their own hash. */
static void put(uint64_t seq, const char *bytes)
{
	char hex[WV_SHA256_HEX];
	char *sql;

	ck_assert_int_eq(wv__sha256_hex(bytes, strlen(bytes), hex), 0);
	sql = sqlite3_mprintf("INSERT OR REPLACE INTO records VALUES (%llu, 'a', 'T1', '%s', "
			      "CAST('%q' AS BLOB))",
			      (unsigned long long)seq, hex, bytes);
	tamper(sql);
	sqlite3_free(sql);
}

static char *bytes_of(uint64_t seq)
{
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_record(ctx, ledger, seq, &record), 0);
	ck_assert_int_eq(wv__doc_canonical(ctx, record, &bytes), 0);
	wv__ledger_close(ledger);
	return wv__buf_take(&bytes);
}

/* Change a record's text, and its hash with it. */
static void change_with_hash(uint64_t seq)
{
	cleanup_free char *bytes = bytes_of(seq);

	memcpy(strstr(bytes, "abcde"), "abcdX", 5);
	put(seq, bytes);
}

/* 0: intact; -1: broken, at no record in particular */
static void expect(struct wv_doc *checkpoint, int64_t first_bad, uint64_t records)
{
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_check(ctx, ledger, checkpoint, &result), 0);
	wv__ledger_close(ledger);
	ck_assert_str_eq(wv_doc_str(result, "status"), first_bad ? "broken" : "intact");
	ck_assert_uint_eq(wv_doc_u64(result, "first_bad"), MAX(first_bad, 0));
	ck_assert_int_eq(wv_doc_str(result, "detail") != NULL, first_bad != 0);
	ck_assert_uint_eq(wv_doc_u64(result, "records"), records);
	ck_assert(wv__is_hex64(wv_doc_str(result, "head")));
}

START_TEST(an_untouched_ledger_is_intact_also_against_its_checkpoint)
{
	expect(NULL, 0, RECORDS);
	expect(point, 0, RECORDS);
	ck_assert_uint_eq(wv_doc_u64(point, "size"), RECORDS);
	ck_assert_str_eq(wv_doc_str(point, "origin"), "station");
}
END_TEST

START_TEST(a_ledger_that_grew_since_the_checkpoint_is_intact)
{
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	append(ledger, 100);
	wv__ledger_close(ledger);
	expect(point, 0, RECORDS + 1);
}
END_TEST

/* Each statement, where the fault is found, and how many rows there are then. */
static const struct {
	const char *sql;
	int64_t first_bad;
	uint64_t records;
} cases[] = {
	/* changed */
	{ "UPDATE records SET record = CAST(replace(CAST(record AS TEXT), 'abcde', 'abcdX') AS "
	  "BLOB) "
	  "WHERE seq = 7",
	  7, 20 },
	{ "UPDATE records SET record = CAST(record || ' ' AS BLOB) WHERE seq = 7", 7, 20 },
	{ "UPDATE records SET record = x'' WHERE seq = 20", 20, 20 },
	{ "UPDATE records SET takeout = 'T2' WHERE seq = 7", 7, 20 },
	{ "UPDATE records SET takeout = NULL WHERE seq = 7", 7, 20 },
	{ "UPDATE records SET kind = 'b' WHERE seq = 7", 7, 20 },
	{ "UPDATE records SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 7", 7, 20 },
	{ "UPDATE records SET hash = upper(hash) WHERE seq = 1", 1, 20 },
	/* dropped */
	{ "DELETE FROM records WHERE seq = 7", 7, 19 },
	{ "DELETE FROM records WHERE seq = 1", 1, 19 },
	{ "DELETE FROM records WHERE seq BETWEEN 3 AND 9", 3, 13 },
	{ "DELETE FROM records WHERE seq = 7; UPDATE records SET seq = seq - 1 WHERE seq > 7", 7,
	  19 },
	{ "DELETE FROM records WHERE seq = 1; UPDATE records SET seq = seq - 1", 1, 19 },
	/* reordered */
	{ "UPDATE records SET seq = 99 WHERE seq = 7; UPDATE records SET seq = 7 WHERE seq = 8;"
	  "UPDATE records SET seq = 8 WHERE seq = 99",
	  7, 20 },
	{ "UPDATE records SET seq = 99 WHERE seq = 2; UPDATE records SET seq = 2 WHERE seq = 19;"
	  "UPDATE records SET seq = 19 WHERE seq = 99",
	  2, 20 },
	/* put in */
	{ "INSERT INTO records SELECT 21, kind, takeout, hash, record FROM records WHERE seq = 7",
	  21, 21 },
	{ "INSERT INTO records SELECT 21, kind, takeout, hash, record FROM records WHERE seq = 20",
	  21, 21 },
	{ "INSERT INTO records SELECT -5, kind, takeout, hash, record FROM records WHERE seq = 7",
	  1, 21 },
	{ "INSERT INTO records SELECT 0, kind, takeout, hash, record FROM records WHERE seq = 7", 1,
	  21 },
	{ "INSERT INTO records VALUES (21, 'a', 'T1', 'x', x'00')", 21, 21 },
};

START_TEST(tampering_is_found_at_the_right_record)
{
	tamper(cases[_i].sql);
	expect(NULL, cases[_i].first_bad, cases[_i].records);
	expect(point, cases[_i].first_bad, cases[_i].records);
}
END_TEST

START_TEST(a_record_changed_together_with_its_hash_is_found_by_the_next_one)
{
	change_with_hash(K);
	expect(NULL, K, RECORDS);
}
END_TEST

START_TEST(a_record_put_in_with_all_that_belongs_to_it_is_found)
{
	cleanup_free char *bytes = bytes_of(K);

	memcpy(strstr(bytes, "abcde"), "abcdX", 5);
	/* two steps: the numbers may not meet on the way */
	tamper("UPDATE records SET seq = -seq WHERE seq >= 7; UPDATE records SET seq = 1 - seq "
	       "WHERE seq < 0");
	put(K, bytes);
	expect(NULL, K, RECORDS + 1);
}
END_TEST

static uint64_t back_dated(void)
{
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_check(ctx, ledger, NULL, &result), 0);
	wv__ledger_close(ledger);
	ck_assert_str_eq(wv_doc_str(result, "status"), "intact");
	return wv_doc_u64(result, "back_dated");
}

START_TEST(a_record_that_is_dated_before_the_one_in_front_of_it_is_named)
{
	cleanup_free char *bytes = bytes_of(RECORDS);

	ck_assert_uint_eq(back_dated(), 0);
	memcpy(strstr(bytes, "\"time\":\""), "\"time\":\"1999", 12);
	put(RECORDS, bytes);
	ck_assert_uint_eq(back_dated(), RECORDS);
}
END_TEST

START_TEST(a_last_record_changed_with_its_hash_is_found_by_the_checkpoint_only)
{
	change_with_hash(RECORDS);
	expect(NULL, 0, RECORDS);
	expect(point, -1, RECORDS);
}
END_TEST

START_TEST(a_cut_tail_is_found_by_the_checkpoint_only)
{
	tamper("DELETE FROM records WHERE seq > 15");
	expect(NULL, 0, 15);
	expect(point, 16, 15);
	tamper("DELETE FROM records");
	expect(NULL, 0, 0);
	expect(point, 1, 0);
}
END_TEST

START_TEST(a_chain_written_anew_is_found_by_the_checkpoint_only)
{
	struct wv__ledger *ledger = NULL;

	tamper("DELETE FROM records WHERE seq > 15");
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	for (int i = 0; i < 10; i++)
		append(ledger, 1000 + i);
	wv__ledger_close(ledger);
	expect(NULL, 0, 25);
	expect(point, -1, 25);
}
END_TEST

START_TEST(a_document_that_is_no_checkpoint_is_refused)
{
	cleanup_doc struct wv_doc *result = NULL, *other = NULL, *type = NULL;
	struct wv__ledger *ledger = NULL;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &other, M_U64("v", 1)), 0);
	ck_assert_int_eq(wv__ledger_check(ctx, ledger, other, &result), -EBADMSG);
	ck_assert_int_eq(wv__doc_copy(ctx, point, &type), 0);
	ck_assert_int_eq(wv__doc_set(ctx, type, M_STR("type", "receipt")), 0);
	ck_assert_int_eq(wv__ledger_check(ctx, ledger, type, &result), -EBADMSG);
	ck_assert_ptr_null(result);
	wv__ledger_close(ledger);
}
END_TEST

START_TEST(a_broken_ledger_gets_no_checkpoint_and_no_further_record)
{
	struct wv__ledger *ledger = NULL;
	struct wv_doc *none = NULL;

	tamper("UPDATE records SET kind = 'b' WHERE seq = 20");
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	ck_assert_int_eq(wv__ledger_checkpoint(ctx, ledger, "station", &none), -EBADMSG);
	ck_error_has("record 20");
	ck_assert_int_eq(wv__ledger_append(ctx, ledger, "a", NULL, NULL, NULL), -EBADMSG);
	ck_assert_ptr_null(none);
	wv__ledger_close(ledger);
}
END_TEST

START_TEST(a_damaged_file_is_broken_or_no_ledger_and_never_intact)
{
	cleanup_doc struct wv_doc *result = NULL;
	struct wv__ledger *ledger = NULL;
	char page[4096];
	FILE *file = fopen(path, "r+");
	int r;

	ck_assert_ptr_nonnull(file);
	memset(page, 0x5a, sizeof(page));
	ck_assert_int_eq(fseek(file, 2 * sizeof(page), SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(page, sizeof(page), 1, file), 1);
	fclose(file);
	r = wv__ledger_open(ctx, path, "station", false, &ledger);
	if (r == 0)
		r = wv__ledger_check(ctx, ledger, NULL, &result);
	wv__ledger_close(ledger);
	if (r == 0)
		ck_assert_str_eq(wv_doc_str(result, "status"), "broken");
	else
		ck_assert_int_eq(r, -EBADMSG);
}
END_TEST

START_TEST(checking_survives_every_failure)
{
	struct wv__ledger *ledger = NULL;
	struct wv_doc *result = NULL;
	int r, n;

	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", false, &ledger), 0);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ledger_check(ctx, ledger, point, &result);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(result);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	ck_assert_str_eq(wv_doc_str(result, "status"), "intact");
	wv_doc_free(result);
	wv__ledger_close(ledger);
}
END_TEST

static Suite *chain_suite(void)
{
	Suite *suite = suite_create("chain");
	TCase *chain = tcase_create("chain");

	tcase_add_checked_fixture(chain, make_ledger, remove_ledger);
	tcase_add_test(chain, an_untouched_ledger_is_intact_also_against_its_checkpoint);
	tcase_add_test(chain, a_ledger_that_grew_since_the_checkpoint_is_intact);
	tcase_add_loop_test(chain, tampering_is_found_at_the_right_record, 0, ARRAY_SIZE(cases));
	tcase_add_test(chain, a_record_changed_together_with_its_hash_is_found_by_the_next_one);
	tcase_add_test(chain, a_record_put_in_with_all_that_belongs_to_it_is_found);
	tcase_add_test(chain, a_record_that_is_dated_before_the_one_in_front_of_it_is_named);
	tcase_add_test(chain, a_last_record_changed_with_its_hash_is_found_by_the_checkpoint_only);
	tcase_add_test(chain, a_cut_tail_is_found_by_the_checkpoint_only);
	tcase_add_test(chain, a_chain_written_anew_is_found_by_the_checkpoint_only);
	tcase_add_test(chain, a_document_that_is_no_checkpoint_is_refused);
	tcase_add_test(chain, a_broken_ledger_gets_no_checkpoint_and_no_further_record);
	tcase_add_test(chain, a_damaged_file_is_broken_or_no_ledger_and_never_intact);
	tcase_add_test(chain, checking_survives_every_failure);
	suite_add_tcase(suite, chain);
	return suite;
}

int main(void)
{
	return run_suite(chain_suite());
}
