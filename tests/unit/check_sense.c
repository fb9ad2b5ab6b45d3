/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sense.c - sense data of both formats, whole, cut short, and garbage
 */
#include "../../lib/sanitize/sense.h"
#include "support.h"

/* SANITIZE IN PROGRESS, half done, as a fixed and as a descriptor format. */
static const uint8_t fixed[18] = { 0x70, 0, 0x02, 0,	0,    0, 0,    10,   0,
				   0,	 0, 0,	  0x04, 0x1b, 0, 0x80, 0x80, 0x00 };
static const uint8_t described[16] = { 0x72, 0x02, 0x04, 0x1b, 0,    0,	   0,	 8,
				       0x02, 0x06, 0,	 0,    0x80, 0x80, 0x00, 0 };

START_TEST(progress_is_read_from_both_formats)
{
	struct wv__sense s;

	ck_assert(wv__sense_parse(fixed, sizeof(fixed), &s));
	ck_assert_uint_eq(s.key, WV__SENSE_NOT_READY);
	ck_assert(s.has_progress);
	ck_assert_uint_eq(s.progress, 0x8000);
	ck_assert(wv__sense_parse(described, sizeof(described), &s));
	ck_assert_uint_eq(s.asc, 0x04);
	ck_assert_uint_eq(s.ascq, 0x1b);
	ck_assert(s.has_progress);
	ck_assert_uint_eq(s.progress, 0x8000);
}
END_TEST

START_TEST(registers_of_48_bits_come_whole_from_a_descriptor)
{
	static const uint8_t data[22] = { 0x72, 0x01, 0x00, 0x1d, 0,	0,    0,    14,
					  0x09, 0x0c, 0x01, 0x04, 0x12, 0x34, 0x44, 0x11,
					  0x55, 0x22, 0x66, 0x33, 0x40, 0x51 };
	struct wv__sense s;

	ck_assert(wv__sense_parse(data, sizeof(data), &s));
	ck_assert(s.ata.valid && !s.ata.fixed && !s.ata.cut);
	ck_assert_uint_eq(s.ata.error, 0x04);
	ck_assert_uint_eq(s.ata.status, 0x51);
	ck_assert_uint_eq(s.ata.count, 0x1234);
	ck_assert_uint_eq(s.ata.lba, UINT64_C(0x665544332211));
}
END_TEST

START_TEST(fixed_format_tells_that_it_lost_the_upper_bytes)
{
	uint8_t data[18] = { 0x70, 0,	 0x01, 0x04, 0x50, 0x40, 0x07,
			     10,   0xc0, 0x11, 0x22, 0x33, 0x00, 0x1d };
	struct wv__sense s;

	ck_assert(wv__sense_parse(data, sizeof(data), &s));
	ck_assert(s.ata.valid && s.ata.fixed && s.ata.cut);
	ck_assert_uint_eq(s.ata.status, 0x50);
	ck_assert_uint_eq(s.ata.lba, 0x332211);
	data[8] = 0x80;
	ck_assert(wv__sense_parse(data, sizeof(data), &s));
	ck_assert(!s.ata.cut);
}
END_TEST

START_TEST(every_length_is_taken_without_reading_beyond)
{
	const uint8_t *const samples[] = { fixed, described };
	const size_t sizes[] = { sizeof(fixed), sizeof(described) };

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		for (size_t len = 0; len <= sizes[i]; len++) {
			uint8_t *copy = malloc(len ? len : 1); /* the sanitizer watches its end */
			struct wv__sense s = { 0 };

			ck_assert_ptr_nonnull(copy);
			memcpy(copy, samples[i], len);
			if (!wv__sense_parse(copy, len, &s))
				ck_assert(!s.key && !s.has_progress);
			free(copy);
		}
	}
}
END_TEST

START_TEST(what_is_no_sense_data_is_refused)
{
	uint8_t data[64];
	struct wv__sense s;

	memset(data, 0xff, sizeof(data));
	ck_assert(!wv__sense_parse(data, sizeof(data), &s));
	memset(data, 0, sizeof(data));
	ck_assert(!wv__sense_parse(data, sizeof(data), &s));
	ck_assert(!wv__sense_parse(data, 0, &s));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sense");
	TCase *tc = tcase_create("sense");

	tcase_add_test(tc, progress_is_read_from_both_formats);
	tcase_add_test(tc, registers_of_48_bits_come_whole_from_a_descriptor);
	tcase_add_test(tc, fixed_format_tells_that_it_lost_the_upper_bytes);
	tcase_add_test(tc, every_length_is_taken_without_reading_beyond);
	tcase_add_test(tc, what_is_no_sense_data_is_refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
