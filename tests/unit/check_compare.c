/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_compare.c - tests of lib/declare/compare.c
 */
#include "../../lib/declare/compare.h"
#include "tree_world.h"

/* The tree as it is now, declared. */
static struct wv__declaration *declared(int dir)
{
	struct wv__declaration *decl = NULL;
	struct wv__tree *tree = walked(dir);

	ck_assert_int_eq(wv__declaration_new(ctx, &decl), 0);
	decl->entries = tree->entries;
	tree->entries = (struct wv__entries){ 0 };
	wv__tree_freep(&tree);
	return decl;
}

static struct wv_doc *compared(const struct wv__declaration *decl, int dir, uint32_t flags)
{
	struct wv__tree *tree = walked(dir);
	struct wv_doc *result = NULL;

	ck_assert_int_eq(wv__compare(ctx, decl, tree, flags, &result), 0);
	wv__tree_freep(&tree);
	return result;
}

/* "kind path; " of all findings */
static char *summary(struct wv_doc *result)
{
	struct wv_doc *findings = wv_doc_get(result, "findings");
	struct wv_buf buf = WV_BUF_INIT;

	for (size_t i = 0; i < wv_doc_count(findings); i++) {
		struct wv_doc *f = wv_doc_at(findings, i);

		wv__buf_printf(&buf, "%s %s; ", wv_doc_str(f, "kind"),
			       wv_doc_str(f, "path") ? wv_doc_str(f, "path") : wv_doc_str(f, "path_b64"));
	}
	return wv__buf_take(&buf) ?: strdup("");
}

#define ck_findings(result, text)             \
	do {                                  \
		char *s_ = summary(result);   \
		ck_assert_str_eq(s_, (text)); \
		free(s_);                     \
	} while (0)

START_TEST(an_unchanged_tree_is_clean)
{
	const int dir = new_tree("clean");
	struct wv__declaration *decl;
	struct wv_doc *result;

	mkdirat(dir, "d", 0755);
	put(dir, "d/a", "1");
	put(dir, "\xff", "2");
	decl = declared(dir);
	result = compared(decl, dir, 0);
	ck_assert(wv__compare_clean(result));
	ck_assert_int_eq(wv__compare_need_clean(ctx, result, "it"), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "declared"), 2);
	ck_assert_uint_eq(wv_doc_u64(result, "ok"), 2);
	wv_doc_free(result);
	wv__declaration_free(decl);
	close(dir);
}
END_TEST

START_TEST(every_kind_of_difference_is_found_sorted_by_path)
{
	const int dir = new_tree("different");
	struct wv__declaration *decl;
	struct wv_doc *result;

	mkdirat(dir, "d", 0755);
	mkdirat(dir, "gone-dir", 0755);
	put(dir, "content", "1");
	put(dir, "d/link", "1");
	put(dir, "fine", "1");
	put(dir, "gone", "1");
	put(dir, "size", "1");
	put(dir, "turned", "1");
	decl = declared(dir);
	put(dir, "content", "2");
	put(dir, "\xff", "2");
	put(dir, "new", "2");
	put(dir, "size", "22");
	unlinkat(dir, "gone", 0);
	unlinkat(dir, "gone-dir", AT_REMOVEDIR);
	unlinkat(dir, "d/link", 0);
	unlinkat(dir, "turned", 0);
	mkdirat(dir, "turned", 0755);
	mkdirat(dir, "new-dir", 0755);
	ck_assert_int_eq(symlinkat("../fine", dir, "d/link"), 0);
	result = compared(decl, dir, 0);
	ck_findings(result, "modified content; unsafe d/link; missing gone; missing gone-dir; "
			    "undeclared new; undeclared new-dir; modified size; modified turned; "
			    "undeclared /w==; ");
	ck_assert_uint_eq(wv_doc_u64(result, "declared"), 6);
	ck_assert_uint_eq(wv_doc_u64(result, "ok"), 1);
	ck_assert_int_eq(wv__compare_need_clean(ctx, result, "it"), -EBADMSG);
	ck_error_has("it: content has another content than declared, and 8 more");
	wv_doc_free(result);
	wv__declaration_free(decl);
	close(dir);
}
END_TEST

START_TEST(outputs_inside_their_patterns_are_listed_and_excused)
{
	const int dir = new_tree("outputs");
	struct wv__declaration *decl = declared(dir);
	struct wv_doc *result, *outputs, *last;

	wv__declaration_add_output(ctx, decl, "out/**/*.csv:3");
	mkdirat(dir, "out", 0755);
	mkdirat(dir, "out/deep", 0755);
	put(dir, "out/deep/a.csv", "abc");
	put(dir, "out/large.csv", "abcd");
	put(dir, "out/x.exe", "a");
	ck_assert_int_eq(symlinkat("x", dir, "out/l.csv"), 0);
	result = compared(decl, dir, 0);
	ck_findings(result, "unsafe out/l.csv; undeclared out/large.csv; undeclared out/x.exe; ");
	outputs = wv_doc_get(result, "outputs");
	ck_assert_uint_eq(wv_doc_count(outputs), 3);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(outputs, 0), "path"), "out");
	ck_assert_ptr_null(wv_doc_str(wv_doc_at(outputs, 0), "sha256"));
	ck_assert_str_eq(wv_doc_str(wv_doc_at(outputs, 1), "path"), "out/deep");
	last = wv_doc_at(outputs, 2);
	ck_assert_str_eq(wv_doc_str(last, "path"), "out/deep/a.csv");
	ck_assert_uint_eq(wv_doc_u64(last, "size"), 3);
	ck_assert_str_eq(wv_doc_str(last, "sha256"),
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	wv_doc_free(result);

	result = compared(decl, dir, WV_COMPARE_EXACT | WV_COMPARE_FILES_ONLY);
	ck_findings(result, "undeclared out/deep/a.csv; unsafe out/l.csv; "
			    "undeclared out/large.csv; undeclared out/x.exe; ");
	wv_doc_free(result);
	wv__declaration_free(decl);
	close(dir);
}
END_TEST

START_TEST(comparing_survives_every_failure)
{
	const int dir = new_tree("faults");
	struct wv__declaration *decl = declared(dir);
	struct wv_doc *result = NULL;
	struct wv__tree *tree;
	int n, r;

	put(dir, "new", "x");
	put(dir, "out", "x");
	wv__declaration_add_output(ctx, decl, "out");
	tree = walked(dir);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__compare(ctx, decl, tree, 0, &result);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(result);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	wv_doc_free(result);
	wv__tree_freep(&tree);
	wv__declaration_free(decl);
	close(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_unchanged_tree_is_clean,
		every_kind_of_difference_is_found_sorted_by_path,
		outputs_inside_their_patterns_are_listed_and_excused,
		comparing_survives_every_failure,
	};

	return run_suite(suite_of("compare", tests, ARRAY_SIZE(tests)));
}
