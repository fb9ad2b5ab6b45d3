/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_page.c - the page of a certificate, as an inspector reads it
 */
#include <errno.h>
#include <string.h>

#include "support_doc.h"
#include "../../lib/evidence/certificate.h"

static char *page_of(const char *json)
{
	struct wv_doc *doc = doc_of(json);
	char *text = NULL;

	ck_assert_int_eq(wv__certificate_text(ctx, doc, false, &text), 0);
	wv_doc_free(doc);
	return text;
}

static bool has(const char *page, const char *text)
{
	return strstr(page, text) != NULL;
}

START_TEST(pass_failed_and_unknown_differ_at_a_glance)
{
	static const struct {
		const char *verdict, *word, *rule;
	} rows[] = {
		{ "\"wiped\"", " PASS ", "======" },	  { "\"failed\"", " FAILED ", "######" },
		{ "\"cancelled\"", " FAILED ", "######" }, { "\"sampled\"", " UNKNOWN ", "??????" },
		{ "\"unverified\"", " UNKNOWN ", "??????" }, { "\"range-wiped\"", " UNKNOWN ", "??????" },
		{ "\"odd\"", " UNKNOWN ", "??????" },	  { "null", " UNKNOWN ", "??????" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char json[256], *page;

		snprintf(json, sizeof(json), "{\"type\":\"certificate\",\"verdict\":%s}", rows[i].verdict);
		page = page_of(json);
		ck_assert_msg(has(page, rows[i].word) && has(page, rows[i].rule), "%s", page);
		ck_assert_int_eq(has(page, " PASS "), i == 0);
		ck_assert(!has(page, "unrecoverable"));
		free(page);
	}
}
END_TEST

START_TEST(an_overwrite_is_clear_and_says_what_lies_there_now)
{
	char *page = page_of("{\"type\":\"certificate\",\"verdict\":\"wiped\","
			     "\"sanitization\":{\"category\":\"clear\"},\"wipe\":{\"passes\":["
			     "{\"pass\":1,\"pattern\":\"random\"},{\"pass\":2,\"pattern\":\"zero\"}]},"
			     "\"not_proven\":[\"remapped and over-provisioned areas\"]}");

	ck_assert(has(page, "Clear: what the host can address"));
	ck_assert(!has(page, "Purge"));
	ck_assert(has(page, "zeros were written last, after random bytes"));
	ck_assert(has(page, "Not proven\n"));
	ck_assert(has(page, "remapped and over-provisioned areas"));
	free(page);
	page = page_of("{\"type\":\"certificate\",\"wipe\":{\"passes\":[{\"pattern\":\"zero\"},"
		       "{\"pattern\":\"random\"}]}}");
	ck_assert(!has(page, "zeros were written last"));
	free(page);
}
END_TEST

START_TEST(what_is_bad_is_said_in_words)
{
	char *page = page_of(
		"{\"type\":\"certificate\",\"verdict\":\"failed\",\"wipe\":{\"claimed\":900,\"real\":100,"
		"\"size\":900,\"offset\":100,\"length\":800,\"bad\":["
		"{\"offset\":0,\"length\":512,\"op\":\"write\"},{\"offset\":1,\"length\":2,\"op\":\"read\"},"
		"{\"offset\":3,\"length\":4,\"op\":\"mismatch\"},{\"offset\":5,\"length\":6,\"op\":\"x\"},"
		"{},{}]}}");

	ck_assert(has(page, "512 bytes at 0: could not be written"));
	ck_assert(has(page, "2 bytes at 1: could not be read back"));
	ck_assert(has(page, "4 bytes at 3: did not hold what was written"));
	ck_assert(has(page, "6 bytes at 5: bad"));
	ck_assert(has(page, "2 more ranges: see the document"));
	ck_assert(has(page, "claims 900 bytes and has 100"));
	ck_assert(has(page, "800 bytes at 100"));
	free(page);
}
END_TEST

START_TEST(a_machine_that_writes_in_clear_is_not_called_clear)
{
	char *page = page_of("{\"type\":\"certificate\",\"host\":{\"swap\":{\"state\":\"memory\"},\"hibernation\":"
			     "{\"state\":\"off\"},\"core_dumps\":{\"state\":\"clear\"}},\"copies\":{\"found_count\":0}}");

	ck_assert(has(page, "core dumps          not encrypted\n"));
	ck_assert(has(page, "swap                in memory only\n"));
	ck_assert(has(page, "hibernation         off\n"));
	ck_assert(has(page, "found               0\n"));
	free(page);
}
END_TEST

START_TEST(a_name_writes_no_lines_of_its_own)
{
	char *page = page_of("{\"type\":\"certificate\",\"verdict\":\"failed\",\"copies\":{\"found\":"
			     "[{\"path\":\"/tmp/a\\n  PASS: all is well\"}],\"found_count\":1,\"not_searched\":"
			     "[{\"path\":\"/tmp/\\r\\u001b[2J\",\"why\":\"gone\"}],\"not_searched_count\":1},"
			     "\"medium\":{\"path\":\"/a\\u202eb\\u0085\"}}");

	ck_assert_msg(has(page, "/tmp/a?  PASS: all is well"), "%s", page);
	ck_assert_msg(has(page, "/tmp/??[2J: gone"), "%s", page);
	ck_assert_msg(has(page, "  path                /a?b?\n"), "%s", page);
	free(page);
}
END_TEST

/* 25 characters of 3 bytes each, without a blank: the room for them ends inside of the twentieth. */
START_TEST(a_line_ends_between_two_characters)
{
	char *page, json[256] = "{\"type\":\"certificate\",\"performer\":{\"client\":\"";

	for (int i = 0; i < 25; i++)
		strcat(json, "\xe5\xb8\x82");
	page = page_of(strcat(json, "\"}}"));
	for (char *line = page, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert(wv__is_utf8(line, (size_t)(end - line)));
	free(page);
}
END_TEST

START_TEST(no_line_is_longer_than_80_columns)
{
	char *page = page_of("{\"type\":\"certificate\",\"verdict\":\"sampled\",\"lab\":true,"
			     "\"sanitization\":{\"category\":\"purge\"},\"wipe\":{\"sanitize\":{}}}");

	ck_assert(has(page, "LAB, NOT EVIDENCE"));
	ck_assert(has(page, "erased by the device itself"));
	for (const char *at = page, *end; (end = strchr(at, '\n')) != NULL; at = end + 1)
		ck_assert_int_le(end - at, 80);
	free(page);
}
END_TEST

START_TEST(another_document_is_no_certificate)
{
	struct wv_doc *doc = doc_of("{\"type\":\"receipt\"}");
	char *text = NULL;

	ck_assert_int_eq(wv__certificate_text(ctx, doc, false, &text), -EBADMSG);
	ck_assert_ptr_null(text);
	wv_doc_free(doc);
}
END_TEST

START_TEST(in_japanese_words_are_translated_and_names_are_not)
{
	struct wv_doc *doc = doc_of("{\"type\":\"certificate\",\"verdict\":\"wiped\","
				    "\"performer\":{\"name\":\"root\",\"station\":\"client\"},"
				    "\"medium\":{\"kind\":\"file\",\"serial\":\"none\",\"size\":4096}}");
	char *text = NULL;

	ck_assert_int_eq(wv__certificate_text(ctx, doc, true, &text), 0);
	ck_assert_str_eq(strtok(text, "\n"), "データ消去証明書: wiped");
	ck_assert_str_eq(strtok(NULL, "\n"),
			 "===================================== 合格 =====================================");
	ck_assert_str_eq(strtok(NULL, "\n"),
			 "  媒体が申告する全バイトを上書きし、読み戻して照合しました");
	ck_assert(strncmp(strtok(NULL, "\n"), "  文書          ", strlen("  文書          ")) == 0);
	ck_assert_str_eq(strtok(NULL, "\n"), "  実施者              root");
	ck_assert_str_eq(strtok(NULL, "\n"), "  拠点                client");
	ck_assert_str_eq(strtok(NULL, "\n"), "媒体");
	ck_assert_str_eq(strtok(NULL, "\n"), "  種類                コンテナファイル");
	ck_assert_str_eq(strtok(NULL, "\n"), "  製造番号            none");
	ck_assert_str_eq(strtok(NULL, "\n"), "  容量                4096 バイト");
	free(text);
	wv_doc_free(doc);
}
END_TEST

static Suite *page_suite(void)
{
	Suite *suite = suite_create("page");
	TCase *tc = tcase_create("page");

	tcase_add_test(tc, pass_failed_and_unknown_differ_at_a_glance);
	tcase_add_test(tc, an_overwrite_is_clear_and_says_what_lies_there_now);
	tcase_add_test(tc, what_is_bad_is_said_in_words);
	tcase_add_test(tc, a_machine_that_writes_in_clear_is_not_called_clear);
	tcase_add_test(tc, a_name_writes_no_lines_of_its_own);
	tcase_add_test(tc, a_line_ends_between_two_characters);
	tcase_add_test(tc, no_line_is_longer_than_80_columns);
	tcase_add_test(tc, another_document_is_no_certificate);
	tcase_add_test(tc, in_japanese_words_are_translated_and_names_are_not);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(page_suite());
}
