/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_report.c - a year of made-up records: what a report counts, and what it tells first
 */
#include <errno.h>

#include "../../lib/base/clock.h"
#include "../../lib/evidence/report.h"
#include "support.h"

#define A "aaaaaaaa-0000-4000-8000-000000000000"
#define B "bbbbbbbb-0000-4000-8000-000000000000"
#define VOLUME "\"volume\":\"cccccccc-0000-4000-8000-000000000000\""

static uint64_t at(const char *text)
{
	uint64_t seconds;

	ck_assert_int_eq(wv__time_parse(text, &seconds), 0);
	return seconds;
}

#define JUNE 1780272000 /* 2026-06-01T00:00:00Z */

struct line {
	const char *time, *kind, *takeout, *body;
};

static int feed(struct wv__report *report, const struct line *lines, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct wv_doc *record = NULL;
		char json[1024];

		snprintf(json, sizeof(json), "{\"seq\":%zu,\"time\":\"%s\",\"kind\":\"%s\",%s%s%s\"body\":{%s}}",
			 i + 1, lines[i].time, lines[i].kind, lines[i].takeout ? "\"takeout\":\"" : "",
			 lines[i].takeout ? lines[i].takeout : "", lines[i].takeout ? "\"," : "",
			 lines[i].body);
		r = wv__doc_parse_foreign(ctx, json, strlen(json), "a record", &record);
		if (r == 0)
			r = wv__report_add(report, record);
		wv_doc_free(record);
	}
	return r;
}

/* Of June 2026, made in 2027. No check within: faults are counted there. */
static int june(const struct line *lines, size_t n, struct wv_doc **ret)
{
	struct wv__report *report = NULL;
	struct wv_doc *head = NULL;
	int r;

	r = wv__report_new(ctx, JUNE, JUNE + 30 * 86400 - 1, JUNE + 214 * 86400, &report);
	if (r == 0)
		r = feed(report, lines, n);
	if (r == 0)
		r = wv__doc_build(ctx, &head, M_STR("station", "desk"));
	if (r == 0)
		r = wv__report_build(report, head, ret);
	wv_doc_free(head);
	wv__report_free(report);
	return r;
}

/* The exceptions, each as "kind:record,record ", in their order. */
static const char *told(struct wv_doc *report)
{
	struct wv_doc *rows = wv_doc_get(report, "exceptions");
	static char text[1024];
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *row = wv_doc_at(rows, i);
		char *records = wv_doc_text(wv_doc_get(row, "records"));

		len += snprintf(text + len, sizeof(text) - len, "%s%s:%s", i ? " " : "",
				wv_doc_str(row, "kind"), records);
		free(records);
	}
	return text;
}

/* How often, for a clause and a kind of record; -1: the report has no such line. */
static long count(struct wv_doc *report, const char *clause, const char *kind)
{
	struct wv_doc *rows = wv_doc_get(report, "clauses");

	for (size_t i = 0; i < wv_doc_count(rows); i++) {
		struct wv_doc *done = wv_doc_get(wv_doc_at(rows, i), "done");

		if (strcmp(wv_doc_str(wv_doc_at(rows, i), "clause"), clause) != 0)
			continue;
		for (size_t k = 0; k < wv_doc_count(done); k++) {
			struct wv_doc *deed = wv_doc_at(done, k);

			ck_assert_uint_eq(wv_doc_count(wv_doc_get(deed, "records")), wv_doc_u64(deed, "count"));
			if (strcmp(wv_doc_str(deed, "kind"), kind) == 0)
				return wv_doc_u64(deed, "count");
		}
	}
	return -1;
}

static void expect(const struct line *lines, size_t n, const char *wanted)
{
	struct wv_doc *report = NULL;
	const int r = june(lines, n, &report);

	ck_assert_msg(r == 0, "%s", wv_ctx_error(ctx));
	ck_assert_str_eq(told(report), wanted);
	wv_doc_free(report);
}

#define EXPECT(lines, wanted) expect((lines), ARRAY_SIZE(lines), (wanted))

static const struct line trip[] = {
	{ "2026-05-01T08:00:00Z", "station.init", NULL, "\"roster\":\"r1\"" },
	{ "2026-05-31T23:59:59Z", "takeout.declared", A,
	  "\"due\":\"2026-06-10T23:59:59Z\",\"holder\":{\"name\":\"suzuki\"},\"client_approval\":{\"number\":\"C-1\"}" },
	{ "2026-06-01T00:00:00Z", "takeout.approved", A, "" },
	{ "2026-06-01T08:00:01Z", "takeout.prepared", A, VOLUME ",\"roster\":\"r1\"" },
	{ "2026-06-01T08:00:02Z", "takeout.out", A, "\"signed_by_holder\":true" },
	{ "2026-06-02T08:00:00Z", "open.begin", A, "" },
	{ "2026-06-02T08:00:01Z", "open.end", A, "\"begin\":6,\"outcome\":\"done\"" },
	{ "2026-06-10T08:00:00Z", "takeout.synced", A, "\"self_verified\":false" },
	{ "2026-06-10T08:00:00Z", "takeout.keys-destroyed", A, "" },
	{ "2026-06-10T08:00:00Z", "takeout.wiped", A, "\"wipe\":{\"status\":\"wiped\"}" },
	{ "2026-06-10T08:00:00Z", "takeout.closed", A, "" },
	{ "2026-07-01T00:00:00Z", "takeout.approved", B, "" },
};

