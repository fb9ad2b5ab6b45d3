/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_files.c - the list of files in a receipt and in the request for it
 */
#include <string.h>

#include "support.h"
#include "sync/files.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FILE_(path) "{" path ",\"sha256\":\"" HASH "\",\"size\":0}"

static int parse(const char *text, struct wv__files *ret)
{
	cleanup_doc struct wv_doc *doc = NULL;
	const int r = wv__doc_parse(ctx, text, strlen(text), "list", &doc);

	return r < 0 ? r : wv__files_from_doc(ctx, doc, "list", ret);
}

START_TEST(a_list_comes_back_as_it_was)
{
	static const char text[] = "[" FILE_("\"path\":\"a\"") "," FILE_("\"path\":\"b/c\"") ","
				   FILE_("\"path_b64\":\"//4=\"") "]";
	cleanup_files struct wv__files files = { 0 };
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_buf struct wv_buf again = WV_BUF_INIT;

	ck_assert_msg(parse(text, &files) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_uint_eq(files.entries.count, 3);
	ck_assert_str_eq(files.entries.at[2]->path, "\xff\xfe");
	ck_assert_int_eq(wv__files_to_doc(ctx, &files.entries, &doc), 0);
	ck_assert_int_eq(wv__doc_canonical(ctx, doc, &again), 0);
	ck_assert_str_eq(again.data, text);
}
END_TEST

/* Long paths stand for many files: as much text as half a million of them have. */
START_TEST(a_list_may_be_longer_than_64_mib)
{
	enum { COUNT = 20000, LEN = 3600 };
	cleanup(wv__entries_clear) struct wv__entries entries = { 0 };
	cleanup_doc struct wv_doc *list = NULL, *again = NULL;
	cleanup_files struct wv__files files = { 0 };
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	char path[LEN + 1];

	memset(path, 'p', LEN);
	path[LEN] = '\0';
	for (size_t at = 200; at < LEN; at += 200)
		path[at] = '/';
	for (int i = 0; i < COUNT; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%06d", i);
		memcpy(path, number, 6);
		ck_assert_int_eq(wv__entries_append(&entries, wv__entry_new(path, false)), 0);
	}
	ck_assert_int_eq(wv__files_to_doc(ctx, &entries, &list), 0);
	ck_assert_int_eq(wv__doc_canonical(ctx, list, &text), 0);
	ck_assert_uint_gt(text.len, 64 * MiB);
	ck_assert_msg(wv__doc_parse(ctx, text.data, text.len, "list", &again) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(wv__files_from_doc(ctx, again, "list", &files), 0);
	ck_assert_uint_eq(files.entries.count, COUNT);
}
END_TEST

START_TEST(directories_are_left_out)
{
	struct wv__entries entries = { 0 };
	cleanup_doc struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__entries_append(&entries, wv__entry_new("d", true)), 0);
	ck_assert_int_eq(wv__files_to_doc(ctx, &entries, &doc), 0);
	ck_assert_uint_eq(wv_doc_count(doc), 0);
	wv__entries_clear(&entries);
}
END_TEST

static const char *const bad[] = {
	"[1]", "[null]", "[[]]", "[{}]", "[" FILE_("\"path\":\"\"") "]", "[" FILE_("\"path\":\"/a\"") "]",
	"[" FILE_("\"path\":\"..\"") "]", "[" FILE_("\"path\":\"a/../b\"") "]",
	"[" FILE_("\"path\":\"a\\nb\"") "]", "[" FILE_("\"path\":\"a\\u0000b\"") "]",
	"[" FILE_("\"path\":\"a\"") "," FILE_("\"path\":\"a\"") "]",
	"[" FILE_("\"path\":\"b\"") "," FILE_("\"path\":\"a\"") "]",
	"[" FILE_("\"path_b64\":\"YQ==\"") "]",	 /* "a": UTF-8 has one form only */
	"[" FILE_("\"path_b64\":\"/wD/\"") "]",	 /* a NUL in it */
	"[" FILE_("\"path_b64\":\"x\"") "]",
	"[" FILE_("\"path\":\"a\",\"path_b64\":\"//4=\"") "]",
	"[{\"path\":\"a\",\"sha256\":\"" HASH "\"}]",
	"[{\"path\":\"a\",\"sha256\":\"" HASH "\",\"size\":-1}]",
	"[{\"path\":\"a\",\"sha256\":\"" HASH "\",\"size\":\"1\"}]",
	"[{\"path\":\"a\",\"sha256\":\"E3\",\"size\":1}]",
	"[{\"path\":\"a\",\"sha256\":\"" HASH "\",\"size\":9223372036854775807},"
	"{\"path\":\"b\",\"sha256\":\"" HASH "\",\"size\":9223372036854775807},"
	"{\"path\":\"c\",\"sha256\":\"" HASH "\",\"size\":9223372036854775807}]",
};

START_TEST(anything_else_is_refused)
{
	struct wv__files files = { 0 };

	ck_assert_msg(parse(bad[_i], &files) == -EBADMSG, "%s", bad[_i]);
	ck_assert_uint_eq(files.entries.count, 0);
}
END_TEST

START_TEST(reading_survives_every_failure)
{
	static const char text[] = "[" FILE_("\"path\":\"a\"") "," FILE_("\"path\":\"b\"") "]";
	struct wv__files files = { 0 };
	struct wv_doc *doc, *again = NULL;
	int r, n;

	ck_assert_int_eq(wv__doc_parse(ctx, text, strlen(text), "list", &doc), 0);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__files_from_doc(ctx, doc, "list", &files);
		if (r == 0)
			r = wv__files_to_doc(ctx, &files.entries, &again);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(again);
		wv__files_clear(&files);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
	wv__files_clear(&files);
	wv_doc_free(doc);
	wv_doc_free(again);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("list");

	tcase_add_test(tc, a_list_comes_back_as_it_was);
	tcase_add_test(tc, a_list_may_be_longer_than_64_mib);
	tcase_add_test(tc, directories_are_left_out);
	tcase_add_loop_test(tc, anything_else_is_refused, 0, ARRAY_SIZE(bad));
	tcase_add_test(tc, reading_survives_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
