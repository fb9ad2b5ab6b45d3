/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_statement.c - a wipe's result becomes what may be signed
 */
#include "support_doc.h"
#include "../../lib/evidence/certificate.h"

static const char result_text[] =
	"{\"bad\":[],\"cpu_seconds\":0.0304,\"expected_seconds\":7.5,\"passes\":[{\"cells\":[1.5,0,"
	"99.25],\"mb_per_s\":12.5,"
	"\"pass\":1,\"seconds\":2.0004,\"verify_mb_per_s\":3.5,\"verify_seconds\":1.25,"
	"\"written\":4096}],\"status\":\"wiped\"}";

START_TEST(times_become_milliseconds_and_rates_and_cells_are_left_out)
{
	struct wv_doc *result = doc_of(result_text), *statement = NULL;
	char *before = wv_doc_text(result), *text, *after;
	struct wv_buf canonical = WV_BUF_INIT;

	ck_assert_int_eq(wv__wipe_statement(ctx, result, &statement), 0);
	text = wv_doc_text(statement);
	ck_assert_str_eq(text, "{\"bad\":[],\"cpu_milliseconds\":30,\"expected_milliseconds\":7500,"
			       "\"passes\":[{\"milliseconds\":2000,"
			       "\"pass\":1,\"verify_milliseconds\":1250,\"written\":4096}],"
			       "\"status\":\"wiped\"}");
	/* signed documents hold integers only */
	ck_assert_int_eq(wv__doc_canonical(ctx, statement, &canonical), 0);
	after = wv_doc_text(result);
	ck_assert_str_eq(before, after);
	wv__buf_free(&canonical);
	free(after);
	free(text);
	free(before);
	wv_doc_free(statement);
	wv_doc_free(result);
}
END_TEST

START_TEST(a_result_without_passes_stays_as_it_is)
{
	struct wv_doc *result = doc_of("{\"device\":\"/dev/x\",\"status\":\"refused\"}");
	struct wv_doc *statement = NULL;
	char *text;

	ck_assert_int_eq(wv__wipe_statement(ctx, result, &statement), 0);
	text = wv_doc_text(statement);
	ck_assert_str_eq(text, "{\"device\":\"/dev/x\",\"status\":\"refused\"}");
	free(text);
	wv_doc_free(statement);
	wv_doc_free(result);
}
END_TEST

static Suite *statement_suite(void)
{
	Suite *suite = suite_create("statement");
	TCase *tc = tcase_create("statement");

	tcase_add_test(tc, times_become_milliseconds_and_rates_and_cells_are_left_out);
	tcase_add_test(tc, a_result_without_passes_stays_as_it_is);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(statement_suite());
}
