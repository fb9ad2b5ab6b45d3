/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_record.c - one record: its members, its bytes, its row
 */
#include <string.h>

#include "../../lib/ledger/record.h"
#include "support.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define GOOD                                                                                       \
	"{\"body\":{\"a\":1},\"kind\":\"prepare.begin\",\"prev\":\"" ZEROS                         \
	"\",\"seq\":1,\"takeout\":null,\"time\":\"2026-11-25T08:00:00Z\",\"v\":1}"

static int parse(const char *text)
{
	cleanup_record struct wv__record record = { 0 };

	return wv__record_parse(ctx, text, strlen(text), &record);
}

/* The good record with one piece of it replaced. */
static char *with(const char *from, const char *to)
{
	const char *at = strstr(GOOD, from);
	char *text;

	ck_assert_ptr_nonnull(at);
	text = wv__printf("%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
	ck_assert_ptr_nonnull(text);
	return text;
}

START_TEST(a_record_is_read_member_by_member)
{
	cleanup_record struct wv__record record = { 0 };

	ck_assert_int_eq(wv__record_parse(ctx, GOOD, strlen(GOOD), &record), 0);
	ck_assert_uint_eq(record.seq, 1);
	ck_assert_str_eq(record.kind, "prepare.begin");
	ck_assert_str_eq(record.prev, ZEROS);
	ck_assert_str_eq(record.time, "2026-11-25T08:00:00Z");
	ck_assert_ptr_null(record.takeout);
	ck_assert_uint_eq(wv_doc_u64(record.body, "a"), 1);
}
END_TEST

START_TEST(what_is_formatted_is_read_back_the_same)
{
	cleanup_record struct wv__record record = { 0 };
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;

	ck_assert_int_eq(wv__record_parse(ctx, GOOD, strlen(GOOD), &record), 0);
	ck_assert_int_eq(wv__record_format(ctx, &record, &bytes), 0);
	ck_assert_str_eq(wv__buf_str(&bytes), GOOD);
}
END_TEST

START_TEST(anything_but_a_strict_record_is_refused)
{
	static const char *const changes[][2] = {
		{ "\"v\":1", "\"v\":2" },
		{ "\"v\":1", "\"v\":\"1\"" },
		{ "\"v\":1", "\"v\":1,\"w\":1" },
		{ ",\"v\":1", "" },
		{ "\"seq\":1", "\"seq\":0" },
		{ "\"seq\":1", "\"seq\":-1" },
		{ "\"seq\":1", "\"seq\":1.0" },
		{ "\"seq\":1", "\"seq\": 1" },
		{ "\"seq\":1", "\"seq\":1,\"seq\":1" },
		{ "\"takeout\":null,", "" },
		{ "\"takeout\":null", "\"takeout\":\"\"" },
		{ "\"takeout\":null", "\"takeout\":7" },
		{ "\"takeout\":null", "\"takeouu\":null" },
		{ "08:00:00Z", "08:00:00+00:00" },
		{ "2026-11-25", "2026-02-30" },
		{ "{\"a\":1}", "[]" },
		{ "{\"a\":1}", "null" },
		{ "{\"a\":1}", "{\"b\":1,\"a\":1}" },
		{ "prepare.begin", "Prepare" },
		{ "prepare.begin", "" },
		{ "prev\":\"0", "prev\":\"" },
		{ "prev\":\"0", "prev\":\"A" },
		{ "}", "}}" },
		{ "{\"body", " {\"body" },
		{ "\"v\":1}", "\"v\":1}\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		cleanup_free char *text = with(changes[i][0], changes[i][1]);

		ck_assert_msg(parse(text) == -EBADMSG, "taken for a record: %s", text);
	}
	ck_assert_int_eq(parse(""), -EBADMSG);
	ck_assert_int_eq(parse("{}"), -EBADMSG);
}
END_TEST

START_TEST(a_row_that_contradicts_its_bytes_is_refused)
{
	cleanup_record struct wv__record record = { 0 };
	char hex[WV_SHA256_HEX], other[WV_SHA256_HEX];
	struct wv__row good = { 1, "prepare.begin", NULL, hex, GOOD, strlen(GOOD) }, row;

	ck_assert_int_eq(wv__sha256_hex(GOOD, strlen(GOOD), hex), 0);
	ck_assert_int_eq(wv__record_of_row(ctx, &good, &record, other), 0);
	ck_assert_str_eq(hex, other);
	row = good;
	row.hash = ZEROS;
	ck_assert_int_eq(wv__record_of_row(ctx, &row, &record, other), -EBADMSG);
	row = good;
	row.kind = "prepare.end";
	ck_assert_int_eq(wv__record_of_row(ctx, &row, &record, other), -EBADMSG);
	row = good;
	row.takeout = "T1";
	ck_assert_int_eq(wv__record_of_row(ctx, &row, &record, other), -EBADMSG);
}
END_TEST

START_TEST(parsing_survives_every_failure)
{
	int n, r;

	for (n = 0;; n++) {
		fault_after(n);
		r = parse(GOOD);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 1);
}
END_TEST

static Suite *record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *record = tcase_create("record");

	tcase_add_test(record, a_record_is_read_member_by_member);
	tcase_add_test(record, what_is_formatted_is_read_back_the_same);
	tcase_add_test(record, anything_but_a_strict_record_is_refused);
	tcase_add_test(record, a_row_that_contradicts_its_bytes_is_refused);
	tcase_add_test(record, parsing_survives_every_failure);
	suite_add_tcase(suite, record);
	return suite;
}

int main(void)
{
	return run_suite(record_suite());
}
