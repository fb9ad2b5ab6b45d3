/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_report_html.c - the page of a report: well-formed and alone whatever the names in it are
 */
#include <errno.h>

#include "support_doc.h"
#include "../../lib/evidence/report_html.h"

#define HEAD "{\"type\":\"report\",\"station\":\"desk\",\"from\":\"2026-04-01T00:00:00Z\",\"to\":\"2026-04-30T23:59:59Z\","
#define HOSTILE "<script src=\\\"http://x\\\">&amp;'\\u0001\\u001b[31m\\u0085\\u202e\\u200f\\u061c\\uffff</td>"
#define TRIP(holder, due, out, back) \
	"{\"takeout\":\"t\",\"volume\":\"v\",\"holder\":\"" holder "\",\"due\":" due ",\"out\":" out \
	",\"keys_destroyed\":" back ",\"first\":1,\"last\":9}"

static char *page_of(const char *json)
{
	struct wv_doc *doc = doc_of(json);
	char *text = NULL;

	ck_assert_int_eq(wv__report_html(ctx, doc, WV__LANG_EN, &text), 0);
	wv_doc_free(doc);
	return text;
}

START_TEST(hostile_names_stay_text_in_every_place)
{
	char *page = page_of("{\"type\":\"report\",\"lab\":false,\"station\":\"" HOSTILE "\",\"client\":\"" HOSTILE "\","
			     "\"contact\":\"" HOSTILE "\",\"created\":\"" HOSTILE "\",\"ledger_head\":\"" HOSTILE "\","
			     "\"from\":\"2026-04-01T00:00:00Z\",\"to\":\"2026-04-30T23:59:59Z\","
			     "\"exceptions\":[{\"kind\":\"x\",\"title\":\"" HOSTILE "\",\"clause\":\"" HOSTILE "\","
			     "\"sentence\":\"" HOSTILE "\",\"takeout\":\"" HOSTILE "\",\"records\":[1]}],"
			     "\"clauses\":[{\"clause\":\"" HOSTILE "\",\"obliges\":\"" HOSTILE "\",\"note\":\"" HOSTILE "\","
			     "\"done\":[{\"what\":\"" HOSTILE "\",\"count\":1,\"records\":[1]}]}],"
			     "\"takeouts\":[{\"takeout\":\"" HOSTILE "\",\"volume\":\"" HOSTILE "\",\"holder\":\"" HOSTILE "\","
			     "\"due\":\"<b>\",\"out\":\"2026-04-02T00:00:00Z\",\"keys_destroyed\":null,\"first\":1,\"last\":2}]}");

	ck_well_formed(page);
	ck_assert_int_eq(times_in(page, "<script"), 0);
	/* station twice, the title has it too; in the timeline the take-out's and the holder's */
	ck_assert_int_eq(times_in(page, "&lt;script src=&quot;http://x&quot;&gt;&amp;amp;&#39;??[31m?????&lt;/td&gt;"), 19);
	ck_assert_int_eq(times_in(page, "\x1b") + times_in(page, "\xc2\x85") + times_in(page, "\xe2\x80\xae") + times_in(page, "\xe2\x80\x8f") + times_in(page, "\x01"), 0);
	free(page);
}
END_TEST

START_TEST(the_timeline_tells_late_and_not_back_in_shapes_and_words)
{
	char *page = page_of(HEAD "\"takeouts\":["
		TRIP("a", "\"2026-04-10T00:00:00Z\"", "\"2026-04-02T00:00:00Z\"", "\"2026-04-05T00:00:00Z\"") ","
		TRIP("a", "\"2026-04-06T00:00:00Z\"", "\"2026-04-04T00:00:00Z\"", "\"2026-04-08T00:00:00Z\"") ","
		TRIP("b", "\"2026-05-10T00:00:00Z\"", "\"2026-04-16T00:00:00Z\"", "null") ","
		TRIP("c", "\"2026-05-10T00:00:00Z\"", "null", "null") "]}");

	ck_well_formed(page);
	/* two of one holder that overlap: two lanes; late is thicker, what is out yet has an outline */
	ck_assert_ptr_nonnull(strstr(page, "height=\"28\" aria-label=\"2 take-outs, 1 late, 0 not back\""));
	ck_assert_ptr_nonnull(strstr(page, "height=\"14\" aria-label=\"1 take-out, 0 late, 1 not back\""));
	ck_assert_ptr_nonnull(strstr(page, "<rect class=\"bar\" x=\"3.333%\" y=\"4\" width=\"10.000%\" height=\"6\"/>"));
	ck_assert_ptr_nonnull(strstr(page, "<rect class=\"late\" x=\"16.667%\" y=\"15\" width=\"6.667%\" height=\"12\"/>"));
	ck_assert_ptr_nonnull(strstr(page, "<rect class=\"bar open\" x=\"50.000%\" y=\"4\" width=\"50.000%\" height=\"6\"/>"));
	/* what never went has a line in the table, and none here */
	ck_assert_int_eq(times_in(page, "<th scope=\"row\">"), 2);
	ck_assert_int_eq(times_in(page, "scope=\"row\" class=\"id\""), 4);
	free(page);
}
END_TEST

