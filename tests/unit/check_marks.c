/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_marks.c - marks lie where nobody can foresee, and are known again
 */
#include "sim_world.h"

START_TEST(marks_are_in_the_first_and_last_block_and_twice_in_each_thousandth)
{
	static const uint64_t sizes[] = { 512,
					  1024,
					  4096,
					  3 * 512,
					  MiB,
					  9 * MiB,
					  9 * MiB + 512,
					  UINT64_C(20) << 40,
					  (UINT64_C(1) << 62) + 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct wv__marks m;
		uint64_t start, end, last = 0;

		ck_assert_int_eq(wv__marks_open(sizes[i], 512, &m), 0);
		ck_assert_uint_eq(m.block, sizes[i] % 4096 ? 512 : 4096);
		ck_assert_uint_eq(m.count, MIN(UINT64_C(2000), sizes[i] / m.block));
		ck_assert_uint_eq(wv__marks_place(&m, 0), 0);
		ck_assert_uint_eq(wv__marks_place(&m, m.count - 1), sizes[i] - m.block);
		for (uint64_t k = 0; k < m.count; k++) {
			const uint64_t place = wv__marks_place(&m, k);

			wv__marks_half(&m, k, &start, &end);
			ck_assert_uint_eq(start, last);
			ck_assert(place >= start && place + m.block <= end && place % m.block == 0);
			last = end;
		}
		ck_assert_uint_eq(last, sizes[i]);
		wv__marks_close(&m);
	}
}
END_TEST

START_TEST(another_run_has_other_marks_in_other_places)
{
	unsigned char a[4096], b[4096];
	unsigned int same = 0;
	struct wv__marks x, y;

	ck_assert_int_eq(wv__marks_open(GiB, 512, &x), 0);
	ck_assert_int_eq(wv__marks_open(GiB, 512, &y), 0);
	for (uint64_t k = 1; k < 1999; k++)
		same += wv__marks_place(&x, k) == wv__marks_place(&y, k);
	ck_assert_uint_lt(same, 100); /* of 131 blocks each: 15 are expected */
	ck_assert_int_eq(wv__marks_bytes(&x, 0, a), 0);
	ck_assert_int_eq(wv__marks_bytes(&y, 0, b), 0);
	ck_assert_int_ne(memcmp(a, b, 16), 0);
	wv__marks_close(&x);
	wv__marks_close(&y);
}
END_TEST

START_TEST(a_piece_of_a_mark_is_a_mark)
{
	unsigned char data[4096], want[4096];
	struct wv__marks m;

	ck_assert_int_eq(wv__marks_open(GiB, 512, &m), 0);
	ck_assert_int_eq(wv__marks_bytes(&m, 8192, want), 0);
	memset(data, 0, sizeof(data));
	ck_assert_int_eq(wv__marks_survives(&m, 8192, data), 0);
	memcpy(data + 4096 - 64, want + 4096 - 64, 64);
	ck_assert_int_eq(wv__marks_survives(&m, 8192, data), 1);
	ck_assert_int_eq(wv__marks_survives(&m, 4096, data), 0);
	wv__marks_close(&m);
}
END_TEST

START_TEST(a_device_too_small_for_a_block_has_no_marks)
{
	struct wv__marks m;

	ck_assert_int_eq(wv__marks_open(0, 512, &m), -EINVAL);
	ck_assert_int_eq(wv__marks_open(511, 512, &m), -EINVAL);
	ck_assert_int_eq(wv__marks_open(MiB, 65536, &m), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("marks");
	TCase *tc = tcase_create("marks");

	tcase_add_test(tc, marks_are_in_the_first_and_last_block_and_twice_in_each_thousandth);
	tcase_add_test(tc, another_run_has_other_marks_in_other_places);
	tcase_add_test(tc, a_piece_of_a_mark_is_a_mark);
	tcase_add_test(tc, a_device_too_small_for_a_block_has_no_marks);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
