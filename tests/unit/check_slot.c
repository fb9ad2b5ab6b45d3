/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_slot.c - a take-out's directory on the server
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "support.h"
#include "sync/slot.h"

#define ID "0a1b2c3d-0000-4000-8000-00000000000a"

static char *root;

static void setup(void)
{
	root = test_path("root");
	ck_assert_int_eq(mkdir(root, 0700), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, root), 0);
	free(root);
}

static bool there(const char *name)
{
	char path[600];
	struct stat st;

	snprintf(path, sizeof(path), "%s/" ID "/%s", root, name);
	return lstat(path, &st) == 0;
}

START_TEST(only_a_lower_case_uuid_is_a_take_out)
{
	static const char *const bad[] = {
		"", ".", "..", "0a1b2c3d", "0A1B2C3D-0000-4000-8000-00000000000A",
		"0a1b2c3d-0000-4000-8000-00000000000a/", "0a1b2c3d-0000-4000-8000-00000000000",
		"0a1b2c3d/0000-4000-8000-00000000000a", "----0000-0000-4000-8000-000000000000a",
		"................................/../", "0a1b2c3d-0000-4000-8000-00000000000g",
	};

	ck_assert(wv__is_takeout(ID));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!wv__is_takeout(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(nothing_sent_is_no_directory)
{
	struct wv__slot slot = WV_SLOT_INIT;

	ck_assert_int_eq(wv__slot_open(ctx, root, ID, false, &slot), -ENOENT);
	ck_error_has("nothing was ever sent");
	ck_assert_int_eq(slot.dir, -1);
}
END_TEST

START_TEST(a_second_user_is_turned_away)
{
	cleanup_slot struct wv__slot first = WV_SLOT_INIT, second = WV_SLOT_INIT;

	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &first), 0);
	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &second), -EBUSY);
	ck_error_has("somebody else writes");
	wv__slot_close(&first);
	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &second), 0);
}
END_TEST

START_TEST(sending_goes_on_in_what_was_not_signed_for)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;

	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &slot), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(wv__slot_begin_write(ctx, &slot), 0);
	ck_assert(there("data") && !there("sealed-1"));
	ck_assert_str_eq(slot.sealed, "");
}
END_TEST

START_TEST(what_was_signed_for_is_moved_aside_and_kept)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	bool was;

	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &slot), 0);
	ck_assert_int_eq(wv__slot_begin_write(ctx, &slot), 0);
	ck_assert_int_eq(mkdirat(slot.dir, "data/first", 0700), 0);
	ck_assert_int_eq(wv__slot_seal(ctx, &slot, &was), 0);
	ck_assert(!was && there("closed"));
	ck_assert_int_eq(wv__slot_seal(ctx, &slot, &was), 0);
	ck_assert(was);
	ck_assert_int_eq(wv__slot_begin_write(ctx, &slot), 0);
	ck_assert_str_eq(slot.sealed, "sealed-1");
	ck_assert(there("sealed-1/first") && there("data") && !there("data/first") && !there("closed"));
	ck_assert_int_eq(wv__slot_seal(ctx, &slot, &was), 0);
	ck_assert_int_eq(wv__slot_begin_write(ctx, &slot), 0);
	ck_assert_str_eq(slot.sealed, "sealed-2");
	wv__slot_close(&slot);
	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &slot), 0);
	ck_assert_str_eq(slot.sealed, "sealed-2");
}
END_TEST

START_TEST(a_kill_between_the_two_steps_is_made_good)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	bool was;

	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &slot), 0);
	ck_assert_int_eq(mkdirat(slot.dir, "sealed-1", 0700), 0); /* moved aside */
	ck_assert_int_eq(wv__slot_seal(ctx, &slot, &was), 0);      /* and still marked */
	ck_assert_int_eq(wv__slot_begin_write(ctx, &slot), 0);
	ck_assert(there("data") && !there("closed") && !there("sealed-2"));
}
END_TEST

/* Everything that may be asked of it, in turn. */
static int use(void)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	bool was;
	int r;

	r = wv__slot_open(ctx, root, ID, true, &slot);
	if (r == 0)
		r = wv__slot_begin_write(ctx, &slot);
	if (r == 0)
		r = wv__slot_seal(ctx, &slot, &was);
	return r;
}

START_TEST(using_it_survives_every_failure)
{
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, root), 0);
		ck_assert_int_eq(mkdir(root, 0700), 0);
		fault_after(n);
		r = use();
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 6);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("slot");
	TCase *tc = tcase_create("slot");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, only_a_lower_case_uuid_is_a_take_out);
	tcase_add_test(tc, nothing_sent_is_no_directory);
	tcase_add_test(tc, a_second_user_is_turned_away);
	tcase_add_test(tc, sending_goes_on_in_what_was_not_signed_for);
	tcase_add_test(tc, what_was_signed_for_is_moved_aside_and_kept);
	tcase_add_test(tc, a_kill_between_the_two_steps_is_made_good);
	tcase_add_test(tc, using_it_survives_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
