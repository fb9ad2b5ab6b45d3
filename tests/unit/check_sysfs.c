/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sysfs.c - what /sys says is read, and "none" is not "unreadable"
 */
#include <errno.h>
#include <string.h>
#include <stdint.h>
#include <sys/stat.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/sysfs.h"

START_TEST(attributes_are_trimmed_and_a_missing_or_empty_one_is_none)
{
	char *attr = make_file("attr", "  a b \n\n"), *empty = make_file("empty", " \n");
	char text[32] = "kept";
	uint64_t n = 7;

	ck_assert_int_eq(wv__sysfs_attr(test_dir(), "attr", text, sizeof(text)), 1);
	ck_assert_str_eq(text, "a b");
	ck_assert_int_eq(wv__sysfs_attr(test_dir(), "empty", text, sizeof(text)), 0);
	ck_assert_int_eq(wv__sysfs_attr(test_dir(), "missing", text, sizeof(text)), 0);
	ck_assert_int_eq(wv__sysfs_u64(test_dir(), "missing", &n), 0);
	ck_assert_uint_eq(n, 7);
	fault_after(1); /* the open, after the path */
	ck_assert_int_lt(wv__sysfs_attr(test_dir(), "attr", text, sizeof(text)), 0);
	ck_assert(fault_fired());
	free(attr);
	free(empty);
}
END_TEST

static int count(void *data, const char *dir)
{
	dev_t dev;

	ck_assert_int_eq(wv__sysfs_dev(dir, &dev), 1);
	++*(int *)data;
	return 0;
}

static int stop(void *data, const char *dir)
{
	(void)data;
	(void)dir;
	return 42;
}

START_TEST(a_loop_has_its_partitions_and_nothing_above_or_below)
{
	char *image = make_image("image", 8 << 20), *loop = loop_attach(image, 0, false);
	char *part = add_partition(loop, 1, 1 << 20, 1 << 20), *dir = NULL;
	struct stat st;
	dev_t dev;
	int n = 0;

	ck_assert_int_eq(stat(loop, &st), 0);
	ck_assert_int_eq(wv__sysfs_dir(st.st_rdev, &dir), 1);
	ck_assert_str_eq(wv__sysfs_name(dir), strrchr(loop, '/') + 1);
	ck_assert_int_eq(wv__sysfs_dev(dir, &dev), 1);
	ck_assert(dev == st.st_rdev);
	ck_assert_int_eq(wv__sysfs_partitions(dir, count, &n), 0);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(wv__sysfs_partitions(dir, stop, NULL), 42);
	ck_assert_int_eq(wv__sysfs_stack(dir, "holders", count, &n), 0);
	ck_assert_int_eq(wv__sysfs_stack(dir, "slaves", count, &n), 0);
	ck_assert_int_eq(n, 1);
	free(dir);
	free(part);
	loop_detach(loop);
	free(loop);
	free(image);
}
END_TEST

/* Interfaces have an authorization, hubs a vendor: neither is the device that a disk is behind. */
START_TEST(the_usb_device_of_a_disk_is_the_nearest)
{
	char *hub = test_path("usb1/1-1"), *usb = test_path("usb1/1-1/1-1.2"), *found = NULL;
	char *disk = test_path("usb1/1-1/1-1.2/1-1.2:1.0/host0/block/sdz");
	int n, r;

	run("mkdir -p '%s' && echo 1d6b >'%s/idVendor' && echo 0781 >'%s/idVendor'", disk, hub, usb);
	for (n = 0;; n++) {
		found = NULL;
		fault_after(n);
		r = wv__sysfs_usb(disk, &found);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(found);
	}
	ck_assert_int_eq(r, 1);
	ck_assert_str_eq(found, usb);
	free(found);
	found = NULL;
	ck_assert_int_eq(wv__sysfs_usb(test_dir(), &found), 0);
	ck_assert_ptr_null(found);
	free(hub);
	free(usb);
	free(disk);
}
END_TEST

static Suite *sysfs_suite(void)
{
	Suite *suite = suite_create("sysfs");
	TCase *tc = tcase_create("sysfs");

	tcase_add_test(tc, attributes_are_trimmed_and_a_missing_or_empty_one_is_none);
	tcase_add_test(tc, a_loop_has_its_partitions_and_nothing_above_or_below);
	tcase_add_test(tc, the_usb_device_of_a_disk_is_the_nearest);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(sysfs_suite());
}
