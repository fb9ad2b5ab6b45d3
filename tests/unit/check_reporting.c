/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_reporting.c - the report of a station: its period, and that it is a record itself
 */
#include "../../lib/base/clock.h"
#include "station_world.h"

static int do_report(struct wv_doc **ret)
{
	return wv_flow_report(st, "2020-01-01", "2099-12-31", ret);
}

START_TEST(a_day_is_meant_from_its_first_second_to_its_last)
{
	struct wv_doc *report = NULL;

	ck_assert_int_eq(wv_flow_report(st, "2026-06-01", "2026-06-01", &report), 0);
	ck_assert_str_eq(wv_doc_str(report, "from"), "2026-06-01T00:00:00Z");
	ck_assert_str_eq(wv_doc_str(report, "to"), "2026-06-01T23:59:59Z");
	wv_doc_free(report);
	report = NULL;
	ck_assert_int_eq(wv_flow_report(st, "2026-06-01T08:00:00Z", "2026-06-01T09:00:00Z", &report), 0);
	ck_assert_str_eq(wv_doc_str(report, "from"), "2026-06-01T08:00:00Z");
	wv_doc_free(report);
}
END_TEST

START_TEST(what_is_no_period_is_refused_and_no_record)
{
	const uint64_t before = records();
	struct wv_doc *report = NULL;

	ck_assert_int_eq(wv_flow_report(st, "June", "2026-06-01", &report), -EINVAL);
	ck_error_has("June");
	ck_assert_int_eq(wv_flow_report(st, "2026-06-01", NULL, &report), -EINVAL);
	ck_assert_int_eq(wv_flow_report(st, "2026-06-02", "2026-06-01", &report), -EINVAL);
	ck_assert_ptr_null(report);
	ck_assert_uint_eq(records(), before);
}
END_TEST

START_TEST(a_report_survives_every_failure)
{
	int n, fds = open_fds();

	for (n = 0;; n += 1 + n / 10) { /* most are of one record after another */
		struct wv_doc *report = NULL;
		bool fired;
		int r;

		fault_after(n);
		r = do_report(&report);
		fired = fault_fired();
		ck_assert_msg(r == 0 || (fired && !report && *wv_ctx_error(ctx)), "fault %d: %d", n, r);
		ck_assert_msg(r < 0 || wv_doc_count(wv_doc_get(report, "clauses")) > 30, "fault %d", n);
		ck_assert_int_eq(open_fds(), fds);
		wv_doc_free(report);
		if (!fired)
			break;
	}
	ck_assert_int_gt(n, 20);
}
END_TEST

START_TEST(a_report_counts_those_before_it)
{
	struct wv_doc *first = NULL, *second = NULL;

	ck_assert_int_eq(do_report(&first), 0);
	ck_assert_int_eq(do_report(&second), 0);
	ck_assert_uint_eq(wv_doc_u64(second, "ledger_size"), wv_doc_u64(first, "ledger_size") + 2);
	wv_doc_free(first);
	wv_doc_free(second);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_day_is_meant_from_its_first_second_to_its_last,
		what_is_no_period_is_refused_and_no_record,
		a_report_survives_every_failure,
		a_report_counts_those_before_it,
	};

	return run_suite(station_suite("reporting", station_set_up, station_tear_down, tests,
				       ARRAY_SIZE(tests), NULL));
}