START_TEST(a_take_out_in_order_is_counted_and_no_exception)
{
	struct wv_doc *report = NULL, *row;

	ck_assert_int_eq(june(trip, ARRAY_SIZE(trip), &report), 0);
	ck_assert_str_eq(told(report), "");
	ck_assert_int_eq(count(report, "S3-3", "takeout.declared"), 0); /* the day before the period */
	ck_assert_int_eq(count(report, "R3-2", "takeout.approved"), 1); /* and its first second; the last is the day after */
	ck_assert_int_eq(count(report, "R3-1", "open.end"), 1);
	ck_assert_int_eq(count(report, "R3-6", "takeout.wiped"), 1);
	ck_assert_int_eq(count(report, "R2-2", "incident.notified"), 0);
	ck_assert_uint_eq(wv_doc_u64(report, "counted"), 9);
	ck_assert_uint_eq(wv_doc_u64(report, "first"), 3);
	ck_assert_uint_eq(wv_doc_u64(report, "last"), 11);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(report, "takeouts")), 1);
	row = wv_doc_at(wv_doc_get(report, "takeouts"), 0);
	ck_assert_str_eq(wv_doc_str(row, "holder"), "suzuki");
	ck_assert_str_eq(wv_doc_str(row, "keys_destroyed"), "2026-06-10T08:00:00Z");
	wv_doc_free(report);
}
END_TEST

START_TEST(what_is_not_back_or_was_back_late_is_overdue)
{
	static const char declared[] = "\"due\":\"2026-06-10T23:59:59Z\",\"holder\":{\"name\":\"suzuki\"}";
	const struct line out[] = {
		{ "2026-05-01T08:00:00Z", "takeout.declared", A, declared },
		{ "2026-05-01T08:00:00Z", "takeout.prepared", A, VOLUME },
	};
	const struct line late[] = {
		out[0], out[1], { "2026-06-11T00:00:00Z", "takeout.keys-destroyed", A, "" },
	};
	const struct line later[] = {
		out[0], out[1], { "2026-07-11T00:00:00Z", "takeout.keys-destroyed", A, "" },
	};
	const struct line due_later[] = {
		{ "2026-05-01T08:00:00Z", "takeout.declared", A, "\"due\":\"2026-07-01T00:00:00Z\"" }, out[1],
	};
	const struct line before[] = {
		{ "2026-05-01T08:00:00Z", "takeout.declared", A, "\"due\":\"2026-05-02T00:00:00Z\"" }, out[1],
		{ "2026-05-31T00:00:00Z", "takeout.keys-destroyed", A, "" },
	};

	EXPECT(out, "overdue:[1,2]");
	EXPECT(late, "overdue:[1,3]");
	EXPECT(later, "overdue:[1,2]"); /* at the end of the period it was out */
	EXPECT(due_later, "");
	EXPECT(before, ""); /* that was May's */
	expect(out, 1, ""); /* nothing was prepared */
}
END_TEST

START_TEST(a_deadline_that_was_missed_is_told_with_both_records)
{
	static const char opened[] = VOLUME ",\"text\":\"lost\",\"deadline\":\"2026-06-05T09:00:00Z\"";
	const struct line open[] = { { "2026-06-05T08:00:00Z", "incident.opened", A, opened } };
	const struct line late[] = {
		open[0], { "2026-06-05T09:00:01Z", "incident.notified", A, VOLUME },
	};
	const struct line in_time[] = {
		open[0], { "2026-06-05T09:00:00Z", "incident.notified", A, VOLUME },
	};
	const struct line written_later[] = {
		open[0],
		{ "2026-06-05T12:00:00Z", "incident.notified", A, VOLUME ",\"notified\":\"2026-06-05T08:30:00Z\"" },
	};
	const struct line others[] = {
		open[0],
		{ "2026-06-05T08:10:00Z", "incident.notified", A, VOLUME ",\"client\":false" },
		{ "2026-06-05T10:00:00Z", "incident.notified", A, VOLUME ",\"client\":true" },
	};

	EXPECT(open, "incident-overrun:[1] incident:[1]");
	EXPECT(late, "incident-overrun:[1,2] incident:[1]");
	EXPECT(in_time, "incident:[1]");
	EXPECT(written_later, "incident:[1]");
	EXPECT(others, "incident-overrun:[1,3] incident:[1]");
}
END_TEST

