/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_fs.c - tests of lib/base/fs.c
 */
#include <fcntl.h>
#include <sys/mount.h>

#include "../../lib/base/fs.h"
#include "support.h"

static void has_content(const char *path, const char *text)
{
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 1000, &buf), 0);
	ck_assert_str_eq(wv__buf_str(&buf), text);
}

static int entries(const char *dir)
{
	char command[300];
	int n = -1;
	FILE *out;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", dir);
	out = popen(command, "re");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(fscanf(out, "%d", &n), 1);
	pclose(out);
	return n;
}

START_TEST(an_empty_directory_is_told_from_one_that_is_not)
{
	cleanup_free char *dir = test_path("dir");
	cleanup_free char *file = test_path("dir/.hidden");

	ck_assert_int_eq(wv__dir_empty(ctx, dir), -ENOENT);
	ck_error_has(dir);
	ck_assert_int_eq(wv__mkdirs(ctx, dir, 0700), 0);
	ck_assert_int_eq(wv__dir_empty(ctx, dir), 1);
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, file, "x", 1, 0600), 0);
	ck_assert_int_eq(wv__dir_empty(ctx, dir), 0);
	ck_assert_int_eq(wv__dir_empty(ctx, file), -ENOTDIR);
	ck_error_has("is not a directory");
}
END_TEST

START_TEST(a_file_is_read_whole_up_to_the_limit)
{
	cleanup_free char *path = make_image("big", 200000);
	cleanup_free char *link = test_path("loop");
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 200000, &buf), 0);
	ck_assert_uint_eq(buf.len, 200000);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 199999, &buf), -EFBIG);
	ck_error_has(path);
	ck_assert_uint_eq(buf.len, 200000);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, "/nonexistent", 1, &buf), -ENOENT);
	ck_error_has("/nonexistent");
	ck_assert_int_eq(symlink("loop", link), 0);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, link, 1, &buf), -ELOOP);
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused_without_waiting)
{
	cleanup_free char *fifo = test_path("fifo");
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, fifo, 10, &buf), -EINVAL);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, "/dev/zero", 10, &buf), -EINVAL);
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, test_dir(), 10, &buf), -EISDIR);
}
END_TEST

START_TEST(a_file_is_put_in_place_with_its_mode_and_nothing_beside_it)
{
	cleanup_free char *dir = test_path("put");
	cleanup_free char *path = test_path("put/file");
	struct stat st;

	umask(077);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, path, "one", 3, 0644), 0);
	has_content(path, "one");
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, path, "two", 3, 0600), 0);
	has_content(path, "two");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(wv__create_file(ctx, AT_FDCWD, path, "three", 5, 0600), -EEXIST);
	ck_error_has("already there");
	has_content(path, "two");
	ck_assert_int_eq(entries(dir), 1);
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, "/nonexistent/file", "x", 1, 0600), -ENOENT);
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, dir, "x", 1, 0600), -EISDIR);
}
END_TEST

START_TEST(a_file_is_put_relative_to_a_directory)
{
	const int dir = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_free char *path = test_path("relative");
	char name[256];

	ck_assert_int_eq(wv__create_file(ctx, dir, "relative", "x", 1, 0600), 0);
	has_content(path, "x");
	memset(name, 'n', 255); /* as long as a name may be */
	name[255] = '\0';
	ck_assert_int_eq(wv__create_file(ctx, dir, name, "x", 1, 0600), 0);
	close(dir);
}
END_TEST

START_TEST(putting_a_file_survives_every_failure)
{
	const int fds = open_fds();
	cleanup_free char *dir = test_path("fault");
	cleanup_free char *path = test_path("fault/file");
	bool in_place = false;
	int r, n = 0;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	for (;; n++) {
		fault_after(n);
		r = wv__write_file(ctx, AT_FDCWD, path, "x", 1, 0600);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
		/* Only once the name is there may it stay: then the directory's fsync failed. */
		in_place = access(path, F_OK) == 0;
		ck_assert_int_eq(entries(dir), in_place ? 1 : 0);
		ck_assert(strstr(wv_ctx_error(ctx), path) || r == -ENOMEM || r == -EIO);
	}
	ck_assert_int_eq(r, 0);
	ck_assert(in_place);
	ck_assert_int_ge(n, 8);
}
END_TEST

