/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_restraint.c - which media are held off, by on-insert and by what they carry
 */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "flow_world.h"
#include "../../lib/flow/insert/restraint.h"
#include "support_media.h"

/* A stick as sysfs shows it: the disk, its interface (which has an authorization too), its USB device, its hub. */
#define HUB "sys/usb1/1-1"
#define USB HUB "/1-1.2"
#define DISK USB "/1-1.2:1.0/host7/block/sdz"

static char *image, *loop, *disk;

static void plug(const char *on_insert)
{
	char *hub = test_path(HUB), *usb = test_path(USB), *interface = test_path(USB "/1-1.2:1.0");

	stage("out");
	disk = test_path(DISK);
	must("rm -rf '%s' && mkdir -p '%s' && for d in '%s' '%s'; do echo 1d6b >$d/idVendor; echo 1 >$d/authorized; done",
	     hub, disk, hub, usb);
	must("echo 09 >'%s'/bDeviceClass && echo 00 >'%s'/bDeviceClass && echo 1 >'%s'/authorized", hub, usb, interface);
	must("echo 'on-insert = %s' >>'%s'", on_insert, w.conf);
	station_open();
	image = make_image("stick", 32 << 20);
	free(hub);
	free(usb);
	free(interface);
}

static void attach(void)
{
	loop = loop_attach(image, 0, false);
}

static void unplug(void)
{
	loop_detach(loop);
}

static int do_restrain(const char *path, const char *dir, struct wv__restraint *ret)
{
	cleanup_subject struct wv__subject s = { 0 };

	ck_done(wv__subject_find(w.st, path, &s));
	return wv__restrain(w.st, &s, dir, ret);
}

/* It is not any more, once asked: the flag would outlive the file of the loop device. */
static bool is_read_only(void)
{
	const int fd = open(loop, O_RDONLY | O_CLOEXEC);
	int flag = -1, off = 0;

	ck_assert_int_eq(ioctl(fd, BLKROGET, &flag), 0);
	ck_assert_int_eq(ioctl(fd, BLKROSET, &off), 0);
	close(fd);
	return flag;
}

/* Of the hub, the USB device and its interface: their authorizations in this order. */
static void ck_authorized(const char *want)
{
	static const char *const dirs[] = { HUB, USB, USB "/1-1.2:1.0" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char *dir = test_path(dirs[i]);

		must("grep -q '^%c' '%s/authorized'", want[i], dir);
		free(dir);
	}
}

START_TEST(a_plain_medium_is_made_read_only)
{
	cleanup_restraint struct wv__restraint held = { 0 };

	plug("read-only");
	attach();
	ck_done(do_restrain(loop, disk, &held));
	ck_assert(is_read_only());
	ck_assert_msg(!held.failed, "%s", held.message);
	ck_assert_str_eq(held.done, "read-only");
	ck_assert_ptr_nonnull(strstr(held.message, "blockdev --setrw /dev/loop"));
	ck_authorized("111");
}
END_TEST

START_TEST(a_plain_medium_is_refused_by_its_usb_device_alone)
{
	cleanup_restraint struct wv__restraint held = { 0 };

	plug("refuse");
	attach();
	ck_done(do_restrain(loop, disk, &held));
	ck_assert_msg(!held.failed, "%s", held.message);
	ck_assert_str_eq(held.done, "refused");
	ck_assert_ptr_nonnull(strstr(held.message, "USB device 1-1.2 "));
	ck_authorized("101");
	ck_assert(!is_read_only());
}
END_TEST

static void ck_left_alone(const char *path, const char *dir)
{
	cleanup_restraint struct wv__restraint held = { 0 };

	ck_done(do_restrain(path, dir, &held));
	ck_assert(!is_read_only());
	ck_assert_msg(!held.done && !held.failed && !held.message, "%s", held.message);
	ck_authorized("111");
}

START_TEST(other_policies_hold_nothing_off)
{
	static const char *const others[] = { "notify", "ignore", "prompt" };

	plug(others[_i]);
	attach();
	ck_left_alone(loop, disk);
}
END_TEST

START_TEST(what_is_behind_no_usb_device_is_left_alone)
{
	char *elsewhere = test_path("sys");

	plug(_i ? "refuse" : "read-only");
	attach();
	ck_left_alone(loop, elsewhere);
	ck_left_alone(loop, NULL);
	free(elsewhere);
}
END_TEST

START_TEST(a_volume_of_this_station_is_left_alone)
{
	plug(_i ? "refuse" : "read-only");
	must("dd if='%s' of='%s' bs=1M conv=notrunc status=none", w.volume, image);
	attach();
	ck_left_alone(loop, disk);
}
END_TEST

