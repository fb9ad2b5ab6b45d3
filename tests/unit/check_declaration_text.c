/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_declaration_text.c - tests of lib/declare/declaration_text.c
 */
#include "../../lib/declare/declaration.h"
#include "tree_world.h"

#define H "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD "# workvol declaration 1\n# created 2026-11-25T08:00:00Z\n"

static const char GOOD[] = HEAD "# purpose on-site work\n# output 1024 out/*\n# output - log:1K\n"
	"# total 3 files, 1 directories, 8 bytes\n"
	"# size 0\n" H "  ./-\n"
	"# dir d\n"
	"# size 8\n\\" H "  d/a\\\\b\n"
	"# size 0\n" H "  d/\xff\n";

static int parse(const char *text, struct wv__declaration **ret)
{
	return wv__declaration_parse(ctx, text, strlen(text), "it", ret);
}

static void ck_same(const char *text)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_buf struct wv_buf buf = WV_BUF_INIT;

	ck_assert_msg(parse(text, &decl) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(wv__declaration_print(ctx, decl, &buf), 0);
	ck_assert_str_eq(wv__buf_str(&buf), text);
}

START_TEST(what_is_parsed_prints_the_same)
{
	cleanup_declaration struct wv__declaration *decl = NULL;

	ck_same(HEAD "# total 0 files, 0 directories, 0 bytes\n");
	ck_same(HEAD "# output 1 a:2\n# total 0 files, 0 directories, 0 bytes\n");
	ck_same(GOOD);
	ck_assert_int_eq(parse(GOOD, &decl), 0);
	ck_assert_ptr_nonnull(wv__declaration_find(decl, "-"));
	ck_assert_uint_eq(wv__declaration_find(decl, "d/a\\b")->size, 8);
	ck_assert_str_eq(decl->outputs[1].glob, "log:1K");
	ck_assert(decl->outputs[1].max == UINT64_MAX);
}
END_TEST

