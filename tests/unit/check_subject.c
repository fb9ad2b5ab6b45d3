/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_subject.c - which media count as the one that was recorded
 */
#include <errno.h>

#include "support.h"
#include "../../lib/flow/medium/subject.h"

static struct wv_device stick = {
	.path = (char[]){ "/dev/sdx" }, .real_path = (char[]){ "/dev/sdx" },
	.kind = WV__DISK, .size = 1000,
	.serial = (char[]){ "A1" }, .serial_origin = "device",
};

static int compare(const struct wv_device *recorded, const struct wv_device *found)
{
	cleanup_doc struct wv_doc *identity = NULL;

	ck_assert_int_eq(wv__identity(ctx, recorded, &identity), 0);
	return wv__identity_same(ctx, identity, found);
}

START_TEST(a_serial_of_its_own_must_be_the_same)
{
	struct wv_device other = stick;

	ck_assert_int_eq(compare(&stick, &other), 0);
	other.serial = (char[]){ "B2" };
	ck_assert_int_eq(compare(&stick, &other), -EPERM);
	ck_error_has("B2");
	other = stick;
	other.size = 999;
	ck_assert_int_eq(compare(&stick, &other), -EPERM);
}
END_TEST

START_TEST(a_copy_on_a_loop_is_not_the_stick_that_had_a_serial)
{
	struct wv_device copy = stick;

	copy.kind = WV__LOOP;
	copy.serial = (char[]){ "loop3" };
	copy.serial_origin = "kernel";
	ck_assert_int_eq(compare(&stick, &copy), -EPERM);
	ck_error_has("loop3");
	ck_assert_int_eq(compare(&copy, &stick), -EPERM);
	ck_assert_int_eq(compare(&copy, &copy), 0);
}
END_TEST

START_TEST(loops_are_told_by_their_size_only)
{
	struct wv_device one = stick, other;

	one.kind = WV__LOOP;
	one.serial = (char[]){ "loop3" };
	one.serial_origin = "kernel";
	other = one;
	other.serial = (char[]){ "loop4" };
	ck_assert_int_eq(compare(&one, &other), 0);
	other.kind = WV__FILE;
	ck_assert_int_eq(compare(&one, &other), -EPERM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("subject");
	TCase *tc = tcase_create("identity");

	tcase_add_test(tc, a_serial_of_its_own_must_be_the_same);
	tcase_add_test(tc, a_copy_on_a_loop_is_not_the_stick_that_had_a_serial);
	tcase_add_test(tc, loops_are_told_by_their_size_only);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
