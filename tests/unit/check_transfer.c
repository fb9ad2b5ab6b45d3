/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_transfer.c - records given to others, and taken over from another chain
 */
#include <fcntl.h>
#include <string.h>

#include "../../lib/base/fs.h"
#include "../../lib/ledger/ledger.h"
#include "support.h"

static struct wv__ledger *home, *field;
static char *export_path;

static struct wv__ledger *make_ledger(const char *name)
{
	cleanup_free char *path = test_path(name);
	struct wv__ledger *ledger = NULL;

	unlink(path);
	ck_assert_int_eq(wv__ledger_open(ctx, path, "station", true, &ledger), 0);
	return ledger;
}

static void set_up(void)
{
	home = make_ledger("home.db");
	field = make_ledger("field.db");
	export_path = test_path("export.jsonl");
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(wv__ledger_append(ctx, field, "open.begin", "T1", NULL, NULL), 0);
}

static void tear_down(void)
{
	wv__ledger_close(home);
	wv__ledger_close(field);
	unlink(export_path);
	free(export_path);
}

static void export(struct wv__ledger *ledger, const char *takeout, struct wv_buf *ret)
{
	int fd = open(export_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(wv__ledger_export_lines(ctx, ledger, takeout, fd), 0);
	close(fd);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, export_path, 1 << 20, ret), 0);
}

static int import(const char *lines)
{
	return wv__ledger_import(ctx, home, "field desk", "T1", lines, strlen(lines), NULL);
}

START_TEST(an_export_is_checked_by_sed_head_and_sha256sum)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	cleanup_free char *script = NULL;

	export(field, NULL, &lines);
	script = wv__printf(
		"n=$(wc -l <%1$s); [ $n = 10 ] || exit 1; for i in $(seq $((n - 1))); do "
		"d=$(sed -n ${i}p %1$s | head -c -1 | sha256sum); "
		"sed -n $((i + 1))p %1$s | grep -q \"\\\"prev\\\":\\\"${d%%%% *}\\\"\" || exit 1; "
		"done",
		export_path);
	ck_assert_int_eq(system(script), 0);
}
END_TEST

START_TEST(an_export_ends_where_it_is_told)
{
	const int fd = open(export_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cleanup_buf struct wv_buf all = WV_BUF_INIT;
	cleanup_buf struct wv_buf some = WV_BUF_INIT;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(wv__ledger_export_upto(ctx, field, 7, fd), 0);
	close(fd);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, export_path, 1 << 20, &some), 0);
	export(field, NULL, &all);
	ck_assert_uint_lt(some.len, all.len);
	ck_assert_mem_eq(some.data, all.data, some.len);
	ck_assert_ptr_nonnull(strstr(some.data, "\"seq\":7,"));
	ck_assert_ptr_null(strstr(some.data, "\"seq\":8,"));
}
END_TEST

START_TEST(one_takeout_is_exported_alone)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;

	ck_assert_int_eq(wv__ledger_append(ctx, field, "a", "T2", NULL, NULL), 0);
	export(field, "T2", &lines);
	ck_assert_ptr_eq(strchr(lines.data, '\n'), lines.data + lines.len - 1);
	ck_assert_ptr_nonnull(strstr(lines.data, "\"T2\""));
}
END_TEST

START_TEST(a_whole_foreign_chain_becomes_one_record)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	cleanup_doc struct wv_doc *record = NULL;
	struct wv_doc *body;
	uint64_t seq;
	char head[65];

	export(field, NULL, &lines);
	ck_assert_int_eq(import(lines.data), 0);
	ck_assert_int_eq(wv__ledger_last(ctx, home, "chain.import", "T1", &record), 0);
	body = wv_doc_get(record, "body");
	ck_assert_int_eq(wv__ledger_head(ctx, field, &seq, head), 0);
	ck_assert_str_eq(wv_doc_str(body, "head"), head);
	ck_assert_str_eq(wv_doc_str(body, "origin"), "field desk");
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(body, "records")), 10);
	ck_assert(wv_doc_bool(body, "whole"));
}
END_TEST

START_TEST(the_records_of_one_takeout_of_a_foreign_chain_are_marked_as_a_part)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	cleanup_doc struct wv_doc *record = NULL;

	ck_assert_int_eq(wv__ledger_append(ctx, field, "a", "T2", NULL, NULL), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, field, "a", "T1", NULL, NULL), 0);
	export(field, "T1", &lines);
	ck_assert_int_eq(import(lines.data), 0);
	ck_assert_int_eq(wv__ledger_last(ctx, home, "chain.import", "T1", &record), 0);
	ck_assert(!wv_doc_bool(wv_doc_get(record, "body"), "whole"));
}
END_TEST

START_TEST(foreign_records_that_prove_nothing_are_refused)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT, foreign = WV_BUF_INIT;
	cleanup_free char *changed = NULL, *swapped = NULL;
	char *second;
	uint64_t seq;
	char head[65];

	export(field, NULL, &lines);
	second = strchr(lines.data, '\n') + 1;
	changed = strdup(lines.data);
	memcpy(strstr(changed, "open.begin"), "open.begun", 10);
	ck_assert_int_eq(import(changed), -EBADMSG); /* the second is not chained to it */
	swapped = wv__printf("%s%.*s", second, (int)(second - lines.data), lines.data);
	ck_assert_int_eq(import(swapped), -EBADMSG);
	ck_assert_int_eq(import("{}\n"), -EBADMSG);
	ck_assert_int_eq(import("\n"), -EBADMSG);
	lines.data[lines.len - 1] = '\0';
	ck_assert_int_eq(import(lines.data), -EBADMSG); /* cut in the last line */
	ck_assert_int_eq(wv__ledger_append(ctx, field, "a", "T2", NULL, NULL), 0);
	export(field, NULL, &foreign);
	ck_assert_int_eq(import(foreign.data), -EBADMSG);
	ck_error_has("not of take-out T1");
	ck_assert_int_eq(wv__ledger_head(ctx, home, &seq, head), 0);
	ck_assert_uint_eq(seq, 0);
}
END_TEST

START_TEST(importing_survives_every_failure)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;
	int r, n;

	export(field, NULL, &lines);
	for (n = 0;; n++) {
		fault_after(n);
		r = import(lines.data);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
}
END_TEST

START_TEST(exporting_to_a_closed_descriptor_fails)
{
	ck_assert_int_lt(wv__ledger_export_lines(ctx, field, NULL, -1), 0);
}
END_TEST

static Suite *transfer_suite(void)
{
	Suite *suite = suite_create("transfer");
	TCase *transfer = tcase_create("transfer");

	tcase_add_checked_fixture(transfer, set_up, tear_down);
	tcase_add_test(transfer, an_export_is_checked_by_sed_head_and_sha256sum);
	tcase_add_test(transfer, an_export_ends_where_it_is_told);
	tcase_add_test(transfer, one_takeout_is_exported_alone);
	tcase_add_test(transfer, a_whole_foreign_chain_becomes_one_record);
	tcase_add_test(transfer,
		       the_records_of_one_takeout_of_a_foreign_chain_are_marked_as_a_part);
	tcase_add_test(transfer, foreign_records_that_prove_nothing_are_refused);
	tcase_add_test(transfer, importing_survives_every_failure);
	tcase_add_test(transfer, exporting_to_a_closed_descriptor_fails);
	suite_add_tcase(suite, transfer);
	return suite;
}

int main(void)
{
	return run_suite(transfer_suite());
}
