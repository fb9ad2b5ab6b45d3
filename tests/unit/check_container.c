/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_container.c - a container file is whole, or not there
 */
#include <sys/stat.h>

#include "../../lib/volume/container.h"
#include "volume.h"

START_TEST(every_byte_is_written_and_nothing_is_sparse)
{
	cleanup_free char *path = test_path("new.img");
	struct stat st;

	ck_assert_msg(wv__container_create(ctx, path, 20 * MiB + 4096) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 20 * MiB + 4096);
	ck_assert_int_ge(st.st_blocks * 512, st.st_size);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	/* random bytes do not compress; a page of zeros would */
	ck_assert_int_eq(sh("[ $(gzip -1 <\"$1\" | wc -c) -gt 20971520 ]", path, NULL), 0);
}
END_TEST

START_TEST(what_exists_is_never_touched)
{
	cleanup_free char *path = make_file("mine.img", "mine");
	cleanup_free char *link = test_path("link.img");
	cleanup_free char *absent = test_path("absent.img");

	ck_assert_int_eq(wv__container_create(ctx, path, 20 * MiB), -EEXIST);
	ck_assert_int_eq(sh("grep -qx mine \"$1\"", path, NULL), 0);
	ck_assert_int_eq(symlink(absent, link), 0);
	ck_assert_int_eq(wv__container_create(ctx, link, 20 * MiB), -EEXIST);
	ck_assert_int_ne(access(absent, F_OK), 0);
}
END_TEST

START_TEST(a_wrong_size_makes_nothing)
{
	static const uint64_t sizes[] = { 0, 4096, 20 * MiB + 512, 20 * MiB - 4096 };
	cleanup_free char *path = test_path("wrong.img");

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		ck_assert_int_eq(wv__container_create(ctx, path, sizes[i]), -EINVAL);
		ck_assert_int_ne(access(path, F_OK), 0);
	}
}
END_TEST

START_TEST(a_full_disk_is_told_before_anything_is_written)
{
	cleanup_free char *path = test_path("huge.img");

	ck_assert_int_eq(wv__container_create(ctx, path, UINT64_C(1) << 50), -ENOSPC);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_cancel_leaves_no_file)
{
	cleanup_free char *path = test_path("cancelled.img");

	wv_ctx_cancel(ctx);
	ck_assert_int_eq(wv__container_create(ctx, path, 20 * MiB), -ECANCELED);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(it_survives_every_failure)
{
	cleanup_free char *path = test_path("faulty.img");
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__container_create(ctx, path, 20 * MiB);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_ne(access(path, F_OK), 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("container");
	TCase *tc = tcase_create("container");

	tcase_add_test(tc, every_byte_is_written_and_nothing_is_sparse);
	tcase_add_test(tc, what_exists_is_never_touched);
	tcase_add_test(tc, a_wrong_size_makes_nothing);
	tcase_add_test(tc, a_full_disk_is_told_before_anything_is_written);
	tcase_add_test(tc, a_cancel_leaves_no_file);
	tcase_add_test(tc, it_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