START_TEST(so_is_the_disk_that_has_one_in_a_partition)
{
	char *part;

	plug(_i ? "refuse" : "read-only");
	must("dd if='%s' of='%s' bs=1M seek=1 conv=notrunc status=none", w.volume, image);
	write_mbr(image, 2048, 24 * 2048);
	attach();
	part = add_partition(loop, 1, 1 << 20, 24 << 20);
	must("mkdir '%s/%s' && echo 1 >'%s/%s/partition'", disk, strrchr(part, '/') + 1, disk, strrchr(part, '/') + 1);
	ck_left_alone(loop, disk);
	ck_left_alone(part, disk); /* its disk is asked about, not the partition */
	free(part);
}
END_TEST

START_TEST(a_foreign_volume_is_held_off)
{
	cleanup_restraint struct wv__restraint held = { 0 };

	plug("read-only");
	put_header(image, 0, 0, "workvol");
	attach();
	ck_done(do_restrain(loop, disk, &held));
	ck_assert(is_read_only());
	ck_assert_str_eq(held.done, "read-only");
}
END_TEST

START_TEST(one_in_use_is_left_alone_and_that_is_said)
{
	cleanup_restraint struct wv__restraint held = { 0 };

	plug(_i ? "refuse" : "read-only");
	must("mkfs.ext4 -q -F '%s'", image);
	attach();
	must("mount -o ro '%s' '%s'", loop, w.mnt);
	ck_done(do_restrain(loop, disk, &held));
	must("umount '%s'", w.mnt);
	ck_assert(!is_read_only());
	ck_assert(held.failed && !held.done);
	ck_assert_ptr_nonnull(strstr(held.message, _i ? "was not refused" : "was not made read-only"));
	ck_assert_ptr_nonnull(strstr(held.message, w.mnt));
	ck_authorized("111");
}
END_TEST

START_TEST(one_that_is_held_is_left_alone_and_that_is_said)
{
	cleanup_restraint struct wv__restraint held = { 0 };
	int fd;

	plug(_i ? "refuse" : "read-only");
	attach();
	fd = open(loop, O_RDWR | O_EXCL | O_CLOEXEC); /* as a wipe does */
	ck_assert_int_ge(fd, 0);
	ck_done(do_restrain(loop, disk, &held));
	close(fd);
	ck_assert(!is_read_only());
	ck_assert(held.failed && !held.done);
	ck_assert_ptr_nonnull(strstr(held.message, _i ? "was not refused" : "was not made read-only"));
	ck_assert_ptr_nonnull(strstr(held.message, "held by another program"));
	ck_authorized("111");
}
END_TEST

static int refuse_again(struct wv_doc **ret)
{
	cleanup_restraint struct wv__restraint held = { 0 };
	cleanup_subject struct wv__subject s = { 0 };
	int r = wv__subject_find(w.st, loop, &s);

	(void)ret;
	if (r == 0)
		r = wv__restrain(w.st, &s, disk, &held);
	ck_assert(r < 0 || held.message);
	ck_assert(r < 0 || held.failed != (held.done != NULL));
	return r;
}

START_TEST(refusing_survives_every_failure)
{
	plug("refuse");
	attach();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = refuse_again, .leaves = true, .dense = 60, .grow = 8 }), 50);
	ck_authorized("101");
	is_read_only(); /* what could not be looked at was not cut off, but made read-only */
}
END_TEST

static Suite *restraint_suite(void)
{
	static Suite *suite; /* to be found until the end: only run_suite()'s child frees it */
	TCase *tc = tcase_create("all");

	suite = suite_create("restraint");
	tcase_add_unchecked_fixture(tc, make_out, NULL);
	tcase_add_checked_fixture(tc, NULL, unplug);
	tcase_add_test(tc, a_plain_medium_is_made_read_only);
	tcase_add_test(tc, a_plain_medium_is_refused_by_its_usb_device_alone);
	tcase_add_loop_test(tc, other_policies_hold_nothing_off, 0, 3);
	tcase_add_loop_test(tc, what_is_behind_no_usb_device_is_left_alone, 0, 2);
	tcase_add_loop_test(tc, a_volume_of_this_station_is_left_alone, 0, 2);
	tcase_add_loop_test(tc, so_is_the_disk_that_has_one_in_a_partition, 0, 2);
	tcase_add_test(tc, a_foreign_volume_is_held_off);
	tcase_add_loop_test(tc, one_in_use_is_left_alone_and_that_is_said, 0, 2);
	tcase_add_loop_test(tc, one_that_is_held_is_left_alone_and_that_is_said, 0, 2);
	tcase_add_test(tc, refusing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(restraint_suite());
}
