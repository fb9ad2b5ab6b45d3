/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_timeline.c - the bars of a report: who had what out, what was late, what lies below what
 */
#include "../../lib/evidence/timeline.h"
#include "support_doc.h"

#define TRIP(holder, due, out, back) \
	"{\"takeout\":\"t\",\"holder\":" holder ",\"due\":" due ",\"out\":" out ",\"keys_destroyed\":" back "}"
#define APRIL(day) "\"2026-04-" day "T00:00:00Z\""

static struct wv_doc *april(const char *takeouts)
{
	char json[2048];

	snprintf(json, sizeof(json), "{\"from\":" APRIL("01") ",\"to\":" APRIL("11") ",\"takeouts\":[%s]}", takeouts);
	return doc_of(json);
}

START_TEST(bars_are_by_holder_then_by_time_and_overlapping_ones_have_lanes)
{
	struct wv_doc *doc = april(TRIP("\"b\"", "null", APRIL("02"), APRIL("03")) ","
				   TRIP("\"a\"", "null", APRIL("05"), APRIL("07")) ","
				   TRIP("\"a\"", "null", APRIL("02"), APRIL("06")) ","
				   TRIP("\"a\"", "null", APRIL("07"), "null") "," /* the first lane is free again */
				   TRIP("\"a\"", "null", "null", "null"));
	struct wv__timeline t;
	size_t lanes;

	ck_assert_int_eq(wv__timeline_build(ctx, doc, &t), 0);
	ck_assert_uint_eq(t.n, 4); /* what never went has no bar */
	ck_assert_uint_eq(wv__timeline_holder(&t, 0, &lanes), 3);
	ck_assert_uint_eq(lanes, 2);
	ck_assert_uint_eq(t.bars[0].lane, 0);
	ck_assert_uint_eq(t.bars[1].lane, 1);
	ck_assert_uint_eq(t.bars[2].lane, 0);
	ck_assert_uint_eq(t.bars[2].end, t.to);
	ck_assert_uint_eq(wv__timeline_holder(&t, 3, &lanes), 4);
	ck_assert_uint_eq(lanes, 1);
	ck_assert_str_eq(t.bars[3].holder, "b");
	free(t.bars);
	wv_doc_free(doc);
}
END_TEST

START_TEST(late_begins_when_it_was_due_and_not_before_it_went)
{
	struct wv_doc *doc = april(TRIP("\"a\"", APRIL("03"), APRIL("02"), APRIL("04")) ","
				   TRIP("\"b\"", APRIL("01"), APRIL("02"), "null") ","
				   TRIP("\"c\"", APRIL("09"), APRIL("02"), APRIL("04")) ","
				   TRIP("null", "null", APRIL("02"), "null"));
	struct wv__timeline t;

	ck_assert_int_eq(wv__timeline_build(ctx, doc, &t), 0);
	ck_assert_str_eq(t.bars[0].holder, "-");
	ck_assert_uint_eq(t.bars[0].late, 0);
	ck_assert_uint_eq(t.bars[1].late, t.bars[1].due);
	ck_assert_uint_eq(t.bars[2].late, t.bars[2].out);
	ck_assert_uint_eq(t.bars[3].late, 0);
	free(t.bars);
	wv_doc_free(doc);
}
END_TEST

/* One look at each lane, not at each bar of each: thousands that nobody brought back are no wait. */
START_TEST(many_that_overlap_are_a_lane_each)
{
	struct wv__timeline t = { .to = 100000, .n = 8000 };
	size_t lanes;

	t.bars = calloc(t.n, sizeof(*t.bars));
	for (size_t i = 0; i < t.n; i++)
		t.bars[i] = (struct wv__bar){ .holder = "a", .out = i, .end = t.to };
	for (int twice = 0; twice < 2; twice++) {
		ck_assert_uint_eq(wv__timeline_holder(&t, 0, &lanes), t.n);
		ck_assert_uint_eq(lanes, t.n);
		ck_assert_uint_eq(t.bars[t.n - 1].lane, t.n - 1);
	}
	free(t.bars);
}
END_TEST

START_TEST(places_stay_within_the_period)
{
	const struct wv__timeline t = { .from = 100, .to = 200 }, none = { .from = 100, .to = 100 }, odd = { .from = 9, .to = 1 };
	char text[12];

	ck_assert(wv__timeline_place(&t, 0) == 0 && wv__timeline_place(&t, 150) == 0.5 && wv__timeline_place(&t, 999) == 1);
	ck_assert(wv__timeline_place(&none, 100) == 0 && wv__timeline_place(&odd, 5) == 0);
	wv__timeline_label(&t, 2, text);
	ck_assert_str_eq(text, "01-01 00:03"); /* a short period: the hour */
	wv__timeline_label(&(struct wv__timeline){ .to = 10 * 86400 }, 1, text);
	ck_assert_str_eq(text, "1970-01-06");
}
END_TEST

START_TEST(every_failure_of_memory_is_told)
{
	struct wv_doc *doc = april(TRIP("\"a\"", "null", APRIL("02"), "null"));
	struct wv__timeline t;
	int n = 0, r;

	for (;; n++) {
		fault_after(n);
		r = wv__timeline_build(ctx, doc, &t);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 1);
	free(t.bars);
	wv_doc_free(doc);
}
END_TEST

static Suite *timeline_suite(void)
{
	Suite *suite = suite_create("timeline");
	TCase *tc = tcase_create("timeline");

	tcase_add_test(tc, bars_are_by_holder_then_by_time_and_overlapping_ones_have_lanes);
	tcase_add_test(tc, late_begins_when_it_was_due_and_not_before_it_went);
	tcase_add_test(tc, many_that_overlap_are_a_lane_each);
	tcase_add_test(tc, places_stay_within_the_period);
	tcase_add_test(tc, every_failure_of_memory_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(timeline_suite());
}