START_TEST(anything_but_the_one_way_of_writing_is_refused)
{
	static const char T1[] = "# total 1 files, 0 directories, 0 bytes\n";
	static const struct {
		const char *head, *body;
	} rows[] = {
		{ "", "" },
		{ "", "# workvol declaration 2\n" },
		{ HEAD, "" },
		{ HEAD, "# total 1 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# total 0 files, 0 directories, 0 bytes" },
		{ HEAD, "# total 0 files, 0 directories, 0 bytes\n\n" },
		{ HEAD, "# total 0 files, 0 directories, 00 bytes\n" },
		{ HEAD, "# purpose \n# total 0 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# purpose a\n# purpose b\n# total 0 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# output 1 a\n# purpose b\n# total 0 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# output 01 a\n# total 0 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# output 18446744073709551615 a\n# total 0 files, 0 directories, 0 bytes\n" },
		{ HEAD, "# output 1 [a]\n# total 0 files, 0 directories, 0 bytes\n" },
		{ T1, H "  a\n" },
		{ T1, "# size 0\n" },
		{ T1, "# size 00\n" H "  a\n" },
		{ T1, "# size -1\n" H "  a\n" },
		{ T1, "# size 99999999999999999999\n" H "  a\n" },
		{ T1, "# size 0\n" H " *a\n" },
		{ T1, "# size 0\n" H "  \n" },
		{ T1, "# size 0\n" H "  ../a\n" },
		{ T1, "# size 0\n" H "  ./a\n" },
		{ T1, "# size 0\n" H "  -\n" },
		{ T1, "# size 0\n" H "  a\tb\n" },
		{ T1, "# size 0\n\\" H "  a\n" },
		{ T1, "# size 0\n\\" H "  a\\nb\n" },
		{ T1, "# size 0\n\\" H "  a\\\n" },
		{ T1, "# size 0\n" H "  a\\b\n" },
		{ T1, "# size 0\nE" H "  a\n" },
		{ T1, "# size 0\n# size 0\n" H "  a\n" },
		{ T1, "# size 0\n" H "  a\n# a remark\n" },
		{ T1, "# size 0\n" H "  a\r\n" },
		{ "# total 2 files, 0 directories, 0 bytes\n", "# size 0\n" H "  b\n# size 0\n" H "  a\n" },
		{ "# total 2 files, 0 directories, 0 bytes\n", "# size 0\n" H "  a\n# size 0\n" H "  a\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool whole = !*rows[i].head || strcmp(rows[i].head, HEAD) == 0;
		struct wv__declaration *decl = NULL;
		char *text = wv__printf("%s%s%s", whole ? "" : HEAD, rows[i].head, rows[i].body);

		ck_assert_msg(parse(text, &decl) == -EBADMSG, "%zu: %s", i, text);
		ck_assert_ptr_null(decl);
		ck_error_has("it");
		free(text);
	}
}
END_TEST

START_TEST(a_declaration_cut_anywhere_is_refused)
{
	for (size_t len = 0; len < sizeof(GOOD) - 1; len++) {
		struct wv__declaration *decl = NULL;

		ck_assert_int_eq(wv__declaration_parse(ctx, GOOD, len, "it", &decl), -EBADMSG);
	}
}
END_TEST

START_TEST(one_byte_different_is_refused_or_means_something_else)
{
	for (size_t i = 0; i < sizeof(GOOD) - 1; i++) {
		cleanup_declaration struct wv__declaration *decl = NULL;
		cleanup_buf struct wv_buf buf = WV_BUF_INIT;
		char text[sizeof(GOOD)];

		memcpy(text, GOOD, sizeof(GOOD));
		text[i] ^= 1 << i % 8;
		if (wv__declaration_parse(ctx, text, sizeof(GOOD) - 1, "it", &decl) < 0)
			continue;
		ck_assert_int_eq(wv__declaration_print(ctx, decl, &buf), 0);
		ck_assert_mem_eq(buf.data, text, buf.len);
	}
}
END_TEST

static void random_path(char *path, size_t max)
{
	const size_t len = 1 + random() % max;

	do {
		for (size_t i = 0; i < len; i++)
			path[i] = random() % 5 ? "ab/\\-"[random() % 5] : 0x20 + random() % 0xe0;
		path[len] = '\0';
	} while (wv__path_fault(path));
}

START_TEST(random_declarations_come_back_the_same)
{
	srandom(7);
	for (int round = 0; round < 300; round++) {
		struct wv__declaration *decl = NULL, *again = NULL;
		struct wv_buf one = WV_BUF_INIT, two = WV_BUF_INIT;
		unsigned char hash[WV_SHA256_SIZE];
		char path[33], digest[2][WV_SHA256_HEX];

		ck_assert_int_eq(wv__declaration_new(ctx, &decl), 0);
		decl->created = random();
		if (round % 2)
			wv__declaration_set_purpose(ctx, decl, "p\xc3\xa4 # size 1");
		for (int i = 0; i < round % 4; i++)
			wv__declaration_add_output(ctx, decl, i % 2 ? "a b/**" : "x:5:77M");
		for (int i = 0; i < round % 60; i++) {
			random_path(path, 32);
			for (size_t k = 0; k < sizeof(hash); k++)
				hash[k] = random();
			wv__declaration_add(ctx, decl, path, random(), i % 5 ? hash : NULL);
		}
		ck_assert_int_eq(wv__declaration_print(ctx, decl, &one), 0);
		ck_assert_msg(wv__declaration_parse(ctx, one.data, one.len, "it", &again) == 0,
			      "%s\n%s", wv_ctx_error(ctx), one.data);
		ck_assert_int_eq(wv__declaration_print(ctx, again, &two), 0);
		ck_assert_uint_eq(one.len, two.len);
		ck_assert_mem_eq(one.data, two.data, one.len);
		ck_assert_int_eq(wv__declaration_digest(ctx, decl, digest[0]), 0);
		ck_assert_int_eq(wv__declaration_digest(ctx, again, digest[1]), 0);
		ck_assert_str_eq(digest[0], digest[1]);
		wv__declaration_free(decl);
		wv__declaration_free(again);
		wv__buf_free(&one);
		wv__buf_free(&two);
	}
}
END_TEST

START_TEST(loading_survives_every_failure)
{
	char *path = make_file("decl", GOOD);
	const int fds = open_fds();
	struct wv__declaration *decl = NULL;
	int n, r;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__declaration_load(ctx, path, &decl);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(decl);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
	wv__declaration_free(decl);
	free(path);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_is_parsed_prints_the_same,
		anything_but_the_one_way_of_writing_is_refused,
		a_declaration_cut_anywhere_is_refused,
		one_byte_different_is_refused_or_means_something_else,
		random_declarations_come_back_the_same,
		loading_survives_every_failure,
	};

	return run_suite(suite_of("declaration_text", tests, ARRAY_SIZE(tests)));
}
