/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_json.c - tests of lib/base/json.c
 */
#include "../../lib/base/json.h"
#include "support.h"

static struct wv_doc *parse(const char *text)
{
	struct wv_doc *doc = NULL;
	const int r = wv__doc_parse(ctx, text, strlen(text), "test", &doc);

	ck_assert_msg(r == 0, "%s: %s", text, wv_ctx_error(ctx));
	return doc;
}

static void prints(struct wv_doc *doc, const char *expected)
{
	cleanup_free char *text = wv_doc_text(doc);

	ck_assert_str_eq(text, expected);
}

START_TEST(a_document_is_built_and_printed_with_sorted_members)
{
	cleanup_doc struct wv_doc *doc = NULL, *inner = NULL, *array = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &inner, M_BOOL("b", true), M_BOOL("a", false)), 0);
	ck_assert_int_eq(wv__doc_array(ctx, &array), 0);
	ck_assert_int_eq(wv__doc_append_str(ctx, array, "x"), 0);
	ck_assert_int_eq(wv__doc_append(ctx, array, inner), 0);
	ck_assert_int_eq(wv__doc_append(ctx, array, NULL), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_U64("z", UINT64_MAX), M_STR("name", "v"),
				       M_STR("Name", NULL), M_DOC("list", array), M_DOC("none", NULL),
				       M_OPT_STR("left out", NULL), M_OPT_DOC("too", NULL),
				       M_PATH("path", "/a"), M_REAL("real", 0.25)),
			 0);
	prints(doc, "{\"Name\":null,\"list\":[\"x\",{\"a\":false,\"b\":true},null],\"name\":\"v\","
		    "\"none\":null,\"path\":\"/a\",\"real\":0.25,\"z\":18446744073709551615}");
	ck_assert_uint_eq(wv_doc_count(doc), 7);
	ck_assert_str_eq(wv_doc_key_at(doc, 0), "Name");
	ck_assert_str_eq(wv_doc_key_at(doc, 6), "z");
	ck_assert_ptr_null(wv_doc_key_at(doc, 7));
	prints(NULL, "null");
}
END_TEST

START_TEST(a_member_is_replaced_and_removed)
{
	cleanup_doc struct wv_doc *doc = parse("{\"a\":1,\"b\":2}");

	ck_assert_int_eq(wv__doc_set(ctx, doc, M_STR("a", "x"), M_PATH("p", "\xff")), 0);
	prints(doc, "{\"a\":\"x\",\"b\":2,\"p_b64\":\"/w==\"}");
	ck_assert_int_eq(wv__doc_set(ctx, doc, M_PATH("p", "ok")), 0);
	ck_assert_int_eq(wv__doc_remove(doc, "b"), 0);
	ck_assert_int_eq(wv__doc_remove(doc, "b"), -ENOENT);
	prints(doc, "{\"a\":\"x\",\"p\":\"ok\"}");
	ck_assert_int_eq(wv__doc_set(ctx, doc, M_STR("a", "\xff")), -EILSEQ);
	ck_assert_int_eq(wv__doc_append_str(ctx, doc, "\xc0\x80"), -EILSEQ);
}
END_TEST

START_TEST(a_copy_is_deep_and_a_reference_is_not)
{
	cleanup_doc struct wv_doc *doc = parse("{\"a\":{\"b\":1}}"), *copy = NULL;
	struct wv_doc *same = wv__doc_ref(doc);

	ck_assert_int_eq(wv__doc_copy(ctx, doc, &copy), 0);
	ck_assert_int_eq(wv__doc_set(ctx, wv_doc_get(doc, "a"), M_U64("b", 2)), 0);
	prints(copy, "{\"a\":{\"b\":1}}");
	prints(same, "{\"a\":{\"b\":2}}");
	wv_doc_free(same);
	wv_doc_free(NULL);
}
END_TEST

