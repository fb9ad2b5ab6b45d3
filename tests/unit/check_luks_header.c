/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_luks_header.c - headers that whoever had the medium may have written
 */
#include "../../lib/volume/luks_header.h"
#include "support_doc.h"
#include "volume.h"

#define GOOD_SLOT                                                                                 \
	"{\"type\":\"luks2\",\"key_size\":64,\"area\":{\"encryption\":\"aes-xts-plain64\","       \
	"\"key_size\":64},\"kdf\":{\"type\":\"argon2id\",\"time\":4,\"memory\":32,\"cpus\":1,"    \
	"\"salt\":\"AAAA\"}}"
#define GOOD_SEGMENT                                                                              \
	"{\"type\":\"crypt\",\"offset\":\"16777216\",\"size\":\"dynamic\",\"iv_tweak\":\"0\","    \
	"\"encryption\":\"aes-xts-plain64\",\"sector_size\":4096}"
#define SALT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_ID "00112233445566778899aabbccddeeff"
#define TOKEN(slots, version, salt, factors)                                                      \
	"{\"type\":\"workvol-2f\",\"keyslots\":[" slots "],\"version\":" version ",\"salt\":\"" salt \
	"\",\"factors\":[" factors "],\"key_id\":\"" KEY_ID "\"}"
#define BOTH "\"key-file\",\"passphrase\""
#define GOOD_TOKEN TOKEN("\"0\"", "1", SALT, BOTH)
#define HEADER(slot, segment, token, config)                                                      \
	"{\"keyslots\":{\"0\":" slot "},\"segments\":{\"0\":" segment "},\"tokens\":{\"0\":" token \
	"},\"digests\":{},\"config\":{" config "}}"

static int check(const char *text)
{
	cleanup_doc struct wv_doc *doc = doc_of(text);

	return wv__luks_header_check(ctx, doc, "the test");
}

START_TEST(our_own_header_is_sound)
{
	struct wv__luks_info info = { 0 };
	cleanup_doc struct wv_doc *doc = doc_of(HEADER(GOOD_SLOT, GOOD_SEGMENT, GOOD_TOKEN, ""));

	ck_assert_msg(wv__luks_header_check(ctx, doc, "the test") == 0, "%s", wv_ctx_error(ctx));
	wv__luks_header_geometry(doc, &info);
	ck_assert_uint_eq(info.data_offset, 16777216);
	ck_assert_uint_eq(info.sector_size, 4096);
	ck_assert_uint_eq(info.iv_offset, 0);
}
END_TEST

