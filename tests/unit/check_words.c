/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_words.c - what a report says has Japanese, and a sentence keeps its names in it
 */
#include <errno.h>

#include "support.h"
#include "../../lib/evidence/report_table.h"
#include "../../lib/evidence/words.h"

static void is_translated(const char *english)
{
	ck_assert_msg(!english || wv__words_ja(english), "no Japanese of: %s", english);
}

START_TEST(every_clause_deed_and_exception_has_japanese)
{
	ck_assert_uint_gt(wv__clauses_count, 30);
	for (size_t i = 0; i < wv__clauses_count; i++) {
		is_translated(wv__clauses[i].obliges);
		is_translated(wv__clauses[i].note);
	}
	for (size_t i = 0; i < WV__DEEDS; i++)
		is_translated(wv__deeds[i].what);
	for (size_t i = 0; i < WV__EXCEPTIONS; i++)
		is_translated(wv__exceptions[i].title);
}
END_TEST

START_TEST(no_text_has_two_translations)
{
	static const struct wv__word *const tables[] = { wv__words_certificate, wv__words_report, wv__words_papers };

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct wv__word *word = tables[i]; word->en; word++)
			ck_assert_msg(wv__words_ja(word->en) == word->ja, "twice: %s", word->en);
}
END_TEST

static void becomes(const char *english, const char *japanese)
{
	char *ja = wv__sentence_ja(english);

	ck_assert_msg(ja && strcmp(ja, japanese) == 0, "%s: %s", english, ja ? ja : "none");
	free(ja);
}

START_TEST(a_sentence_keeps_its_names_and_numbers)
{
	becomes("suzuki: due 2026-04-06T23:59:59Z, not back", "suzuki: 期限 2026-04-06T23:59:59Z、未返却");
	becomes("a: b: due 1, its keys destroyed 2", "a: b: 期限 1、鍵の破棄 2");
	becomes("the wipe of S1 is failed", "S1 の消去結果は「失敗」です");
	becomes("the wipe of a medium is unknown", "媒体 の消去結果は「不明」です");
	becomes("the client was told 5 minutes after 2026", "発注者への連絡は期限(2026)の5分後でした");
	becomes("1\xe2\x80\x93" "3, 7 and 11 more: the JSON has all", "1\xe2\x80\x93" "3, 7 ほか11件(全件はJSONに記載)");
	becomes("25 in this period, of 9; the chain is intact", "この期間 25件(全9件)。連鎖は完全です");
	becomes("return: waiting for %1 and %s", "返却: waiting for %1 and %s");
	becomes("register: what A holds is being recalled", "登録簿: what A holds is being recalled");
	becomes("overdue", "返却期限の超過");
}
END_TEST

START_TEST(what_is_no_text_of_ours_has_no_japanese)
{
	static const char *const texts[] = { "", "suzuki", "due", ": due , not", "the wipe of", "the wipe of x", "%s" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char *ja = wv__sentence_ja(texts[i]);

		ck_assert_msg(!ja, "'%s': %s", texts[i], ja);
	}
}
END_TEST

START_TEST(a_language_is_one_of_three)
{
	enum wv__lang lang;

	ck_assert_int_eq(wv__lang_parse("ja", &lang), 0);
	ck_assert_int_eq(lang, WV__LANG_JA);
	ck_assert_int_eq(wv__lang_parse("both", &lang), 0);
	ck_assert_int_eq(lang, WV__LANG_BOTH);
	ck_assert_int_eq(wv__lang_parse("de", &lang), -EINVAL);
	ck_assert_int_eq(wv__lang_parse("", &lang), -EINVAL);
}
END_TEST

static Suite *words_suite(void)
{
	Suite *suite = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_test(tc, every_clause_deed_and_exception_has_japanese);
	tcase_add_test(tc, no_text_has_two_translations);
	tcase_add_test(tc, a_sentence_keeps_its_names_and_numbers);
	tcase_add_test(tc, what_is_no_text_of_ours_has_no_japanese);
	tcase_add_test(tc, a_language_is_one_of_three);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(words_suite());
}