START_TEST(readers_give_nothing_for_what_is_absent_or_of_another_type)
{
	cleanup_doc struct wv_doc *doc =
		parse("{\"a\":[\"x\",5,null],\"i\":-5,\"n\":null,\"s\":\"7\",\"t\":true,\"u\":7}");
	struct wv_doc *array = wv_doc_get(doc, "a");

	ck_assert_str_eq(wv_doc_str(doc, "s"), "7");
	ck_assert_uint_eq(wv_doc_u64(doc, "u"), 7);
	ck_assert_int_eq(wv_doc_bool(doc, "t"), 1);
	ck_assert(wv_doc_real(doc, "i") == -5.0);
	ck_assert_uint_eq(wv_doc_u64(doc, "i"), 0);
	ck_assert_uint_eq(wv_doc_u64(doc, "s"), 0);
	ck_assert_uint_eq(wv_doc_u64(doc, "t"), 0);
	ck_assert_ptr_null(wv_doc_str(doc, "u"));
	ck_assert_ptr_null(wv_doc_str(doc, "n"));
	ck_assert_ptr_null(wv_doc_get(doc, "none"));
	ck_assert_ptr_null(wv_doc_get(array, "x"));
	ck_assert_ptr_null(wv_doc_get(NULL, "x"));
	ck_assert_int_eq(wv_doc_bool(doc, "u"), 0);
	ck_assert_uint_eq(wv_doc_count(array), 3);
	ck_assert_str_eq(wv_doc_str_at(array, 0), "x");
	ck_assert_ptr_null(wv_doc_str_at(array, 1));
	ck_assert_ptr_null(wv_doc_at(array, 2)); /* null */
	ck_assert_ptr_null(wv_doc_at(array, 3)); /* not there */
	ck_assert_ptr_null(wv_doc_at(doc, 0));
	ck_assert_uint_eq(wv_doc_count(NULL), 0);
	ck_assert_int_eq(wv__doc_append_u64(ctx, array, UINT64_MAX), 0);
	ck_assert_uint_eq(wv_doc_u64_at(array, 3), UINT64_MAX);
	ck_assert_uint_eq(wv_doc_u64_at(array, 1), 5);
	ck_assert_uint_eq(wv_doc_u64_at(array, 0), 0); /* a string */
	ck_assert_uint_eq(wv_doc_u64_at(array, 2), 0); /* null */
	ck_assert_uint_eq(wv_doc_u64_at(array, 4), 0); /* not there */
}
END_TEST

START_TEST(a_needed_member_is_there_or_named)
{
	cleanup_doc struct wv_doc *doc = parse("{\"a\":[],\"i\":-5,\"s\":\"7\",\"u\":7}");
	struct wv_doc *inner = NULL;
	const char *text = NULL;
	uint64_t number = 0;

	ck_assert_int_eq(wv__doc_need_str(ctx, doc, "the paper", "s", &text), 0);
	ck_assert_int_eq(wv__doc_need_u64(ctx, doc, "the paper", "u", &number), 0);
	ck_assert_int_eq(wv__doc_need_doc(ctx, doc, "the paper", "a", &inner), 0);
	ck_assert_str_eq(text, "7");
	ck_assert_uint_eq(number, 7);
	ck_assert_int_eq(wv__doc_need_str(ctx, doc, "the paper", "u", &text), -EBADMSG);
	ck_error_has("the paper");
	ck_error_has("\"u\"");
	ck_assert_int_eq(wv__doc_need_u64(ctx, doc, "the paper", "i", &number), -EBADMSG);
	ck_assert_int_eq(wv__doc_need_u64(ctx, doc, "the paper", "s", &number), -EBADMSG);
	ck_assert_int_eq(wv__doc_need_doc(ctx, doc, "the paper", "s", &inner), -EBADMSG);
	ck_assert_int_eq(wv__doc_need_doc(ctx, doc, "the paper", "no", &inner), -EBADMSG);
}
END_TEST

START_TEST(what_is_canonical_is_parsed_and_printed_the_same)
{
	static const char *const good[] = {
		"{}", "[]", "[0]", "[-1]", "[18446744073709551615]", "[-9223372036854775808]",
		"[true,false,null]", "{\"\":0}", "{\"A\":0,\"a\":0,\"\xe3\x81\x82\":0}",
		"[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\"]", "[\"\\\\u0000\"]",
		"[\"\xf0\x9f\x98\x80\"]", "[9223372036854775808]", "{\"a\":{\"b\":[[1],[2]]}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		cleanup_doc struct wv_doc *doc = parse(good[i]);
		cleanup_buf struct wv_buf buf = WV_BUF_INIT;

		prints(doc, good[i]);
		ck_assert_int_eq(wv__doc_canonical(ctx, doc, &buf), 0);
		ck_assert_str_eq(wv__buf_str(&buf), good[i]);
	}
	wv_doc_free(parse("{}\n"));
}
END_TEST

START_TEST(anything_else_is_refused)
{
	static const char *const bad[] = {
		"", "\n", "{}\n\n", " {}", "{} ", "{}{}", "{", "[", "]", "[1,]", "[1 ]", "{\"a\": 1}",
		"{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"a\":2}", "[01]", "[+1]", "[-0]",
		"[1.0]", "[1e3]", "[NaN]", "[Infinity]", "[18446744073709551616]",
		"[-9223372036854775809]", "[99999999999999999999999999]", "[TRUE]", "[nul]",
		"[\"\\/\"]", "[\"\\u0041\"]", "[\"\\u001F\"]", "[\"\\u0000\"]", "{\"a\\u0000b\":1}",
		"[\"\\ud83d\\ude00\"]", "[\"\\ud800\"]", "[\"\xed\xa0\x80\"]", "[\"\xc0\x80\"]",
		"[\"\xff\"]", "[\"\xf4\x90\x80\x80\"]", "[\"\xe3\x81\"]", "[\"a\nb\"]", "['a']", "{a:1}",
		"[1]//", "[/**/1]", "[\"\\u0008\"]", "\xef\xbb\xbf{}", "null", "1", "\"a\"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct wv_doc *doc = NULL;

		ck_assert_msg(wv__doc_parse(ctx, bad[i], strlen(bad[i]), "paper", &doc) == -EBADMSG,
			      "taken: %s", bad[i]);
		ck_assert_ptr_null(doc);
		ck_error_has("paper is not ");
	}
}
END_TEST

