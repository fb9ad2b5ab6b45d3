/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mapper_kernel.c - the mapping by dm-crypt: used where the machine has
 * it, refused in one sentence where it has not
 */
#include "../../lib/volume/mapper_impl.h"
#include "mapping.h"

static struct factors f;
static char *image;

static void setup(void)
{
	f = factors_new();
	image = make_image("volume.img", 32 * MiB);
	format_volume(image, &f);
}

START_TEST(without_dm_crypt_it_is_refused_and_auto_takes_fuse)
{
	const struct wv__map_opts kernel = { .kind = WV__MAPPER_KERNEL };
	const struct wv__map_opts any = { .kind = WV__MAPPER_AUTO };
	cleanup_mapped struct wv__mapped found = { 0 };
	struct wv__mapping *mapping = NULL;

	if (wv__mapper_available(WV__MAPPER_KERNEL))
		return;
	ck_assert_int_eq(map_with(image, &f, &kernel, &mapping), -EOPNOTSUPP);
	ck_error_has("dm-crypt");
	ck_assert_ptr_null(mapping);
	ck_assert(wv__mapper_available(WV__MAPPER_AUTO));
	ck_assert_int_eq(map_with(image, &f, &any, &mapping), 0);
	ck_assert_int_eq(wv__map_find(ctx, image, f.uuid, &found), 1);
	ck_assert_int_eq(found.kind, WV__MAPPER_FUSE);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(with_dm_crypt_both_mappers_serve_the_same_bytes)
{
	const struct wv__map_opts kernel = { .kind = WV__MAPPER_KERNEL };
	cleanup_mapped struct wv__mapped found = { 0 };
	struct wv__mapping *mapping = NULL;
	cleanup_free char *first = NULL, *second = NULL;

	if (!wv__mapper_available(WV__MAPPER_KERNEL))
		return;
	ck_assert_msg(map_with(image, &f, &kernel, &mapping) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(sh("mkfs.ext4 -q -F \"$1\" && sync", wv__mapping_device(mapping), NULL), 0);
	first = sh_output("sha256sum <\"$1\"", wv__mapping_device(mapping));
	ck_assert_int_eq(wv__map_find(ctx, image, f.uuid, &found), 1);
	ck_assert_int_eq(found.kind, WV__MAPPER_KERNEL);
	ck_assert_msg(wv__unmap(ctx, mapping) == 0, "%s", wv_ctx_error(ctx));
	mapping = map_volume(image, &f, false, false);
	second = sh_output("sha256sum <\"$1\"", wv__mapping_device(mapping));
	ck_assert_str_eq(first, second);
	ck_assert_int_eq(wv__unmap(ctx, mapping), 0);
}
END_TEST

START_TEST(what_is_no_dm_device_is_not_ours)
{
	ck_assert_int_eq(wv__mapper_kernel_is("loop0", "workvol-" TEST_UUID), 0);
	ck_assert_int_eq(wv__mapper_kernel_is("dm-999", "workvol-" TEST_UUID), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mapper_kernel");
	TCase *tc = tcase_create("mapper_kernel");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, without_dm_crypt_it_is_refused_and_auto_takes_fuse);
	tcase_add_test(tc, with_dm_crypt_both_mappers_serve_the_same_bytes);
	tcase_add_test(tc, what_is_no_dm_device_is_not_ours);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
