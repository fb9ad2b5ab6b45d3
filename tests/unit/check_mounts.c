/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mounts.c - mounting, unmounting, and the table
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/mounts.h"

static char *image, *loop, *dir;

static void setup(void)
{
	char name[32];

	snprintf(name, sizeof(name), "image-%d", getpid());
	image = make_image(name, 16 << 20);
	loop = loop_attach(image, 0, false);
	run("mkfs.ext4 -q -F %s", loop);
	dir = test_path("mnt");
	mkdir(dir, 0700);
}

static void teardown(void)
{
	wv__umount(ctx, dir, WV__UMOUNT_LAZY);
	loop_detach(loop);
	free(dir);
	free(loop);
	free(image);
}

START_TEST(a_mount_is_safe_and_found_by_device_and_directory)
{
	struct wv__mount_info info = { 0 };
	struct statvfs fs;
	struct stat st;

	ck_assert_int_eq(stat(loop, &st), 0);
	ck_assert_int_eq(wv__mount_by_dev(ctx, st.st_rdev, true, NULL), 0);
	ck_assert_int_eq(wv__mount_by_dir(ctx, dir, NULL), 0);
	ck_assert_int_eq(wv__mount(ctx, loop, dir, "ext4", WV__MOUNT_RO, "noload"), 0);
	ck_assert_int_eq(statvfs(dir, &fs), 0);
	ck_assert_uint_eq(fs.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC),
			  ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC);
	ck_assert_uint_ne(fs.f_flag & 8192, 0); /* ST_NOSYMFOLLOW */
	ck_assert_int_eq(wv__mount_by_dev(ctx, st.st_rdev, false, &info), 1);
	ck_assert_str_eq(info.dir, dir);
	wv__mount_info_clear(&info);
	ck_assert_int_eq(wv__mount_by_dir(ctx, dir, &info), 1);
	ck_assert_str_eq(info.source, loop);
	ck_assert_str_eq(info.fstype, "ext4");
	ck_assert(info.dev == st.st_rdev);
	wv__mount_info_clear(&info);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0); /* not mounted is fine */
	ck_assert_int_eq(wv__mount_by_dev(ctx, st.st_rdev, true, NULL), 0);
}
END_TEST

START_TEST(a_busy_mount_stays_unless_taken_away_lazily)
{
	int fd;

	ck_assert_int_eq(wv__mount(ctx, loop, dir, "ext4", 0, NULL), 0);
	fd = open(dir, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), -EBUSY);
	ck_error_has("in use");
	ck_assert_int_eq(wv__umount(ctx, dir, WV__UMOUNT_LAZY), 0);
	close(fd);
}
END_TEST

START_TEST(a_failure_names_both_ends)
{
	ck_assert_int_lt(wv__mount(ctx, loop, dir, "xfs", 0, NULL), 0);
	ck_error_has(loop);
	ck_error_has(dir);
	ck_assert_int_lt(wv__mount(ctx, "/dev/no-such", dir, "ext4", 0, NULL), 0);
	ck_assert_int_eq(wv__mount_by_dir(ctx, dir, NULL), 0);
}
END_TEST

START_TEST(asking_and_mounting_survive_every_failure)
{
	const int fds = open_fds();
	struct stat st;
	int n, r;

	ck_assert_int_eq(stat(loop, &st), 0);
	for (n = 0;; n += 1 + n / 8) { /* the calls grow with the processes of the machine */
		fault_after(n);
		r = wv__mount_by_dev(ctx, st.st_rdev, true, NULL);
		if (!fault_fired())
			break;
		ck_assert_int_le(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	for (n = 0;; n += 1 + n / 8) { /* the calls grow with the processes of the machine */
		fault_after(n);
		r = wv__mount(ctx, loop, dir, "ext4", WV__MOUNT_RO, NULL);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
}
END_TEST

static Suite *mounts_suite(void)
{
	Suite *suite = suite_create("mounts");
	TCase *tc = tcase_create("mounts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_mount_is_safe_and_found_by_device_and_directory);
	tcase_add_test(tc, a_busy_mount_stays_unless_taken_away_lazily);
	tcase_add_test(tc, a_failure_names_both_ends);
	tcase_add_test(tc, asking_and_mounting_survive_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(mounts_suite());
}
