/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mapper.c - a mapping lives as long as it is used, and is found by
 * whoever asks. By FUSE, since no test machine has dm-crypt.
 */
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../lib/media/mounts.h"
#include "../../lib/volume/ext4.h"
#include "mapping.h"

static struct factors f;
static char *image;

static void setup(void)
{
	f = factors_new();
	image = make_image("volume.img", 48 * MiB);
	format_volume(image, &f);
}

START_TEST(what_is_written_is_there_after_a_remap)
{
	struct wv__mapping *mapping = map_volume(image, &f, false, false);
	cleanup_free char *dir = make_dir("mnt");

	ck_assert_msg(wv__ext4_make(ctx, wv__mapping_device(mapping), "take-out", f.uuid) == 0, "%s",
		      wv_ctx_error(ctx));
	ck_assert_int_eq(wv__ext4_mount(ctx, wv__mapping_device(mapping), dir, false), 0);
	ck_assert_int_eq(sh("seq 200000 >\"$1/numbers\"; mkdir \"$1/d\"; sync -f \"$1\"", dir, NULL), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_msg(wv__unmap(ctx, mapping) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(mapped(image, &f), 0);

	mapping = map_volume(image, &f, true, false);
	ck_assert_int_eq(wv__ext4_mount(ctx, wv__mapping_device(mapping), dir, true), 0);
	ck_assert_int_eq(sh("seq 200000 | cmp - \"$1/numbers\" && [ \"$(ls -A \"$1\" | tr '\\n' ' ')\" = "
			    "'d numbers ' ]",
			    dir, NULL),
			 0);
	ck_assert_int_ne(sh("touch \"$1/new\"", dir, NULL), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(a_mapping_is_found_with_its_device_and_mount)
{
	struct wv__mapping *mapping = map_volume(image, &f, false, false);
	cleanup_mapped struct wv__mapped found = { 0 };
	cleanup_free char *dir = make_dir("mnt");
	cleanup_free char *real = NULL;

	ck_assert_int_eq(wv__map_find(ctx, image, f.uuid, &found), 1);
	ck_assert_str_eq(found.device, wv__mapping_device(mapping));
	ck_assert_int_eq(found.kind, WV__MAPPER_FUSE);
	ck_assert_ptr_null(found.dir);
	ck_assert(!found.read_only);
	ck_assert_int_eq(wv__ext4_make(ctx, found.device, NULL, f.uuid), 0);
	ck_assert_int_eq(wv__ext4_mount(ctx, found.device, dir, false), 0);
	ck_assert_int_eq(wv__map_find(ctx, image, f.uuid, &found), 1);
	real = realpath(dir, NULL);
	ck_assert_str_eq(found.dir, real);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	ck_assert_int_eq(wv__map_find(ctx, image, f.uuid, NULL), 0);
}
END_TEST

START_TEST(a_second_mapping_and_a_copy_with_the_same_uuid_are_refused)
{
	cleanup_free char *copy = test_path("copy.img");
	struct wv__mapping *mapping = map_volume(image, &f, false, false);
	struct wv__mapping *second = NULL;

	ck_assert_int_eq(sh("cp \"$1\" \"$2\"", image, copy), 0);
	ck_assert_int_eq(try_map(image, &f, &second), -EBUSY);
	ck_assert_ptr_null(second);
	ck_assert_int_eq(try_map(copy, &f, &second), -EBUSY);
	ck_error_has("mapped already");
	ck_assert_int_eq(mapped(copy, &f), 0);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
	ck_assert_int_eq(try_map(copy, &f, &second), 0);
	ck_assert_int_eq(wv__unmap(ctx, second), 0);
}
END_TEST

START_TEST(a_container_that_somebody_holds_is_refused)
{
	const int fd = open(image, O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct wv__mapping *mapping = NULL;

	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
	ck_assert_int_eq(try_map(image, &f, &mapping), -EBUSY);
	ck_error_has("volume.img is held");
	close(fd);
	ck_assert_int_eq(try_map(image, &f, &mapping), 0);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(a_killed_owner_leaves_nothing_after_five_seconds)
{
	cleanup_free char *dir = make_dir("mnt");
	const pid_t owner = fork();

	ck_assert_int_ge(owner, 0);
	if (owner == 0) {
		struct wv__mapping *mapping;

		factors_build(&f);
		if (wv__private_mounts(ctx) < 0)
			_exit(1);
		mapping = map_volume(image, &f, false, false);
		if (wv__ext4_make(ctx, wv__mapping_device(mapping), NULL, f.uuid) < 0 ||
		    wv__ext4_mount(ctx, wv__mapping_device(mapping), dir, false) < 0 ||
		    sh("seq 100000 >\"$1/numbers\"", dir, NULL) != 0)
			_exit(2);
		raise(SIGKILL);
	}
	ck_assert_int_eq(end_of(owner), 128 + SIGKILL);
	ck_assert_int_eq(looks_until_gone(image, &f), 0);
	ck_assert_msg(wv__map_wait_gone(ctx, image, f.uuid) == 0, "%s", wv_ctx_error(ctx));
}
END_TEST

START_TEST(a_persistent_mapping_lives_until_it_is_unmounted)
{
	cleanup_free char *dir = make_dir("mnt");
	const pid_t opener = fork();

	ck_assert_int_ge(opener, 0);
	if (opener == 0) {
		struct wv__mapping *mapping;

		factors_build(&f);
		mapping = map_volume(image, &f, false, true);
		if (wv__ext4_make(ctx, wv__mapping_device(mapping), NULL, f.uuid) < 0 ||
		    wv__ext4_mount(ctx, wv__mapping_device(mapping), dir, false) < 0)
			_exit(1);
		wv__mapping_free(mapping);
		_exit(0);
	}
	ck_assert_int_eq(end_of(opener), 0);
	sleep(5); /* longer than the grace of one that is not persistent */
	ck_assert_int_eq(mapped(image, &f), 1);
	ck_assert_int_eq(sh("seq 100000 >\"$1/numbers\" && sync -f \"$1\"", dir, NULL), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_int_eq(wv__map_wait_gone(ctx, image, f.uuid), 0);
	ck_assert_int_eq(mapped(image, &f), 0);
}
END_TEST

START_TEST(find_survives_every_failure)
{
	struct wv__mapping *mapping = map_volume(image, &f, false, false);
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		struct wv__mapped found = { 0 };

		fault_after(n);
		r = wv__map_find(ctx, image, f.uuid, &found);
		if (!fault_fired())
			break;
		ck_assert_int_ne(r, 0); /* "not mapped" would be a lie */
		ck_assert_ptr_null(found.dir);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 1);
	ck_assert_int_ge(n, 4);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mapper");
	TCase *tc = tcase_create("mapper");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_is_written_is_there_after_a_remap);
	tcase_add_test(tc, a_mapping_is_found_with_its_device_and_mount);
	tcase_add_test(tc, a_second_mapping_and_a_copy_with_the_same_uuid_are_refused);
	tcase_add_test(tc, a_container_that_somebody_holds_is_refused);
	tcase_add_test(tc, a_killed_owner_leaves_nothing_after_five_seconds);
	tcase_add_test(tc, a_persistent_mapping_lives_until_it_is_unmounted);
	tcase_add_test(tc, find_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
