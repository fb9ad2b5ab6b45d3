/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_declaration.c - tests of lib/declare/declaration.c
 */
#include "../../lib/declare/declaration.h"
#include "tree_world.h"

static const unsigned char HASH[WV_SHA256_SIZE] = { 1, 2, 3 };

static struct wv__declaration *empty(void)
{
	struct wv__declaration *decl = NULL;

	ck_assert_int_eq(wv__declaration_new(ctx, &decl), 0);
	return decl;
}

START_TEST(amendments_add_replace_and_remove)
{
	struct wv__declaration *decl = empty();

	ck_assert_int_eq(wv__declaration_add(ctx, decl, "b", 5, HASH), 0);
	ck_assert_int_eq(wv__declaration_add(ctx, decl, "a", 0, NULL), 0);
	ck_assert_int_eq(wv__declaration_add(ctx, decl, "b", 5, HASH), -EEXIST);
	ck_assert_int_eq(wv__declaration_add(ctx, decl, "../b", 5, HASH), -EINVAL);
	ck_assert(wv__declaration_find(decl, "a")->is_dir);
	ck_assert_int_eq(wv__declaration_replace(ctx, decl, "b", 9, HASH), 0);
	ck_assert_uint_eq(wv__declaration_find(decl, "b")->size, 9);
	ck_assert_int_eq(wv__declaration_replace(ctx, decl, "c", 9, HASH), -ENOENT);
	ck_assert_int_eq(wv__declaration_remove(ctx, decl, "b"), 0);
	ck_assert_int_eq(wv__declaration_remove(ctx, decl, "b"), -ENOENT);
	ck_error_has("b is not declared");
	wv__declaration_free(decl);
}
END_TEST

START_TEST(totals_count_and_never_overflow)
{
	struct wv__declaration *decl = empty();
	struct wv__totals totals;

	wv__declaration_add(ctx, decl, "d", 0, NULL);
	wv__declaration_add(ctx, decl, "d/a", 4097, HASH);
	ck_assert_int_eq(wv__declaration_totals(ctx, decl, &totals), 0);
	ck_assert_uint_eq(totals.files, 1);
	ck_assert_uint_eq(totals.directories, 1);
	ck_assert_uint_eq(totals.bytes, 4097);
	ck_assert_uint_eq(totals.needed, 16 * MiB + 3 * 4096 + 2 * 256);
	wv__declaration_add(ctx, decl, "d/b", UINT64_MAX, HASH);
	ck_assert_int_eq(wv__declaration_totals(ctx, decl, &totals), -EOVERFLOW);
	wv__declaration_free(decl);
}
END_TEST

START_TEST(outputs_have_a_pattern_and_a_limit)
{
	static const char *const bad[] = { "[a]", "a:99999999999999999999", "a:1KK", "a:99999999999T", ":5", "/x" };
	struct wv__declaration *decl = empty();

	ck_assert_int_eq(wv__declaration_add_output(ctx, decl, "out/*.csv:2K"), 0);
	ck_assert_int_eq(wv__declaration_add_output(ctx, decl, "log:x"), 0);
	ck_assert(wv__declaration_output_allows(decl, "out/a.csv", 2048));
	ck_assert(!wv__declaration_output_allows(decl, "out/a.csv", 2049));
	ck_assert(!wv__declaration_output_allows(decl, "out/a.txt", 1));
	ck_assert(wv__declaration_output_allows(decl, "log:x", UINT64_MAX));
	ck_assert(wv__declaration_output_allows_dir(decl, "out"));
	ck_assert(!wv__declaration_output_allows_dir(decl, "log:x"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(wv__declaration_add_output(ctx, decl, bad[i]) == -EINVAL, "%s", bad[i]);
	ck_assert_uint_eq(decl->output_count, 2);
	wv__declaration_free(decl);
}
END_TEST

START_TEST(a_purpose_is_one_line_of_text)
{
	struct wv__declaration *decl = empty();

	ck_assert_int_eq(wv__declaration_set_purpose(ctx, decl, "現地移行"), 0);
	ck_assert_int_eq(wv__declaration_set_purpose(ctx, decl, "two\nlines"), -EINVAL);
	ck_assert_int_eq(wv__declaration_set_purpose(ctx, decl, "\xff"), -EINVAL);
	ck_assert_str_eq(decl->purpose, "現地移行");
	ck_assert_int_eq(wv__declaration_set_purpose(ctx, decl, ""), 0);
	ck_assert_ptr_null(decl->purpose);
	wv__declaration_free(decl);
}
END_TEST

START_TEST(making_one_survives_every_failure)
{
	struct wv__declaration *decl;
	int n, r;

	for (n = 0;; n++) {
		decl = NULL;
		fault_after(n);
		r = wv__declaration_new(ctx, &decl);
		if (r == 0)
			r = wv__declaration_set_purpose(ctx, decl, "x");
		if (r == 0)
			r = wv__declaration_add_output(ctx, decl, "a:1");
		if (r == 0)
			r = wv__declaration_add(ctx, decl, "a", 1, HASH);
		wv__declaration_freep(&decl);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 5);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		amendments_add_replace_and_remove, totals_count_and_never_overflow,
		outputs_have_a_pattern_and_a_limit, a_purpose_is_one_line_of_text,
		making_one_survives_every_failure,
	};

	return run_suite(suite_of("declaration", tests, ARRAY_SIZE(tests)));
}
