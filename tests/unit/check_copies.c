/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_copies.c - declared content outside of a volume is found, and what was
 * not looked at is told
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fake_root.h"
#include "../../lib/host/copies.h"

static struct wv__declaration *decl;
static struct wv_doc *result;

static void declare(const char *path, const char *text)
{
	unsigned char sum[WV_SHA256_SIZE];

	ck_assert_int_eq(wv__sha256(text, strlen(text), sum), 0);
	ck_assert_int_eq(wv__declaration_add(ctx, decl, path, strlen(text), sum), 0);
}

static void setup(void)
{
	ck_assert_int_eq(wv__declaration_new(ctx, &decl), 0);
	declare("list", "names and addresses");
	declare("d/same size", "NAMES AND ADDRESSES");
	declare("note", "a note\n");
	declare("empty", "");
}

static int search(const char *const *dirs, const char *const *except, uint64_t entries, uint64_t seconds)
{
	const struct wv__copies_search ask = { decl, dirs, except, entries, seconds };

	wv_doc_free(result);
	result = NULL;
	return wv__copies(ctx, &ask, &result);
}

static const char *path_at(const char *list, size_t i)
{
	return wv_doc_str(wv_doc_at(wv_doc_get(result, list), i), "path");
}

static bool has(const char *list, const char *root, const char *path)
{
	char want[512];

	snprintf(want, sizeof(want), "%s%s", root, path);
	for (size_t i = 0; i < wv_doc_count(wv_doc_get(result, list)); i++)
		if (path_at(list, i) && strcmp(path_at(list, i), want) == 0)
			return true;
	return false;
}

START_TEST(a_copy_is_found_by_its_content_under_any_name)
{
	const char *root = fake_root(), *dirs[] = { root, NULL };

	put(root, "/home/a/other name", "names and addresses");
	put(root, "/home/a/.cache/x/y/z", "NAMES AND ADDRESSES");
	put(root, "/home/a/same length", "names_and_addresses");
	put(root, "/home/a/longer", "names and addresses ");
	put(root, "/home/a/empty", "");
	ck_assert_msg(search(dirs, NULL, 1000, 60) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 2);
	ck_assert(has("found", root, "/home/a/other name") && has("found", root, "/home/a/.cache/x/y/z"));
	for (size_t i = 0; i < 2; i++)
		ck_assert_str_eq(wv_doc_str(wv_doc_at(wv_doc_get(result, "found"), i), "declared"),
				 strstr(path_at("found", i), "other") ? "list" : "d/same size");
	ck_assert_uint_eq(wv_doc_u64(result, "hashed"), 3 * 19); /* the others are of no declared size */
	ck_assert_uint_eq(wv_doc_u64(result, "not_searched_count"), 0);
	ck_assert_str_eq(wv_doc_str_at(wv_doc_get(result, "searched"), 0), root);
}
END_TEST

START_TEST(links_are_not_followed_and_mounts_not_entered)
{
	const char *root = fake_root(), *dirs[3] = { NULL };
	char home[300], mounted[300], outside[300], link[300];

	snprintf(home, sizeof(home), "%s/home", root);
	snprintf(mounted, sizeof(mounted), "%s/home/volume", root);
	snprintf(outside, sizeof(outside), "%s/outside", root);
	snprintf(link, sizeof(link), "%s/home/link", root);
	put(root, "/outside/copy", "a note\n");
	put(root, "/home/volume", NULL);
	ck_assert_int_eq(symlink(outside, link), 0);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("copies", mounted, "tmpfs", 0, "size=1m"), 0);
	put(root, "/home/volume/copy", "a note\n");
	dirs[0] = home;
	ck_assert_int_eq(search(dirs, NULL, 1000, 60), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "not_searched_count"), 1);
	ck_assert(has("not_searched", root, "/home/volume"));
	umount2(mounted, MNT_DETACH);
}
END_TEST

START_TEST(the_server_is_left_out_and_nothing_is_searched_twice)
{
	const char *root = fake_root(), *dirs[5] = { NULL }, *except[2] = { NULL };
	char home[300], server[300], slash[300];

	snprintf(home, sizeof(home), "%s/home", root);
	snprintf(server, sizeof(server), "%s/home/./server", root);
	snprintf(slash, sizeof(slash), "%s/tmp/", root);
	put(root, "/home/server/copy", "a note\n");
	put(root, "/home/copy", "a note\n");
	put(root, "/tmp/copy", "a note\n");
	dirs[0] = home;
	dirs[1] = server;
	dirs[2] = "/no/such/directory";
	dirs[3] = slash;
	except[0] = server;
	ck_assert_int_eq(search(dirs, except, 1000, 60), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 2);
	ck_assert(has("found", root, "/home/copy") && has("found", root, "/tmp/copy"));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(result, "searched")), 2);
}
END_TEST