START_TEST(a_nul_in_the_text_is_refused)
{
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__doc_parse(ctx, "[]\0[]", 5, "paper", &doc), -EBADMSG);
	ck_assert_int_eq(wv__doc_parse(ctx, "[]\0", 3, "paper", &doc), -EBADMSG);
	ck_assert_int_eq(wv__doc_parse(ctx, "[\"a\0\"]", 6, "paper", &doc), -EBADMSG);
	ck_assert_int_eq(wv__doc_parse(ctx, "\0", 1, "paper", &doc), -EBADMSG);
}
END_TEST

START_TEST(nesting_of_32_is_taken_and_deeper_is_refused)
{
	char text[20001];
	struct wv_doc *doc = NULL;

	for (int depth = 1; depth <= 32; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		ck_assert_int_eq(wv__doc_parse(ctx, text, 2 * depth, "paper", &doc), 0);
		wv_doc_free(take_ptr(doc));
	}
	memset(text, '[', 33);
	memset(text + 33, ']', 33);
	ck_assert_int_eq(wv__doc_parse(ctx, text, 66, "paper", &doc), -EBADMSG);
	memset(text, '[', 20000);
	ck_assert_int_eq(wv__doc_parse(ctx, text, 20000, "paper", &doc), -EBADMSG);
}
END_TEST

START_TEST(what_another_library_printed_may_have_any_layout)
{
	static const char text[] = "{ \"b\": 1.5,\n \"a\": 2 }";
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__doc_parse_foreign(ctx, text, strlen(text), "header", &doc), 0);
	prints(doc, "{\"a\":2,\"b\":1.5}");
	wv_doc_free(take_ptr(doc));
	ck_assert_int_eq(wv__doc_parse_foreign(ctx, "{", 1, "header", &doc), -EBADMSG);
	ck_assert_ptr_null(doc);
}
END_TEST

START_TEST(a_real_number_is_never_signed)
{
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_REAL("seconds", 1)), 0);
	ck_assert_int_eq(wv__doc_canonical(ctx, doc, &buf), -EINVAL);
	ck_assert_ptr_null(buf.data);
	prints(doc, "{\"seconds\":1.0}");
}
END_TEST

START_TEST(building_and_printing_survive_every_failure)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char *text = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__doc_build(ctx, &doc, M_PATH("p", "\xff"), M_STR("a", "b"));
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(doc);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	for (n = 0;; n++) {
		fault_after(n);
		text = wv_doc_text(doc);
		if (!fault_fired())
			break;
		ck_assert_ptr_null(text);
	}
	ck_assert_str_eq(text, "{\"a\":\"b\",\"p_b64\":\"/w==\"}");
	ck_assert_int_ge(n, 2);
	free(text);
}
END_TEST

START_TEST(parsing_survives_every_failure)
{
	static const char text[] = "{\"a\":[1,2,{\"b\":\"c\"}]}";
	struct wv_doc *doc = NULL;
	int r, n = 0;

	for (;; n++) {
		fault_after(n);
		r = wv__doc_parse(ctx, text, strlen(text), "paper", &doc);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(doc);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
	wv_doc_free(doc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, a_document_is_built_and_printed_with_sorted_members);
	tcase_add_test(tc, a_member_is_replaced_and_removed);
	tcase_add_test(tc, a_copy_is_deep_and_a_reference_is_not);
	tcase_add_test(tc, readers_give_nothing_for_what_is_absent_or_of_another_type);
	tcase_add_test(tc, a_needed_member_is_there_or_named);
	tcase_add_test(tc, what_is_canonical_is_parsed_and_printed_the_same);
	tcase_add_test(tc, anything_else_is_refused);
	tcase_add_test(tc, a_nul_in_the_text_is_refused);
	tcase_add_test(tc, nesting_of_32_is_taken_and_deeper_is_refused);
	tcase_add_test(tc, what_another_library_printed_may_have_any_layout);
	tcase_add_test(tc, a_real_number_is_never_signed);
	tcase_add_test(tc, building_and_printing_survive_every_failure);
	tcase_add_test(tc, parsing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