START_TEST(exceptions_come_in_their_order)
{
	const struct line lines[] = {
		{ "2026-05-01T08:00:00Z", "station.init", NULL, "\"roster\":\"r1\"" },
		{ "2026-06-01T08:00:00Z", "insert.seen", NULL, "\"alert\":true,\"message\":\"a copy\"" },
		{ "2026-06-01T08:00:00Z", "insert.seen", NULL, "\"alert\":false" },
		{ "2026-06-01T08:00:00Z", "takeout.prepared", B, "\"roster\":\"r2\"" },
		{ "2026-06-01T08:00:00Z", "takeout.out", B, "\"signed_by_holder\":false" },
		{ "2026-06-01T08:00:00Z", "takeout.renewed", B, "\"self_verified\":true" },
		{ "2026-06-01T08:00:00Z", "takeout.wiped", B, "\"wipe\":{\"status\":\"unverified\"}" },
		{ "2026-06-02T08:00:00Z", "return.begin", B, "" },
		{ "2026-06-02T08:00:00Z", "open.begin", B, "" },
		{ "2026-06-02T08:00:00Z", "open.end", B, "\"begin\":9,\"outcome\":\"proof-failed\",\"why\":\"no\"" },
		{ "2026-06-02T08:00:00Z", "wipe.end", NULL,
		  "\"begin\":1,\"outcome\":\"failed\",\"devices\":[{\"status\":\"wiped\"},{\"status\":\"sampled\",\"serial\":\"S\"}]" },
		{ "2026-06-02T08:00:00Z", "prepare.end", B, "\"begin\":1,\"outcome\":\"refused\",\"why\":\"no\"" },
		{ "2026-06-02T08:00:00Z", "return.end", B, "\"begin\":1,\"outcome\":\"waiting\"" },
		{ "2026-06-02T08:00:00Z", "wipe.end", NULL, "\"begin\":1,\"outcome\":\"interrupted\"" },
		{ "2026-06-03T08:00:00Z", "takeout.wipe-failed", B, "" },
		{ "2026-06-03T08:00:00Z", "takeout.unrecoverable", B, "\"approver\":\"tanaka\"" },
	};

	EXPECT(lines, "refused:[12] failed:[11] failed:[15] proof-failed:[10] unknown-verdict:[7] "
		      "unknown-verdict:[11] self-verified:[6] roster-changed:[4] given-up:[16] interrupted:[14] "
		      "unfinished:[8] signed-for-holder:[5] alert:[2]");
}
END_TEST

START_TEST(a_roster_that_no_record_knows_is_told_only_up_to_now)
{
	struct wv__report *report = NULL;
	struct wv_doc *head = NULL, *doc = NULL;

	ck_assert_int_eq(wv__report_new(ctx, 0, at("2027-01-01T00:00:00Z"), at("2026-12-01T00:00:00Z"), &report), 0);
	ck_assert_int_eq(feed(report, trip, 2), 0);
	ck_assert_int_eq(wv__report_roster(report, "r1"), 0);
	ck_assert_int_eq(wv__report_roster(report, "r9"), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &head, M_STR("station", "desk")), 0);
	ck_assert_int_eq(wv__report_build(report, head, &doc), 0);
	ck_assert_str_eq(told(doc), "roster-changed:[1]");
	wv_doc_free(doc);
	wv_doc_free(head);
	wv__report_free(report);
}
END_TEST

START_TEST(a_period_that_ends_before_it_begins_is_none)
{
	struct wv__report *report = NULL;

	ck_assert_int_eq(wv__report_new(ctx, 2, 1, 3, &report), -EINVAL);
	ck_assert_ptr_null(report);
}
END_TEST

START_TEST(every_failure_is_passed_on)
{
	int n;

	for (n = 0;; n++) {
		struct wv_doc *report = NULL;
		int r;

		fault_after(n);
		r = june(trip, ARRAY_SIZE(trip), &report);
		if (!fault_fired()) {
			ck_assert_int_eq(r, 0);
			wv_doc_free(report);
			break;
		}
		ck_assert_msg(r < 0 && !report, "fault %d: %d", n, r);
	}
	ck_assert_int_gt(n, 10);
}
END_TEST

static Suite *report_suite(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");

	tcase_add_test(tcase, a_take_out_in_order_is_counted_and_no_exception);
	tcase_add_test(tcase, what_is_not_back_or_was_back_late_is_overdue);
	tcase_add_test(tcase, a_deadline_that_was_missed_is_told_with_both_records);
	tcase_add_test(tcase, exceptions_come_in_their_order);
	tcase_add_test(tcase, a_roster_that_no_record_knows_is_told_only_up_to_now);
	tcase_add_test(tcase, a_period_that_ends_before_it_begins_is_none);
	tcase_add_test(tcase, every_failure_is_passed_on);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return run_suite(report_suite());
}
