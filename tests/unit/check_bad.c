/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_bad.c - ranges stay sorted, merged and first seen */
#include "../../lib/base/util.h"
#include "../../lib/wipe/bad.h"
#include "support.h"

#define BLOCKS 64

START_TEST(neighbours_of_one_kind_become_one_range)
{
	struct wv__bad bad = { 0 };

	for (uint64_t at = 0; at < 10000; at += 2)
		wv__bad_add(&bad, at * 512, 512, WV__BAD_WRITE, EIO);
	ck_assert_uint_eq(bad.n, 5000);
	for (uint64_t at = 1; at < 10000; at += 2)
		wv__bad_add(&bad, at * 512, 512, WV__BAD_WRITE, EIO);
	ck_assert_uint_eq(bad.n, 1);
	ck_assert_uint_eq(wv__bad_total(&bad), 10000 * 512);
	wv__bad_free(&bad);
}
END_TEST

START_TEST(what_is_known_stays_as_it_was_first_seen)
{
	unsigned char model[BLOCKS], seen;
	struct wv__bad bad = { 0 };
	unsigned int state = 7;

	memset(model, 0xff, sizeof(model));
	for (int i = 0; i < 400; i++) {
		const uint64_t from = rand_r(&state) % BLOCKS;
		const uint64_t len = 1 + rand_r(&state) % (BLOCKS - from);
		const enum wv__bad_op op = rand_r(&state) % 3;

		if (i % 20 == 0) {
			wv__bad_free(&bad);
			memset(model, 0xff, sizeof(model));
		}
		wv__bad_add(&bad, from, MIN(len, 5u), op, EIO);
		for (uint64_t k = from; k < from + MIN(len, 5u); k++)
			model[k] = model[k] == 0xff ? op : model[k];
		for (uint64_t k = 0; k < BLOCKS; k++) {
			seen = 0xff;
			for (size_t n = 0; n < bad.n; n++)
				if (k >= bad.items[n].offset &&
				    k < bad.items[n].offset + bad.items[n].length)
					seen = bad.items[n].op;
			ck_assert_uint_eq(seen, model[k]);
			ck_assert_int_eq(wv__bad_has(&bad, k, 1), seen != 0xff);
		}
	}
	wv__bad_free(&bad);
}
END_TEST

START_TEST(a_list_survives_its_document)
{
	struct wv__bad bad = { 0 }, back = { 0 };
	struct wv_doc *doc = NULL;

	wv__bad_add(&bad, 0, 512, WV__BAD_WRITE, ENXIO);
	wv__bad_add(&bad, 512, 512, WV__BAD_READ, EIO);
	wv__bad_add(&bad, 4096, 512, WV__BAD_MISMATCH, EBADMSG);
	ck_assert_int_eq(wv__bad_doc(ctx, &bad, &doc), 0);
	ck_assert_int_eq(wv__bad_from_doc(ctx, doc, &back), 0);
	ck_assert_uint_eq(back.n, 3);
	ck_assert_int_eq(back.items[0].error, ENXIO);
	ck_assert_int_eq(back.items[2].op, WV__BAD_MISMATCH);
	wv_doc_free(doc);
	wv__bad_free(&bad);
	wv__bad_free(&back);
}
END_TEST

START_TEST(what_cannot_be_kept_is_not_forgotten)
{
	struct wv__bad bad = { 0 };

	fault_after(0);
	wv__bad_add(&bad, 0, 512, WV__BAD_WRITE, EIO);
	ck_assert(fault_fired());
	ck_assert(bad.out_of_memory);
	wv__bad_free(&bad);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bad");
	TCase *all = tcase_create("all");

	tcase_add_test(all, neighbours_of_one_kind_become_one_range);
	tcase_add_test(all, what_is_known_stays_as_it_was_first_seen);
	tcase_add_test(all, a_list_survives_its_document);
	tcase_add_test(all, what_cannot_be_kept_is_not_forgotten);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