START_TEST(reading_a_file_survives_every_failure)
{
	const int fds = open_fds();
	cleanup_free char *path = make_file("read", "x");
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;
	int r, n = 0;

	for (;; n++) {
		fault_after(n);
		r = wv__read_file(ctx, AT_FDCWD, path, 10, &buf);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(buf.data);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
}
END_TEST

START_TEST(directories_are_made_down_to_the_last)
{
	cleanup_free char *path = test_path("a/b/c");
	cleanup_free char *below_file = test_path("a/file/x");

	ck_assert_int_eq(wv__mkdirs(ctx, path, 0700), 0);
	ck_assert_int_eq(wv__mkdirs(ctx, path, 0700), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	free(make_file("a/file", ""));
	ck_assert_int_eq(wv__mkdirs(ctx, below_file, 0700), -ENOTDIR);
	ck_assert_int_eq(wv__sync_dir(ctx, path), 0);
	ck_assert_int_eq(wv__sync_dir(ctx, below_file), -ENOTDIR);
	ck_error_has(below_file);
}
END_TEST

START_TEST(transfers_are_whole_or_an_error)
{
	cleanup_free char *path = make_image("io", 0);
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	char data[8] = "";

	ck_assert_int_eq(wv__pwrite_all(fd, "abcdef", 6, 3), 0);
	ck_assert_int_eq(wv__pread_all(fd, data, 6, 3), 0);
	ck_assert_str_eq(data, "abcdef");
	ck_assert_int_eq(wv__pread_all(fd, data, 7, 3), -ENODATA);
	ck_assert_int_eq(wv__write_all(fd, "xyz", 3), 0);
	ck_assert_int_eq(wv__pread_all(fd, data, 4, 0), 0);
	ck_assert_int_eq(memcmp(data, "xyza", 4), 0);
	ck_assert_int_eq(wv__write_all(full, "x", 1), -ENOSPC);
	ck_assert_int_eq(wv__pread_all(-1, data, 1, 0), -EBADF);
	close(fd);
	close(full);
}
END_TEST

START_TEST(nothing_outside_or_behind_a_link_is_opened)
{
	cleanup_free char *dir = test_path("beneath");
	cleanup_free char *link = test_path("beneath/link");
	int at, fd;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	free(make_file("beneath/file", "x"));
	ck_assert_int_eq(symlink("file", link), 0);
	at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = wv__open_beneath(at, "file", O_RDONLY, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = wv__open_beneath(at, "new", O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	fd = wv__open_beneath(at, "file", O_PATH, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(wv__open_beneath(at, "link", O_RDONLY, 0), -ELOOP);
	ck_assert_int_eq(wv__open_beneath(at, "../read", O_RDONLY, 0), -EXDEV);
	ck_assert_int_eq(wv__open_beneath(at, "/etc/passwd", O_RDONLY, 0), -EXDEV);
	ck_assert_int_eq(wv__open_beneath(at, "none", O_RDONLY, 0), -ENOENT);
	close(at);
}
END_TEST

START_TEST(a_tree_is_removed_and_what_links_point_to_is_not)
{
	cleanup_free char *dir = test_path("tree");
	cleanup_free char *deep = test_path("tree/a/b");
	cleanup_free char *link = test_path("tree/a/link");
	cleanup_free char *kept_dir = test_path("kept");
	cleanup_free char *kept = test_path("kept/file");

	ck_assert_int_eq(wv__mkdirs(ctx, deep, 0700), 0);
	ck_assert_int_eq(wv__mkdirs(ctx, kept_dir, 0700), 0);
	free(make_file("kept/file", "x"));
	free(make_file("tree/a/b/file", "x"));
	ck_assert_int_eq(symlink(kept_dir, link), 0);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, dir), 0);
	ck_assert_int_lt(access(dir, F_OK), 0);
	ck_assert_int_eq(access(kept, F_OK), 0);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, dir), 0); /* absent is fine */
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, kept), 0);
	ck_assert_int_lt(access(kept, F_OK), 0);
}
END_TEST