/* Each with one word of a good header replaced. */
START_TEST(a_header_that_weakens_the_volume_is_refused)
{
	static const struct {
		const char *header, *said;
	} cases[] = {
		{ HEADER(GOOD_SLOT,
			 "{\"type\":\"crypt\",\"offset\":\"16777216\",\"size\":\"dynamic\",\"iv_tweak\":\"0\","
			 "\"encryption\":\"cipher_null-ecb\",\"sector_size\":512}",
			 GOOD_TOKEN, ""),
		  "cipher" },
		{ HEADER("{\"key_size\":64,\"area\":{\"encryption\":\"cipher_null-ecb\",\"key_size\":64}}",
			 GOOD_SEGMENT, GOOD_TOKEN, ""),
		  "keyslot's cipher" },
		{ HEADER("{\"key_size\":32,\"area\":{\"encryption\":\"aes-xts-plain64\",\"key_size\":64}}",
			 GOOD_SEGMENT, GOOD_TOKEN, ""),
		  "512 bits" },
		{ HEADER(GOOD_SLOT, GOOD_SEGMENT, GOOD_TOKEN, "\"flags\":[\"allow-discards\"]"), "flags" },
		{ HEADER(GOOD_SLOT, GOOD_SEGMENT, GOOD_TOKEN,
			 "\"requirements\":{\"mandatory\":[\"online-reencrypt\"]}"),
		  "requirements" },
		{ HEADER(GOOD_SLOT,
			 "{\"type\":\"linear\",\"offset\":\"16777216\",\"size\":\"dynamic\"}", GOOD_TOKEN, ""),
		  "encrypted segment" },
		{ HEADER(GOOD_SLOT,
			 "{\"type\":\"crypt\",\"offset\":\"0\",\"size\":\"dynamic\",\"iv_tweak\":\"0\","
			 "\"encryption\":\"aes-xts-plain64\",\"sector_size\":512}",
			 GOOD_TOKEN, ""),
		  "sound place" },
		{ HEADER(GOOD_SLOT,
			 "{\"type\":\"crypt\",\"offset\":\"16777216\",\"size\":\"dynamic\",\"iv_tweak\":\"0\","
			 "\"encryption\":\"aes-xts-plain64\",\"sector_size\":4096,\"integrity\":{}}",
			 GOOD_TOKEN, ""),
		  "integrity" },
		{ HEADER(GOOD_SLOT,
			 "{\"type\":\"crypt\",\"offset\":\"16777216\",\"size\":\"dynamic\",\"iv_tweak\":\"0\","
			 "\"encryption\":\"aes-xts-plain64\",\"sector_size\":1024}",
			 GOOD_TOKEN, ""),
		  "sector size" },
		{ HEADER(GOOD_SLOT, GOOD_SEGMENT ",\"1\":" GOOD_SEGMENT, GOOD_TOKEN, ""), "one encrypted" },
		{ "{}", "encrypted segment" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(check(cases[i].header) == -EBADMSG, "case %zu", i);
		ck_error_has(cases[i].said);
	}
}
END_TEST

START_TEST(only_a_whole_token_makes_a_slot_two_factor)
{
	static const struct {
		const char *token;
		bool two_factor;
	} cases[] = {
		{ GOOD_TOKEN, true },
		{ TOKEN("\"0\"", "2", SALT, BOTH), false },
		{ TOKEN("\"1\"", "1", SALT, BOTH), false },
		{ TOKEN("", "1", SALT, BOTH), false },
		{ TOKEN("\"0\"", "1", "AAAA", BOTH), false },
		{ TOKEN("\"0\"", "1", SALT, "\"passphrase\""), false },
		{ TOKEN("\"0\"", "1", SALT, "\"passphrase\",\"passphrase\""), false },
		{ TOKEN("\"0\"", "1", SALT, BOTH ",\"fingerprint\""), false },
		{ "{\"type\":\"systemd-tpm2\",\"keyslots\":[\"0\"]}", false },
		{ GOOD_TOKEN ",\"5\":{\"type\":\"systemd-tpm2\",\"keyslots\":[\"0\"]}", false },
		{ GOOD_TOKEN ",\"5\":{\"type\":\"systemd-tpm2\",\"keyslots\":[\"1\"]}", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *text = NULL;
		cleanup_doc struct wv_doc *doc = NULL;
		struct wv__luks_slot slot = { 0 };

		ck_assert_int_gt(asprintf(&text, "{\"tokens\":{\"0\":%s}}", cases[i].token), 0);
		doc = doc_of(text);
		wv__luks_header_slot(doc, 0, &slot);
		ck_assert_msg(slot.two_factor == cases[i].two_factor, "case %zu", i);
		if (slot.two_factor)
			ck_assert_str_eq(slot.key_id, KEY_ID);
	}
}
END_TEST

START_TEST(the_signed_part_has_costs_and_priority_but_no_salt_and_no_area)
{
	cleanup_doc struct wv_doc *doc = doc_of(HEADER(GOOD_SLOT, GOOD_SEGMENT, GOOD_TOKEN, ""));
	cleanup_doc struct wv_doc *part = NULL;
	cleanup_free char *text = NULL;

	ck_assert_int_eq(wv__luks_header_signed(ctx, doc, TEST_UUID, &part), 0);
	text = wv_doc_text(part);
	ck_assert_str_eq(text, "{\"digests\":{},\"keyslots\":{\"0\":{\"kdf\":{\"cpus\":1,\"memory\":32,"
			       "\"time\":4,\"type\":\"argon2id\"},\"priority\":1}},\"segments\":{\"0\":{"
			       "\"encryption\":\"aes-xts-plain64\",\"iv_tweak\":\"0\",\"offset\":\"16777216\","
			       "\"sector_size\":4096,\"size\":\"dynamic\",\"type\":\"crypt\"}},\"tokens\":{"
			       "\"0\":{\"factors\":[\"key-file\",\"passphrase\"],\"key_id\":\"" KEY_ID
			       "\",\"keyslots\":[\"0\"],\"salt\":\"" SALT "\",\"type\":\"workvol-2f\","
			       "\"version\":1}},\"uuid\":\"" TEST_UUID "\"}");
}
END_TEST

START_TEST(the_token_is_read_as_it_is_written)
{
	struct factors f = factors_new();
	const struct wv__luks_params params = cheap_params(&f);
	cleanup_doc struct wv_doc *token = NULL, *tokens = NULL, *json = NULL;
	struct wv__luks_slot slot = { 0 };

	ck_assert_int_eq(wv__luks_header_token(ctx, &params, &token), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &tokens, M_DOC("0", token)), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &json, M_DOC("tokens", tokens)), 0);
	wv__luks_header_slot(json, 0, &slot);
	ck_assert(slot.two_factor);
	ck_assert_mem_eq(slot.salt, f.salt, WV__SALT_SIZE);
	ck_assert_str_eq(slot.key_id, f.key_id);
	factors_free(&f);
}
END_TEST

START_TEST(the_token_survives_every_failure)
{
	struct factors f = factors_new();
	const struct wv__luks_params params = cheap_params(&f);
	struct wv_doc *token = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__luks_header_token(ctx, &params, &token);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(token);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 1);
	wv_doc_free(token);
	factors_free(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("luks_header");
	TCase *tc = tcase_create("luks_header");

	tcase_add_test(tc, our_own_header_is_sound);
	tcase_add_test(tc, a_header_that_weakens_the_volume_is_refused);
	tcase_add_test(tc, only_a_whole_token_makes_a_slot_two_factor);
	tcase_add_test(tc, the_signed_part_has_costs_and_priority_but_no_salt_and_no_area);
	tcase_add_test(tc, the_token_is_read_as_it_is_written);
	tcase_add_test(tc, the_token_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
