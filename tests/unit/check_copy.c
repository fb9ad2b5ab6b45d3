/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_copy.c - tests of lib/declare/copy.c
 */
#include "../../lib/declare/copy.h"
#include "tree_world.h"

/* A source of three files, and what is declared of it. */
static struct wv__declaration *make_source(int dir)
{
	struct wv__declaration *decl = NULL;
	struct wv__tree *tree;
	char *large = malloc(1000000);

	memset(large, 'L', 1000000);
	mkdirat(dir, "d", 0750);
	mkdirat(dir, "d/e", 0755);
	put_bytes(dir, "d/e/large", large, 1000000);
	put(dir, "d/small", "abc");
	put(dir, "empty", "");
	free(large);
	tree = walked(dir);
	ck_assert_int_eq(wv__declaration_new(ctx, &decl), 0);
	decl->entries = tree->entries;
	tree->entries = (struct wv__entries){ 0 };
	wv__tree_freep(&tree);
	return decl;
}

START_TEST(a_copy_has_content_times_and_permissions_of_its_source)
{
	const int from = new_tree("from"), to = new_tree("to");
	const struct timespec times[2] = { { 1, 2 }, { 1000000000, 123456789 } };
	struct wv__declaration *decl = make_source(from);
	struct wv_doc *result = NULL;
	struct stat st;

	ck_assert_int_eq(utimensat(from, "d/small", times, 0), 0);
	ck_assert_int_eq(fchmodat(from, "d/small", 0640, 0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(fchownat(from, "d/small", 1234, 5678, 0), 0);
	umask(0077); /* decides about nothing */
	ck_assert_msg(wv__copy_tree(ctx, decl, from, "from", to) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(fstatat(to, "d/small", &st, 0), 0);
	ck_assert_int_eq(st.st_mtim.tv_sec, 1000000000);
	ck_assert_int_eq(st.st_mtim.tv_nsec, 123456789);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0640);
	if (geteuid() == 0)
		ck_assert_uint_eq(st.st_uid, 1234);
	ck_assert_int_eq(fstatat(to, "d", &st, 0), 0);
	ck_assert_int_eq(st.st_mode, S_IFDIR | 0750);
	ck_assert_int_eq(wv__verify_tree(ctx, decl, to, &result), 0);
	ck_assert(wv__compare_clean(result));
	ck_assert_uint_eq(wv_doc_u64(result, "ok"), 3);
	wv_doc_free(result);
	wv__declaration_free(decl);
	close(from);
	close(to);
}
END_TEST

static void add_undeclared(int dir) { put(dir, "d/foreign", "x"); }
static void add_undeclared_dir(int dir) { mkdirat(dir, "foreign", 0755); }
static void lose(int dir) { unlinkat(dir, "d/small", 0); }
static void resize(int dir) { put(dir, "d/small", "abcd"); }
static void alter(int dir) { put(dir, "d/small", "abd"); }
static void make_link(int dir)
{
	unlinkat(dir, "empty", 0);
	ck_assert_int_eq(symlinkat("d/small", dir, "empty"), 0);
}
static void make_hard(int dir) { ck_assert_int_eq(linkat(dir, "empty", dir, "d/other", 0), 0); }
static void make_fifo(int dir) { mkfifoat(dir, "fifo", 0600); }
static void make_setid(int dir) { ck_assert_int_eq(fchmodat(dir, "empty", 04755, 0), 0); }
static void swap_kind(int dir)
{
	unlinkat(dir, "empty", 0);
	mkdirat(dir, "empty", 0755);
}

static const struct {
	void (*spoil)(int dir);
	const char *says;
} spoilt[] = {
	{ add_undeclared, "from holds d/foreign, which is not declared" },
	{ add_undeclared_dir, "from holds foreign, which is not declared" },
	{ lose, "from: d/small is declared and is not there" },
	{ resize, "from: d/small has 4 bytes, 3 are declared" },
	{ alter, "from: d/small has another content than declared" },
	{ make_link, "from: empty is a symbolic link" },
	{ make_hard, "from" },
	{ make_fifo, "from: fifo is a FIFO" },
	{ make_setid, "from: empty is set-user-id" },
	{ swap_kind, "from: empty is declared as a file and is a directory" },
};

START_TEST(a_source_that_differs_stops_the_copy_and_is_named)
{
	const int from = new_tree("from"), to = new_tree("to");
	struct wv__declaration *decl = make_source(from);

	spoilt[_i].spoil(from);
	ck_assert_int_eq(wv__copy_tree(ctx, decl, from, "from", to), -EBADMSG);
	ck_error_has(spoilt[_i].says);
	wv__declaration_free(decl);
	close(from);
	close(to);
}
END_TEST

START_TEST(verifying_finds_a_byte_that_changed)
{
	const int dir = new_tree("verified");
	struct wv__declaration *decl = make_source(dir);
	struct wv_doc *result = NULL;

	put(dir, "d/small", "abd");
	ck_assert_int_eq(wv__verify_tree(ctx, decl, dir, &result), 0);
	ck_assert(!wv__compare_clean(result));
	ck_assert_uint_eq(wv_doc_u64(result, "ok"), 2);
	wv_doc_free(result);
	wv__declaration_free(decl);
	close(dir);
}
END_TEST

START_TEST(copying_survives_every_failure)
{
	const int from = new_tree("from");
	struct wv__declaration *decl = make_source(from);
	int n, r;

	for (n = 0; n < 1000; n++) {
		const int to = new_tree("to"), fds = open_fds();
		bool fired;

		fault_after(n);
		r = wv__copy_tree(ctx, decl, from, "from", to);
		fired = fault_fired();
		ck_assert_int_eq(open_fds(), fds);
		if (r == 0) { /* also after a fault that it can do without: then the copy is whole */
			struct wv_doc *result = NULL;

			ck_assert_int_eq(wv__verify_tree(ctx, decl, to, &result), 0);
			ck_assert(wv__compare_clean(result));
			wv_doc_free(result);
		}
		close(to);
		if (!fired)
			break;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 40);
	wv__declaration_free(decl);
	close(from);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("copy");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, a_copy_has_content_times_and_permissions_of_its_source);
	tcase_add_loop_test(tcase, a_source_that_differs_stops_the_copy_and_is_named, 0,
			    ARRAY_SIZE(spoilt));
	tcase_add_test(tcase, verifying_finds_a_byte_that_changed);
	tcase_add_test(tcase, copying_survives_every_failure);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
