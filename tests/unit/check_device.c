/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_device.c - devices are opened, held and recognised
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/device.h"

static char *image, *loop;

static void setup(void)
{
	image = make_image("image", 16 << 20);
	loop = loop_attach(image, 4096, false);
}

static void teardown(void)
{
	loop_detach(loop);
	free(loop);
	free(image);
}

START_TEST(a_loop_has_its_kernel_name_as_serial)
{
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_RDONLY, &dev), 0);
	ck_assert_int_eq(dev->kind, WV__LOOP);
	ck_assert_str_eq(dev->serial, strrchr(loop, '/') + 1);
	ck_assert_str_eq(dev->serial_origin, "kernel");
	ck_assert_str_eq(dev->media, "file");
	ck_assert_ptr_null(dev->model);
	ck_assert_uint_eq(dev->size, 16 << 20);
	ck_assert_uint_eq(dev->logical_block, 4096);
	ck_assert(!dev->read_only);
	wv__device_free(dev);
}
END_TEST

START_TEST(a_file_has_its_base_name_as_serial)
{
	char *file = make_image("container.wv", 8192);
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, file, 0, &dev), 0);
	ck_assert_int_eq(dev->kind, WV__FILE);
	ck_assert_str_eq(dev->serial, "container.wv");
	ck_assert_str_eq(dev->serial_origin, "file");
	ck_assert_uint_eq(dev->size, 8192);
	wv__device_free(dev);
	free(file);
}
END_TEST

START_TEST(a_partition_has_its_disks_serial_and_its_own_size)
{
	char *part = add_partition(loop, 1, 1 << 20, 2 << 20);
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, part, 0, &dev), 0);
	ck_assert_int_eq(dev->kind, WV__PARTITION);
	ck_assert_str_eq(dev->serial, strrchr(loop, '/') + 1);
	ck_assert_str_eq(dev->disk, strrchr(loop, '/') + 1);
	ck_assert_str_eq(dev->kname, strrchr(part, '/') + 1);
	ck_assert_uint_eq(dev->size, 2 << 20);
	wv__device_free(dev);
	free(part);
}
END_TEST

START_TEST(nothing_else_is_opened_and_nothing_is_created)
{
	char *fifo = test_path("fifo"), *none = test_path("none");
	struct wv_device *dev = NULL;

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(wv__device_open(ctx, fifo, 0, &dev), -ENOTBLK);
	ck_assert_int_eq(wv__device_open(ctx, "/dev/null", 0, &dev), -ENOTBLK);
	ck_assert_int_eq(wv__device_open(ctx, test_dir(), 0, &dev), -ENOTBLK);
	ck_assert_int_eq(wv__device_open(ctx, none, 0, &dev), -ENOENT);
	ck_assert_ptr_null(dev);
	ck_assert_int_ne(access(none, F_OK), 0);
	free(fifo);
	free(none);
}
END_TEST

START_TEST(what_is_held_cannot_be_held_again_until_it_is_given_back)
{
	struct wv_device *dev, *second = NULL;

	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_EXCL, &dev), 0);
	ck_assert_int_eq(wv__device_hold(ctx, dev), 0);
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_EXCL, &second), -EBUSY);
	ck_error_has("held by another program");
	ck_assert_ptr_null(second);
	wv__device_unhold(dev);
	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_EXCL, &second), 0);
	ck_assert_int_eq(wv__device_hold(ctx, dev), -EBUSY);
	wv__device_free(second);
	ck_assert_int_eq(wv__device_hold(ctx, dev), 0);
	wv__device_free(dev);
}
END_TEST

START_TEST(a_loop_attached_anew_or_of_another_size_is_not_the_same)
{
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, loop, WV__DEV_DIRECT, &dev), 0);
	ck_assert_int_eq(wv__device_recheck(ctx, dev), 0);
	ck_assert_int_eq(truncate(image, 8 << 20), 0);
	run("losetup -c %s", loop);
	ck_assert_int_eq(wv__device_recheck(ctx, dev), -EBUSY);
	ck_error_has("was replaced");
	wv__device_free(dev);
}
END_TEST

START_TEST(a_file_whose_name_leads_elsewhere_is_not_the_same)
{
	char *file = make_image("a", 4096), *other = make_image("b", 4096);
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, file, WV__DEV_EXCL, &dev), 0);
	ck_assert_int_eq(wv__device_recheck(ctx, dev), 0);
	ck_assert_int_eq(rename(other, file), 0);
	ck_assert_int_eq(wv__device_recheck(ctx, dev), -EBUSY);
	ck_error_has("was replaced");
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(wv__device_recheck(ctx, dev), -EBUSY);
	ck_error_has("removed");
	wv__device_free(dev);
	free(file);
	free(other);
}
END_TEST

START_TEST(opening_survives_every_failure)
{
	const int fds = open_fds();
	struct wv_device *dev = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__device_open(ctx, loop, WV__DEV_EXCL, &dev);
		if (!fault_fired())
			break;
		ck_assert_msg(r < 0, "at call %d", n);
		ck_assert_ptr_null(dev);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__device_recheck(ctx, dev);
		if (r == 0)
			r = wv__device_flush(ctx, dev);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_eq(r, 0);
	wv__device_free(dev);
	ck_assert_int_eq(open_fds(), fds);
}
END_TEST

static Suite *device_suite(void)
{
	Suite *suite = suite_create("device");
	TCase *tc = tcase_create("device");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_loop_has_its_kernel_name_as_serial);
	tcase_add_test(tc, a_file_has_its_base_name_as_serial);
	tcase_add_test(tc, a_partition_has_its_disks_serial_and_its_own_size);
	tcase_add_test(tc, nothing_else_is_opened_and_nothing_is_created);
	tcase_add_test(tc, what_is_held_cannot_be_held_again_until_it_is_given_back);
	tcase_add_test(tc, a_loop_attached_anew_or_of_another_size_is_not_the_same);
	tcase_add_test(tc, a_file_whose_name_leads_elsewhere_is_not_the_same);
	tcase_add_test(tc, opening_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(device_suite());
}