START_TEST(limits_are_told)
{
	const char *root = fake_root(), *dirs[3] = { NULL };
	char a[300], b[300];

	snprintf(a, sizeof(a), "%s/a", root);
	snprintf(b, sizeof(b), "%s/b", root);
	put(root, "/a/x/copy", "a note\n");
	put(root, "/b/copy", "a note\n");
	dirs[0] = a;
	dirs[1] = b;
	ck_assert_int_eq(search(dirs, NULL, 2, 60), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "not_searched_count"), 2);
	ck_assert(has("not_searched", root, "/a/x/copy") && has("not_searched", root, "/b"));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(result, "searched")), 0);
	ck_assert_int_eq(search(dirs, NULL, 100, 0), 0);
	ck_assert(has("not_searched", root, "/a"));
}
END_TEST

START_TEST(long_lists_are_cut_and_counted)
{
	const char *root = fake_root(), *dirs[] = { root, NULL };

	for (int i = 0; i < 250; i++) {
		char name[32];

		snprintf(name, sizeof(name), "/%d", i);
		put(root, name, "a note\n");
	}
	ck_assert_int_eq(search(dirs, NULL, 1000, 60), 0);
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 250);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(result, "found")), 200);
}
END_TEST

/* Deeper than a path can be, a FIFO of the right size, names that are no text: told, and the rest is searched. */
START_TEST(what_was_laid_out_to_stop_it_does_not)
{
	const char *root = fake_root(), *dirs[] = { root, NULL };
	char name[256], top[600];
	int at;

	put(root, "/z/copy", "a note\n");
	put(root, "/a", NULL);
	snprintf(top, sizeof(top), "%s/a", root);
	at = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(at, 0);
	ck_assert_int_eq(mkfifoat(at, "fifo", 0600), 0);
	ck_assert_int_eq(mkdirat(at, "\xff\x1b\n", 0700), 0);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int depth = 0; depth < 40; depth++) {
		int below;

		ck_assert_int_eq(mkdirat(at, name, 0700), 0);
		below = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(below, 0);
		close(at);
		at = below;
	}
	close(at);
	ck_assert_msg(search(dirs, NULL, 1000, 60) == 0, "%s", wv_ctx_error(ctx));
	ck_assert(has("found", root, "/z/copy"));
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 1);
	ck_assert_uint_eq(wv_doc_u64(result, "not_searched_count"), 1); /* where it becomes too long */
}
END_TEST

START_TEST(no_failure_hides_a_copy)
{
	const char *root = fake_root(), *dirs[] = { root, NULL };
	const int fds = open_fds();
	int n, r;

	put(root, "/home/a/copy", "a note\n");
	put(root, "/home/b/other", "another");
	for (n = 0;; n++) {
		wv_doc_free(result);
		result = NULL;
		fault_after(n);
		r = search(dirs, NULL, 1000, 60);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		if (r == 0) /* told as not searched, or found all the same */
			ck_assert_uint_ge(wv_doc_u64(result, "found_count") +
						  wv_doc_u64(result, "not_searched_count"), 1);
		else
			ck_assert_ptr_null(result);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(wv_doc_u64(result, "found_count"), 1);
	ck_assert_int_ge(n, 15);
}
END_TEST

START_TEST(it_can_be_interrupted)
{
	const char *root = fake_root(), *dirs[] = { root, NULL };

	wv_ctx_cancel(ctx);
	ck_assert_int_eq(search(dirs, NULL, 1000, 60), -ECANCELED);
	ck_assert_ptr_null(result);
}
END_TEST

static Suite *copies_suite(void)
{
	Suite *suite = suite_create("copies");
	TCase *tc = tcase_create("copies");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_copy_is_found_by_its_content_under_any_name);
	tcase_add_test(tc, links_are_not_followed_and_mounts_not_entered);
	tcase_add_test(tc, the_server_is_left_out_and_nothing_is_searched_twice);
	tcase_add_test(tc, limits_are_told);
	tcase_add_test(tc, long_lists_are_cut_and_counted);
	tcase_add_test(tc, what_was_laid_out_to_stop_it_does_not);
	tcase_add_test(tc, no_failure_hides_a_copy);
	tcase_add_test(tc, it_can_be_interrupted);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(copies_suite());
}