START_TEST(records_are_ranges_and_of_many_it_says_how_many_more)
{
	char json[1024], *page;
	int len = snprintf(json, sizeof(json), HEAD "\"exceptions\":[{\"kind\":\"a\",\"sentence\":\"s\",\"records\":[1,2,3,7]},"
			   "{\"kind\":\"b\",\"sentence\":\"s\",\"records\":[18446744073709551615");

	for (int i = 0; i < 30; i++)
		len += snprintf(json + len, sizeof(json) - len, ",%d", 2 * i);
	snprintf(json + len, sizeof(json) - len, "]}]}");
	page = page_of(json);
	ck_assert_ptr_nonnull(strstr(page, ">1\xe2\x80\x93" "3, 7</td>"));
	ck_assert_ptr_nonnull(strstr(page, ">18446744073709551615, 0, 2, "));
	ck_assert_ptr_nonnull(strstr(page, " and 11 more: the JSON has all</td>"));
	free(page);
}
END_TEST

START_TEST(what_is_no_day_is_not_cut_inside_a_character)
{
	char *page = page_of("{\"type\":\"report\",\"from\":\"\u3042\u3042\u3042\u3042\",\"to\":\"\",\"station\":\"desk\"}");

	ck_well_formed(page);
	ck_assert_ptr_nonnull(strstr(page, "<p class=\"period\">\u3042\u3042\u3042 to -</p>"));
	free(page);
}
END_TEST

START_TEST(an_empty_period_is_told_in_words_and_another_document_is_refused)
{
	struct wv_doc *doc = doc_of("{\"type\":\"receipt\"}");
	char *page = page_of("{\"type\":\"report\",\"lab\":true}"), *text = NULL;

	ck_well_formed(page);
	ck_assert_ptr_nonnull(strstr(page, "Nothing in this period was out of order."));
	ck_assert_ptr_nonnull(strstr(page, "Nothing was out in this period."));
	ck_assert_ptr_nonnull(strstr(page, "<p class=\"lab\">LAB, NOT EVIDENCE</p>"));
	ck_assert_int_eq(times_in(page, "LAB, NOT EVIDENCE"), 2); /* and at the top of each sheet */
	free(page);
	ck_assert_int_eq(wv__report_html(ctx, doc, WV__LANG_EN, &text), -EBADMSG);
	ck_assert_ptr_null(text);
	wv_doc_free(doc);
}
END_TEST

START_TEST(no_failure_of_memory_leaves_half_a_page)
{
	const char *json = HEAD "\"takeouts\":[" TRIP("a", "null", "\"2026-04-02T00:00:00Z\"", "null") "]}";
	struct wv_doc *doc = doc_of(json);
	int n = 0, r;

	for (;; n++) {
		char *text = NULL;

		fault_after(n);
		r = wv__report_html(ctx, doc, WV__LANG_EN, &text);
		if (!fault_fired()) {
			free(text);
			break;
		}
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(text);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	wv_doc_free(doc);
}
END_TEST

static Suite *report_html_suite(void)
{
	Suite *suite = suite_create("report_html");
	TCase *tc = tcase_create("report_html");

	tcase_add_test(tc, hostile_names_stay_text_in_every_place);
	tcase_add_test(tc, the_timeline_tells_late_and_not_back_in_shapes_and_words);
	tcase_add_test(tc, records_are_ranges_and_of_many_it_says_how_many_more);
	tcase_add_test(tc, what_is_no_day_is_not_cut_inside_a_character);
	tcase_add_test(tc, an_empty_period_is_told_in_words_and_another_document_is_refused);
	tcase_add_test(tc, no_failure_of_memory_leaves_half_a_page);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(report_html_suite());
}
