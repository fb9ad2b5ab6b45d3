/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_reread.c - files read back and held against a list
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "support.h"
#include "sync/reread.h"

#define FILES 5
#define BIG (3 * WV_BLOCK + 1234)
#define WV_BLOCK (256 * 1024)

static char *dir;
static int fd;
static struct wv__files files;
static char big[BIG];

static void setup(void)
{
	dir = wv__printf("%s/%d", test_dir(), getpid());
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	memset(big, 'x', sizeof(big));
	for (int i = 0; i < FILES; i++) { /* of 0, 1, one block, many blocks, and a tail */
		static const size_t sizes[FILES] = { 0, 1, WV_BLOCK, 3 * WV_BLOCK, BIG };
		const char name[] = { 'a' + i, '\0' };
		struct wv__entry *entry = wv__entry_new(name, false);

		ck_assert_int_eq(wv__write_file(ctx, fd, name, big, sizes[i], 0600), 0);
		entry->size = sizes[i];
		ck_assert_int_eq(wv__sha256(big, sizes[i], entry->sha256), 0);
		ck_assert_int_eq(wv__entries_append(&files.entries, entry), 0);
		files.bytes += sizes[i];
	}
}

static void teardown(void)
{
	wv__files_clear(&files);
	close(fd);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, dir), 0);
	free(dir);
}

START_TEST(what_is_as_the_list_says_passes)
{
	const struct wv__entry *bad = NULL;

	ck_assert_int_eq(wv__write_file(ctx, fd, "not on the list", "x", 1, 0600), 0);
	ck_assert_msg(wv__reread(ctx, fd, &files, &bad) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_ptr_null(bad);
}
END_TEST

/* The last byte of each file with content, behind what fits one read too. */
START_TEST(one_bit_different_is_found)
{
	const struct wv__entry *entry = files.entries.at[_i], *bad = NULL;
	const int file = openat(fd, entry->path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pwrite(file, "y", 1, entry->size - 1), 1);
	close(file);
	ck_assert_int_eq(wv__reread(ctx, fd, &files, &bad), -EBADMSG);
	ck_assert_ptr_eq(bad, entry);
	ck_assert_str_eq(wv_ctx_error(ctx), "has another content");
}
END_TEST

START_TEST(a_byte_more_or_less_is_found)
{
	const struct wv__entry *entry = files.entries.at[_i % FILES], *bad = NULL;
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", dir, entry->path);
	ck_assert_int_eq(truncate(path, _i < FILES ? entry->size + 1 : entry->size - 1), 0);
	ck_assert_int_eq(wv__reread(ctx, fd, &files, &bad), -EBADMSG);
	ck_assert_ptr_eq(bad, entry);
	ck_assert_str_eq(wv_ctx_error(ctx), "has another size");
}
END_TEST

START_TEST(a_directory_in_place_of_a_file_is_found)
{
	const struct wv__entry *bad = NULL;

	ck_assert_int_eq(unlinkat(fd, "a", 0), 0);
	ck_assert_int_eq(mkdirat(fd, "a", 0700), 0);
	ck_assert_int_eq(wv__reread(ctx, fd, &files, &bad), -EBADMSG);
	ck_assert_ptr_eq(bad, files.entries.at[0]);
}
END_TEST

START_TEST(an_empty_list_passes)
{
	const struct wv__files none = { 0 };
	const struct wv__entry *bad = NULL;

	ck_assert_int_eq(wv__reread(ctx, fd, &none, &bad), 0);
}
END_TEST

START_TEST(reading_back_survives_every_failure)
{
	const int fds = open_fds();
	const struct wv__entry *bad = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__reread(ctx, fd, &files, &bad);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_ne(r, -EBADMSG); /* this machine's fault is no finding */
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("reread");
	TCase *tc = tcase_create("reread");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_as_the_list_says_passes);
	tcase_add_loop_test(tc, one_bit_different_is_found, 1, FILES);
	tcase_add_loop_test(tc, a_byte_more_or_less_is_found, 0, FILES);
	tcase_add_loop_test(tc, a_byte_more_or_less_is_found, FILES + 1, 2 * FILES);
	tcase_add_test(tc, a_directory_in_place_of_a_file_is_found);
	tcase_add_test(tc, an_empty_list_passes);
	tcase_add_test(tc, reading_back_survives_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
