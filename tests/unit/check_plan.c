/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_plan.c - sweeps of every verify mode, and the places of a sample */
#include "../../lib/wipe/plan.h"
#include "support.h"

static const unsigned char seed[32];

/* W write, T turn, V verify, S sample: "W0 T1 V1" */
static const char *sweeps(const char *method, const char *verify, bool turn, char text[256])
{
	const struct wv__wipe_opts opts = { .method = method, .verify = verify };
	static struct wv__plan plan;
	char *at = text;

	ck_assert_int_eq(wv__plan_parse(ctx, &opts, &plan), 0);
	ck_assert_int_eq(wv__plan_expand(&plan, seed, turn), 0);
	for (unsigned int i = 0; i < plan.n_sweeps; i++)
		at += sprintf(at, "%s%c%u", i ? " " : "",
			      plan.sweeps[i].sample ? 'S' : "WVT"[plan.sweeps[i].kind],
			      plan.sweeps[i].pass);
	return text;
}

START_TEST(each_verify_mode_gives_its_sweeps)
{
	char text[256];

	ck_assert_str_eq(sweeps("dod-5220.22-m", "none", true, text), "W0 W1 W2");
	ck_assert_str_eq(sweeps("dod-5220.22-m", "last", true, text), "W0 W1 W2 V2");
	ck_assert_str_eq(sweeps("dod-5220.22-m", "all", true, text), "W0 T1 T2 V2");
	ck_assert_str_eq(sweeps("dod-5220.22-m", "all", false, text), "W0 V0 W1 V1 W2 V2");
	ck_assert_str_eq(sweeps("dod-5220.22-m", "sample", true, text), "W0 W1 W2 S2");
	ck_assert_str_eq(sweeps("zero", "sample:100", true, text), "W0 V0");
	ck_assert_str_eq(sweeps("zero", "all", true, text), "W0 V0");
	ck_assert_str_eq(sweeps(NULL, NULL, true, text), "W0 V0");
}
END_TEST

START_TEST(a_methods_own_read_backs_are_kept)
{
	char text[256];

	ck_assert_str_eq(sweeps("ncsc-tg-025", "last", true, text), "W0 T1 T2 V2");
	ck_assert_str_eq(sweeps("ncsc-tg-025", "last", false, text), "W0 V0 W1 V1 W2 V2");
	ck_assert_str_eq(sweeps("ncsc-tg-025", "none", true, text), "W0 W1 W2");
}
END_TEST

START_TEST(what_is_not_known_is_refused)
{
	static const char *const verify[] = { "",	  "first",     "sample:", "sample:0",
					      "sample:101", "sample:5x", "sample:-1" };
	struct wv__wipe_opts opts = { .method = "nonsense" };

	ck_assert_int_eq(wv__wipe_check(ctx, &opts), -EINVAL);
	ck_error_has("nonsense is no wipe method");
	opts.method = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(verify); i++) {
		opts.verify = verify[i];
		ck_assert_int_eq(wv__wipe_check(ctx, &opts), -EINVAL);
	}
}
END_TEST

static void check_sample(uint64_t start, uint64_t length, uint32_t block, unsigned int percent)
{
	struct wv__sample sample;
	uint64_t left, offset, total, end = start, covered = 0;

	ck_assert_int_eq(wv__sample_open(start, length, block, percent, seed, &sample), 0);
	total = wv__sample_total(&sample);
	for (uint64_t at = 0; at < total; at += sample.length) {
		offset = wv__sample_offset(&sample, at, &left);
		ck_assert_uint_eq(left, sample.length);
		ck_assert_uint_eq((offset - start) % block, 0);
		ck_assert_uint_ge(offset, end); /* ascending, and none overlaps another */
		ck_assert(at || offset == start);
		end = offset + left;
		covered += left;
	}
	ck_assert_uint_eq(end, start + length);
	/* Equal places: what the division leaves over is not in them. */
	ck_assert_uint_ge(covered + 2 * sample.sections * block, length / 100 * percent);
	wv__ctr_freep(&sample.ctr);
}

START_TEST(a_sample_holds_both_ends_and_its_share)
{
	check_sample(0, UINT64_C(3) << 40, 512, 10);
	check_sample(MiB, 64 * MiB, 512, 10);
	check_sample(0, 64 * MiB + 4096, 4096, 1);
	check_sample(0, 64 * MiB + 512, 512, 99);
	for (uint64_t blocks = 1; blocks < 40; blocks++)
		check_sample(0, blocks * 512, 512, 10);
	check_sample(0, 1999 * 512, 512, 10);
}
END_TEST

START_TEST(a_sample_has_two_places_in_each_thousandth)
{
	struct wv__sample sample;

	ck_assert_int_eq(wv__sample_open(0, GiB, 512, 10, seed, &sample), 0);
	ck_assert_uint_eq(wv__sample_total(&sample) / sample.length, 2000);
	wv__ctr_freep(&sample.ctr);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *all = tcase_create("all");

	tcase_add_test(all, each_verify_mode_gives_its_sweeps);
	tcase_add_test(all, a_methods_own_read_backs_are_kept);
	tcase_add_test(all, what_is_not_known_is_refused);
	tcase_add_test(all, a_sample_holds_both_ends_and_its_share);
	tcase_add_test(all, a_sample_has_two_places_in_each_thousandth);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
