/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_declare.c - tests of lib/declare/declare.c
 */
#include "../../lib/declare/declaration.h"
#include "tree_world.h"

static char tree_dir[256], file[300];

static int fresh(void)
{
	const int dir = new_tree("declared");
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, tree_dir, sizeof(tree_dir) - 1);
	ck_assert_int_gt(n, 0);
	tree_dir[n] = '\0';
	snprintf(file, sizeof(file), "%s.txt", tree_dir);
	return dir;
}

START_TEST(a_declaration_is_checked_by_sha256sum)
{
	const int dir = fresh();
	const struct wv_declare_opts opts = { .struct_size = sizeof(opts), .purpose = "test" };
	struct wv__declaration *decl = NULL;
	struct wv_doc *result = NULL;
	char *command, digest[WV_SHA256_HEX];

	mkdirat(dir, "d", 0755);
	put(dir, "d/back\\slash", "1");
	put(dir, "d/\xff bytes ", "2");
	put(dir, "-", "3");
	put(dir, "# odd", "4");
	ck_assert_msg(wv_declare_tree(ctx, tree_dir, file, &opts, &result) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_uint_eq(wv_doc_u64(result, "files"), 4);
	ck_assert_uint_eq(wv_doc_u64(result, "directories"), 1);
	ck_assert_uint_eq(wv_doc_u64(result, "bytes"), 4);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(result, "findings")), 0);

	command = wv__printf("cd %s && sha256sum -c --strict --status %s </dev/null", tree_dir, file);
	ck_assert_int_eq(system(command), 0);
	put(dir, "-", "4");
	ck_assert_int_ne(system(command), 0);
	free(command);
	ck_assert_int_eq(wv__declaration_load(ctx, file, &decl), 0);
	ck_assert_str_eq(decl->purpose, "test");
	ck_assert_int_eq(wv__declaration_digest(ctx, decl, digest), 0);
	ck_assert_str_eq(digest, wv_doc_str(result, "digest"));
	wv__declaration_free(decl);
	wv_doc_free(result);
	close(dir);
}
END_TEST

START_TEST(an_unsafe_tree_is_refused_with_findings_and_nothing_is_written)
{
	const int dir = fresh();
	struct wv_doc *result = NULL, *findings;

	put(dir, "a", "1");
	ck_assert_int_eq(symlinkat("a", dir, "b"), 0);
	ck_assert_int_eq(symlinkat("a", dir, "c"), 0);
	ck_assert_int_eq(wv_declare_tree(ctx, tree_dir, file, NULL, &result), -EBADMSG);
	ck_error_has("b is a symbolic link, and 1 more");
	findings = wv_doc_get(result, "findings");
	ck_assert_uint_eq(wv_doc_count(findings), 2);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(findings, 0), "kind"), "unsafe");
	ck_assert_int_ne(access(file, F_OK), 0);
	wv_doc_free(result);
	close(dir);
}
END_TEST

START_TEST(a_declaration_is_not_put_into_its_tree_or_over_a_file)
{
	const int dir = fresh();
	struct wv_doc *result = NULL;
	char *inside = wv__printf("%s/d/../x", tree_dir);

	mkdirat(dir, "d", 0755);
	ck_assert_int_eq(wv_declare_tree(ctx, tree_dir, inside, NULL, &result), -EINVAL);
	ck_error_has("would lie in");
	free(inside);
	ck_assert_int_eq(wv_declare_tree(ctx, tree_dir, file, NULL, &result), 0);
	wv_doc_free(take_ptr(result));
	ck_assert_int_eq(wv_declare_tree(ctx, tree_dir, file, NULL, &result), -EEXIST);
	ck_assert_int_eq(wv_declare_tree(ctx, "/does/not/exist", file, NULL, &result), -ENOENT);
	ck_assert_ptr_null(result);
	close(dir);
}
END_TEST

START_TEST(bad_options_are_refused)
{
	const int dir = fresh();
	const char *const outputs[] = { "ok/*", "[bad]", NULL };
	const struct wv_declare_opts opts = { .struct_size = sizeof(opts), .outputs = outputs };
	struct wv_doc *result = NULL;

	ck_assert_int_eq(wv_declare_tree(ctx, tree_dir, file, &opts, &result), -EINVAL);
	ck_error_has("[bad]");
	close(dir);
}
END_TEST

START_TEST(declaring_survives_every_failure)
{
	const int dir = fresh();
	struct wv_doc *result = NULL;
	int fds, n, r;

	mkdirat(dir, "d", 0755);
	put(dir, "d/a", "1");
	put(dir, "\xff", "1");
	fds = open_fds();
	for (n = 0; n < 1000; n++) {
		bool fired;

		fault_after(n);
		r = wv_declare_tree(ctx, tree_dir, file, NULL, &result);
		fired = fault_fired();
		ck_assert_int_eq(open_fds(), fds);
		if (!fired)
			break;
		ck_assert(r == 0 || r == -EBADMSG || !result);
		wv_doc_free(take_ptr(result));
		unlink(file);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 40);
	wv_doc_free(result);
	close(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_declaration_is_checked_by_sha256sum,
		an_unsafe_tree_is_refused_with_findings_and_nothing_is_written,
		a_declaration_is_not_put_into_its_tree_or_over_a_file,
		bad_options_are_refused,
		declaring_survives_every_failure,
	};

	return run_suite(suite_of("declare", tests, ARRAY_SIZE(tests)));
}
