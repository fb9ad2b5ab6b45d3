/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_probe.c - what lies on a medium, by its bytes alone
 */
#include <errno.h>
#include <string.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/probe.h"

static struct wv__region *probe(const char *path, size_t *count)
{
	struct wv__region *regions = NULL;
	struct wv_device *dev;
	int r;

	ck_assert_int_eq(wv__device_open(ctx, path, WV__DEV_RDONLY, &dev), 0);
	r = wv__probe(ctx, dev, &regions, count);
	wv__device_free(dev);
	ck_assert_msg(r == 0, "%s", wv_ctx_error(ctx));
	return regions;
}

START_TEST(zeros_and_an_empty_file_are_one_region_of_nothing)
{
	static const uint64_t sizes[] = { 0, 1, 512, 8 << 20 };
	size_t i, count;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *image = make_image("zeros", sizes[i]);
		struct wv__region *regions = probe(image, &count);

		ck_assert_uint_eq(count, 1);
		ck_assert_str_eq(regions[0].type, "");
		ck_assert_uint_eq(regions[0].size, sizes[i]);
		free(regions);
		free(image);
	}
}
END_TEST

START_TEST(a_file_system_gives_type_label_and_uuid)
{
	char *image = make_image("fs", 16 << 20);
	struct wv__region *regions;
	size_t count;

	run("mkfs.ext4 -q -F -L name -U " TEST_UUID " %s", image);
	regions = probe(image, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(regions[0].type, "ext4");
	ck_assert_str_eq(regions[0].label, "name");
	ck_assert_str_eq(regions[0].uuid, TEST_UUID);
	free(regions);
	free(image);
}
END_TEST

START_TEST(a_partition_is_looked_into_without_the_kernels_help)
{
	char *image = make_image("parts", 16 << 20);
	struct wv__region *regions;
	size_t count;

	write_mbr(image, 2048, 8192);
	run("mkfs.ext4 -q -F -E offset=1048576 %s 4M", image);
	regions = probe(image, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(regions[0].type, "dos");
	ck_assert_uint_eq(regions[1].number, 1);
	ck_assert_uint_eq(regions[1].offset, 1 << 20);
	ck_assert_uint_eq(regions[1].size, 4 << 20);
	ck_assert_str_eq(regions[1].type, "ext4");
	free(regions);
	free(image);
}
END_TEST

START_TEST(a_table_that_points_past_the_end_is_cut_there)
{
	char *image = make_image("past", 2 << 20);
	struct wv__region *regions;
	size_t count, i;

	write_mbr(image, 2048, 0xfffffff0);
	regions = probe(image, &count);
	for (i = 0; i < count; i++)
		ck_assert_uint_le(regions[i].offset + regions[i].size, 2 << 20);
	free(regions);
	free(image);
}
END_TEST

START_TEST(probing_survives_every_failure)
{
	char *image = make_image("fault", 16 << 20);
	struct wv__region *regions = NULL;
	struct wv_device *dev;
	size_t count;
	int n, r, fds;

	ck_assert_int_eq(wv__device_open(ctx, image, WV__DEV_RDONLY, &dev), 0);
	fds = open_fds();
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__probe(ctx, dev, &regions, &count);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(regions);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 2);
	free(regions);
	wv__device_free(dev);
	free(image);
}
END_TEST

static Suite *probe_suite(void)
{
	Suite *suite = suite_create("probe");
	TCase *tc = tcase_create("probe");

	tcase_add_test(tc, zeros_and_an_empty_file_are_one_region_of_nothing);
	tcase_add_test(tc, a_file_system_gives_type_label_and_uuid);
	tcase_add_test(tc, a_partition_is_looked_into_without_the_kernels_help);
	tcase_add_test(tc, a_table_that_points_past_the_end_is_cut_there);
	tcase_add_test(tc, probing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(probe_suite());
}
