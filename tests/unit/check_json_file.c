/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_json_file.c - tests of lib/base/json_file.c
 */
#include <fcntl.h>

#include "../../lib/base/crypto.h"
#include "../../lib/base/fs.h"
#include "../../lib/base/json.h"
#include "support.h"

START_TEST(a_saved_document_is_loaded_again_and_its_digest_is_the_files)
{
	cleanup_doc struct wv_doc *doc = NULL, *again = NULL;
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	cleanup_free char *path = test_path("doc.json");
	char digest[65], of_file[65];

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("b", "x"), M_U64("a", 1)), 0);
	ck_assert_int_eq(wv__doc_save(ctx, path, doc, 0600), 0);
	ck_assert_int_eq(wv_doc_read(ctx, path, &again), 0);
	ck_assert_str_eq(wv_doc_str(again, "b"), "x");
	ck_assert_int_eq(wv__doc_digest(ctx, doc, digest), 0);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 100, &bytes), 0);
	ck_assert_int_eq(wv__sha256_hex(bytes.data, bytes.len, of_file), 0);
	ck_assert_str_eq(digest, of_file);
}
END_TEST

START_TEST(a_file_that_is_no_document_is_named)
{
	cleanup_free char *path = make_file("bad.json", "{ }");
	cleanup_free char *empty = make_file("empty.json", "");
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv_doc_read(ctx, path, &doc), -EBADMSG);
	ck_error_has(path);
	ck_assert_int_eq(wv_doc_read(ctx, empty, &doc), -EBADMSG);
	ck_assert_int_eq(wv_doc_read(ctx, "/nonexistent", &doc), -ENOENT);
	ck_assert_ptr_null(doc);
}
END_TEST

START_TEST(saving_and_loading_survive_every_failure)
{
	const int fds = open_fds();
	cleanup_doc struct wv_doc *doc = NULL, *again = NULL;
	cleanup_free char *path = test_path("fault.json");
	int r, n;

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("b", "x")), 0);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__doc_save(ctx, path, doc, 0600);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 8);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__doc_load(ctx, path, &again);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(again);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_file");
	TCase *tc = tcase_create("json_file");

	tcase_add_test(tc, a_saved_document_is_loaded_again_and_its_digest_is_the_files);
	tcase_add_test(tc, a_file_that_is_no_document_is_named);
	tcase_add_test(tc, saving_and_loading_survive_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
