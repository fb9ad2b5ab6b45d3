/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_leaving.c - the names of the files that are left, and whether they can
 * be written
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "../../lib/flow/station/leaving.h"

static void named(const char *file, const char *serial, const char *want)
{
	char *name = NULL;

	ck_assert_int_eq(wv__leaving_name(ctx, file, serial, &name), 0);
	ck_assert_str_eq(name, want);
	free(name);
}

START_TEST(the_serial_goes_before_the_suffix)
{
	named("map.svg", NULL, "map.svg");
	named("map.svg", "4C53-7", "map-4C53-7.svg");
	named("a.b/map", "X", "a.b/map-X");
	named("/a/b.tar.gz", "X", "/a/b.tar-X.gz");
	named("a/.hidden", "X", "a/.hidden-X");
}
END_TEST

START_TEST(a_serial_leads_into_no_other_directory)
{
	named("map.svg", "../../etc/x", "map-.._.._etc_x.svg");
	named("map.svg", "a b\n\x1b\xff", "map-a_b___.svg");
}
END_TEST

START_TEST(only_what_can_be_put_in_place_is_fine)
{
	char *there = make_file("there", "kept"), *dir = test_path("dir"), *link = test_path("link");
	char *none = test_path("none/x"), *fresh = test_path("fresh");
	char text[8] = "";
	FILE *file;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(symlink("there", link), 0);
	ck_assert_int_eq(wv__leaving_check(ctx, fresh), 0);
	ck_assert_int_eq(access(fresh, F_OK), -1);
	ck_assert_int_eq(wv__leaving_check(ctx, there), 0);
	file = fopen(there, "r");
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	fclose(file);
	ck_assert_str_eq(text, "kept");
	ck_assert_int_eq(wv__leaving_check(ctx, dir), -EISDIR);
	ck_assert_int_eq(wv__leaving_check(ctx, link), -EINVAL);
	ck_error_has("no regular file");
	ck_assert_int_eq(wv__leaving_check(ctx, none), -ENOENT);
	ck_error_has("cannot write");
	free(fresh);
	free(none);
	free(link);
	free(dir);
	free(there);
}
END_TEST

static Suite *leaving_suite(void)
{
	Suite *suite = suite_create("leaving");
	TCase *tc = tcase_create("leaving");

	tcase_add_test(tc, the_serial_goes_before_the_suffix);
	tcase_add_test(tc, a_serial_leads_into_no_other_directory);
	tcase_add_test(tc, only_what_can_be_put_in_place_is_fine);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(leaving_suite());
}