START_TEST(a_tree_ten_thousand_deep_is_removed)
{
	cleanup_free char *dir = test_path("deep");
	int fd, next;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int depth = 0; depth < 10000; depth++) {
		ck_assert_int_eq(mkdirat(fd, ".1", 0700), 0);
		next = openat(fd, ".1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ge(next, 0);
		close(fd);
		fd = next;
	}
	close(fd);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, dir), 0);
	ck_assert_int_lt(access(dir, F_OK), 0);
}
END_TEST

START_TEST(removing_stops_at_a_mount)
{
	cleanup_free char *dir = test_path("cross");
	cleanup_free char *mount_point = test_path("cross/mount");
	cleanup_free char *kept = test_path("cross/mount/file");

	ck_assert_int_eq(wv__mkdirs(ctx, mount_point, 0700), 0);
	if (mount("none", mount_point, "tmpfs", 0, "size=64k") < 0)
		return; /* not root */
	free(make_file("cross/mount/file", "x"));
	ck_assert_int_lt(wv__remove_tree(ctx, AT_FDCWD, dir), 0);
	ck_assert_int_eq(access(kept, F_OK), 0);
	umount(mount_point);
}
END_TEST

START_TEST(removing_survives_every_failure)
{
	const int fds = open_fds();
	cleanup_free char *dir = test_path("gone");
	cleanup_free char *deep = test_path("gone/a/b");
	int r, n = 0;

	for (;; n++) {
		ck_assert_int_eq(wv__mkdirs(ctx, deep, 0700), 0);
		fault_after(n);
		r = wv__remove_tree(ctx, AT_FDCWD, dir);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, dir), 0); /* it goes on */
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 12);
}
END_TEST

START_TEST(a_temporary_directory_is_private_and_goes_with_its_variable)
{
	cleanup_free char *copy = NULL;
	struct stat st;

	{
		cleanup(wv__temp_dirp) char *path = NULL;

		ck_assert_int_eq(wv__make_temp_dir(ctx, "test", &path), 0);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0700);
		copy = strdup(path);
	}
	ck_assert_int_lt(access(copy, F_OK), 0);
}
END_TEST

START_TEST(paths_are_joined_with_one_slash)
{
	static const char *const cases[][3] = { { "/a", "b", "/a/b" }, { "/a/", "b", "/a/b" },
						{ "/", "b", "/b" },	{ "", "b", "b" } };
	cleanup_free char *real = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *path = wv__path_join(cases[i][0], cases[i][1]);

		ck_assert_str_eq(path, cases[i][2]);
	}
	ck_assert_int_eq(wv__real_path(ctx, "/proc/../dev/./null", &real), 0);
	ck_assert_str_eq(real, "/dev/null");
	ck_assert_int_eq(wv__real_path(ctx, "/nonexistent", &real), -ENOENT);
	ck_error_has("/nonexistent");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fs");
	TCase *tc = tcase_create("fs");

	tcase_add_test(tc, an_empty_directory_is_told_from_one_that_is_not);
	tcase_add_test(tc, a_file_is_read_whole_up_to_the_limit);
	tcase_add_test(tc, what_is_no_regular_file_is_refused_without_waiting);
	tcase_add_test(tc, a_file_is_put_in_place_with_its_mode_and_nothing_beside_it);
	tcase_add_test(tc, a_file_is_put_relative_to_a_directory);
	tcase_add_test(tc, putting_a_file_survives_every_failure);
	tcase_add_test(tc, reading_a_file_survives_every_failure);
	tcase_add_test(tc, directories_are_made_down_to_the_last);
	tcase_add_test(tc, transfers_are_whole_or_an_error);
	tcase_add_test(tc, nothing_outside_or_behind_a_link_is_opened);
	tcase_add_test(tc, a_tree_is_removed_and_what_links_point_to_is_not);
	tcase_add_test(tc, a_tree_ten_thousand_deep_is_removed);
	tcase_add_test(tc, removing_stops_at_a_mount);
	tcase_add_test(tc, removing_survives_every_failure);
	tcase_add_test(tc, a_temporary_directory_is_private_and_goes_with_its_variable);
	tcase_add_test(tc, paths_are_joined_with_one_slash);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
