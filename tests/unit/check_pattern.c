/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_pattern.c - patterns are pure: (pattern, offset) -> bytes */
#include "../../lib/base/util.h"
#include "../../lib/wipe/pattern.h"
#include "../../lib/wipe/wipe.h"
#include "support.h"

struct fixture {
	struct wv__pattern pattern;
	struct wv__sheet sheet;
	struct wv__source source;
	unsigned char *buf;
};

static void set_up(struct fixture *f)
{
	f->buf = aligned_alloc(4096, WV__CHUNK_MAX);
	ck_assert_ptr_nonnull(f->buf);
	ck_assert_int_eq(wv__sheet_open(&f->pattern, &f->sheet), 0);
	ck_assert_int_eq(wv__source_open(&f->pattern, &f->sheet, &f->source), 0);
}

static void tear_down(struct fixture *f)
{
	wv__source_close(&f->source);
	wv__sheet_close(&f->sheet);
	free(f->buf);
}

START_TEST(fixed_bytes_repeat_from_offset_0_at_any_offset)
{
	struct fixture f = { .pattern = { .len = 3, .bytes = { 0x92, 0x49, 0x24 } } };
	const unsigned char *bytes;

	set_up(&f);
	for (uint64_t offset = 0; offset < 5 * WV__CHUNK_MAX; offset += WV__CHUNK_MAX + 512) {
		bytes = wv__source_bytes(&f.source, offset, WV__CHUNK_MAX, f.buf);
		ck_assert_uint_eq((uintptr_t)bytes % 4096, 0);
		for (size_t i = 0; i < WV__CHUNK_MAX; i += 1021)
			ck_assert_uint_eq(bytes[i], f.pattern.bytes[(offset + i) % 3]);
		ck_assert_uint_eq(bytes[WV__CHUNK_MAX - 1],
				  f.pattern.bytes[(offset + WV__CHUNK_MAX - 1) % 3]);
	}
	tear_down(&f);
}
END_TEST

START_TEST(a_pattern_of_any_length_can_be_compared)
{
	struct fixture f = { .pattern = { .len = 64 } };
	unsigned char data[9000];

	for (uint32_t len = 1; len <= 64; len++) {
		f.pattern.len = len;
		for (uint32_t i = 0; i < len; i++)
			f.pattern.bytes[i] = (unsigned char)(i * 7 + len);
		set_up(&f);
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = f.pattern.bytes[(1234567 + i) % len];
		ck_assert_uint_eq(wv__source_differs(&f.source, 1234567, data, sizeof(data)),
				  sizeof(data));
		data[8999] ^= 0x80;
		ck_assert_uint_lt(wv__source_differs(&f.source, 1234567, data, sizeof(data)),
				  sizeof(data));
		tear_down(&f);
	}
}
END_TEST

START_TEST(random_bytes_are_the_same_in_pieces_and_as_a_whole)
{
	struct fixture f = { .pattern = { .random = true, .key = "k" } };
	unsigned char piece[512];

	set_up(&f);
	ck_assert_ptr_eq(wv__source_bytes(&f.source, 3 * GiB, WV__CHUNK_MAX, f.buf), f.buf);
	for (size_t at = 0; at < WV__CHUNK_MAX; at += 37 * 512) {
		ck_assert_ptr_nonnull(wv__source_bytes(&f.source, 3 * GiB + at, 512, piece));
		ck_assert_mem_eq(piece, f.buf + at, 512);
	}
	ck_assert_uint_eq(wv__source_differs(&f.source, 3 * GiB, f.buf, WV__CHUNK_MAX),
			  WV__CHUNK_MAX);
	f.buf[WV__TILE + 5] ^= 1;
	ck_assert_uint_eq(wv__source_differs(&f.source, 3 * GiB, f.buf, WV__CHUNK_MAX), WV__TILE);
	tear_down(&f);
}
END_TEST

START_TEST(a_pattern_survives_its_document)
{
	struct wv__pattern random = { .random = true, .key = "key" }, back;
	struct wv__pattern fixed = { .len = 3, .bytes = { 1, 2, 3 } };
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__pattern_doc(ctx, &random, 0, 512, &doc), 0);
	ck_assert_int_eq(wv__pattern_from_doc(ctx, doc, &back), 0);
	ck_assert_mem_eq(&back, &random, sizeof(back));
	wv_doc_free(doc);
	ck_assert_int_eq(wv__pattern_doc(ctx, &fixed, 0, 512, &doc), 0);
	ck_assert_int_eq(wv__pattern_from_doc(ctx, doc, &back), 0);
	ck_assert_mem_eq(&back, &fixed, sizeof(back));
	wv_doc_free(doc);
}
END_TEST

START_TEST(what_is_no_pattern_is_refused)
{
	static const char *const texts[] = { "", "0", "zz", "one", "0x00" };
	struct wv_doc *doc = NULL;
	struct wv__pattern pattern;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_int_eq(wv__wipe_pattern_parse(ctx, texts[i], &doc), -EINVAL);
	ck_assert_int_eq(wv__wipe_pattern_parse(ctx, "zero", &doc), 0);
	ck_assert_int_eq(wv__pattern_from_doc(ctx, doc, &pattern), 0);
	ck_assert_uint_eq(pattern.len, 1);
	wv_doc_free(doc);
	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("kind", "random"), M_STR("key", "00")), 0);
	ck_assert_int_eq(wv__pattern_from_doc(ctx, doc, &pattern), -EBADMSG);
	wv_doc_free(doc);
}
END_TEST

START_TEST(a_sheet_survives_every_failure)
{
	const struct wv__pattern pattern = { .len = 3, .bytes = { 1, 2, 3 } };
	const int fds = open_fds();
	struct wv__sheet sheet;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__sheet_open(&pattern, &sheet);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	wv__sheet_close(&sheet);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pattern");
	TCase *all = tcase_create("all");

	tcase_add_test(all, fixed_bytes_repeat_from_offset_0_at_any_offset);
	tcase_add_test(all, a_pattern_of_any_length_can_be_compared);
	tcase_add_test(all, random_bytes_are_the_same_in_pieces_and_as_a_whole);
	tcase_add_test(all, a_pattern_survives_its_document);
	tcase_add_test(all, what_is_no_pattern_is_refused);
	tcase_add_test(all, a_sheet_survives_every_failure);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
