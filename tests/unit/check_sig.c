/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sig.c - the binary header of a work volume, read raw
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"
#include "../../lib/media/sig.h"

START_TEST(a_header_gives_uuid_label_and_subsystem)
{
	struct wv__volume_sig sig;
	unsigned char h[512];

	fill_header(h, 0, "workvol");
	ck_assert(wv__volume_sig_parse(h, sizeof(h), 0, &sig));
	ck_assert_str_eq(sig.uuid, TEST_UUID);
	ck_assert_str_eq(sig.label, "label");
	ck_assert(wv__volume_sig_is_work(&sig));
	fill_header(h, 0, "workvolx");
	ck_assert(wv__volume_sig_parse(h, sizeof(h), 0, &sig));
	ck_assert(!wv__volume_sig_is_work(&sig));
}
END_TEST

START_TEST(what_is_no_header_is_none)
{
	struct wv__volume_sig sig;
	unsigned char h[512];

	fill_header(h, 0, "workvol");
	ck_assert(!wv__volume_sig_parse(h, 511, 0, &sig));
	ck_assert(!wv__volume_sig_parse(h, sizeof(h), 0x4000, &sig)); /* the first's magic elsewhere */
	h[7] = 1;						       /* LUKS1 */
	ck_assert(!wv__volume_sig_parse(h, sizeof(h), 0, &sig));
	fill_header(h, 0x4000, "workvol");
	ck_assert(!wv__volume_sig_parse(h, sizeof(h), 0x8000, &sig)); /* it says it lies elsewhere */
}
END_TEST

START_TEST(fields_without_an_end_and_bytes_that_do_not_print_are_kept_harmless)
{
	struct wv__volume_sig sig;
	unsigned char h[512];

	fill_header(h, 0, "workvol");
	memset(h + 24, 0x1b, 48);
	memset(h + 168, 'z', 40);
	ck_assert(wv__volume_sig_parse(h, sizeof(h), 0, &sig));
	ck_assert_uint_eq(strlen(sig.label), 48);
	ck_assert_ptr_null(strchr(sig.label, 0x1b));
	ck_assert_str_eq(sig.uuid, "unknown");
	memcpy(h + 168, TEST_UUID "0", 37); /* longer than a UUID */
	ck_assert(wv__volume_sig_parse(h, sizeof(h), 0, &sig));
	ck_assert_str_eq(sig.uuid, "unknown");
}
END_TEST

START_TEST(the_second_header_is_found_at_each_of_its_places)
{
	uint64_t place;

	for (place = 0x4000; place <= 0x400000; place *= 2) {
		char *image = make_image("image", 8 << 20);
		struct wv__volume_sig sig;
		int fd;

		put_header(image, 4096, place, "workvol");
		fd = open(image, O_RDONLY | O_CLOEXEC);
		ck_assert_int_eq(wv__volume_sig_read(fd, 4096, (8 << 20) - 4096, &sig), 1);
		ck_assert_uint_eq(sig.offset, place);
		ck_assert_int_eq(wv__volume_sig_read(fd, 4096, place + 511, &sig), 0);
		close(fd);
		free(image);
	}
}
END_TEST

/* The subsystem is not what makes a work volume: anybody can change it. */
START_TEST(the_token_of_two_factors_tells_it_in_either_header)
{
	for (uint64_t place = 0; place <= 0x4000; place += 0x4000) {
		char *image = make_image("image", 1 << 20);
		const int fd = open(image, O_RDONLY | O_CLOEXEC);
		struct wv__volume_sig sig;

		put_header(image, 4096, 0, "");
		put_header(image, 4096, 0x4000, "other");
		put_json(image, 4096, place, 0, "{\"tokens\":{\"0\":{\"type\":\"workvol-2fx\"}}}");
		put_json(image, 4096, place, 16384 - 4096 - 5, "\"workvol-2f\""); /* over the area's end */
		ck_assert_int_eq(wv__volume_sig_read(fd, 4096, (1 << 20) - 4096, &sig), 1);
		ck_assert(!wv__volume_sig_is_work(&sig));
		ck_assert_uint_eq(sig.offset, 0);
		put_json(image, 4096, place, 9000, "\"type\":\"workvol-2f\"");
		ck_assert_int_eq(wv__volume_sig_read(fd, 4096, (1 << 20) - 4096, &sig), 1);
		ck_assert(wv__volume_sig_is_work(&sig));
		ck_assert_uint_eq(sig.offset, place);
		close(fd);
		free(image);
	}
}
END_TEST

START_TEST(a_header_that_lies_about_its_size_is_read_as_far_as_the_medium_goes)
{
	static const uint64_t sizes[] = { 0, 4096, 4097, UINT64_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *image = make_image("image", 1 << 20);
		const uint64_t size = htobe64(sizes[i]);
		const int fd = open(image, O_RDWR | O_CLOEXEC);
		struct wv__volume_sig sig;

		put_header(image, 0, 0, "");
		ck_assert_int_eq(pwrite(fd, &size, 8, 8), 8);
		put_json(image, 0, 0, (1 << 20) - 4096 - 12, "\"workvol-2f\"");
		ck_assert_int_eq(wv__volume_sig_read(fd, 0, 1 << 20, &sig), 1);
		ck_assert_int_eq(wv__volume_sig_is_work(&sig), sizes[i] == UINT64_MAX);
		close(fd);
		free(image);
	}
}
END_TEST

START_TEST(find_volume_says_when_there_is_none)
{
	char *image = make_image("image", 1 << 20);
	struct wv__volume_sig sig = { .uuid = "untouched" };
	struct wv_device *dev;

	ck_assert_int_eq(wv__device_open(ctx, image, 0, &dev), 0);
	ck_assert_int_eq(wv__media_find_volume(ctx, dev, &sig), -ENOENT);
	ck_error_has("there is no work volume on");
	put_header(image, 0, 0, "other");
	ck_assert_int_eq(wv__media_find_volume(ctx, dev, &sig), -ENOENT);
	ck_assert_str_eq(sig.uuid, "untouched");
	put_header(image, 0, 0, "workvol");
	fault_after(0);
	ck_assert_int_lt(wv__media_find_volume(ctx, dev, &sig), 0);
	ck_assert(fault_fired());
	ck_assert_int_eq(wv__media_find_volume(ctx, dev, &sig), 0);
	ck_assert_str_eq(sig.uuid, TEST_UUID);
	wv__device_free(dev);
	free(image);
}
END_TEST

static Suite *sig_suite(void)
{
	Suite *suite = suite_create("sig");
	TCase *tc = tcase_create("header");

	tcase_add_test(tc, a_header_gives_uuid_label_and_subsystem);
	tcase_add_test(tc, what_is_no_header_is_none);
	tcase_add_test(tc, fields_without_an_end_and_bytes_that_do_not_print_are_kept_harmless);
	tcase_add_test(tc, the_second_header_is_found_at_each_of_its_places);
	tcase_add_test(tc, the_token_of_two_factors_tells_it_in_either_header);
	tcase_add_test(tc, a_header_that_lies_about_its_size_is_read_as_far_as_the_medium_goes);
	tcase_add_test(tc, find_volume_says_when_there_is_none);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(sig_suite());
}
