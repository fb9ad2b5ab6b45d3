/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_roster.c - who may sign what, and when
 */
#include <string.h>

#include "../../lib/base/clock.h"
#include "../../lib/trust/namespaces.h"
#include "../../lib/trust/roster.h"
#include "support.h"

/* Well-formed keys of nobody: 32 bytes, all zero, and with a last bit. */
#define KEY_BODY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_0 KEY_BODY "AA"
#define KEY_1 KEY_BODY "AB"
#define KEY_2 KEY_BODY "AC"
#define NS "namespaces=\"workvol-takeout\""

static uint64_t at(const char *text)
{
	uint64_t seconds = 0;

	ck_assert_int_eq(wv__time_parse(text, &seconds), 0);
	return seconds;
}

static int parse(const char *text, struct wv__roster **ret)
{
	return wv__roster_parse(ctx, text, strlen(text), "roster", ret);
}

START_TEST(every_part_of_a_line_is_read)
{
	static const char text[] =
		"# the approvers\n\n  alice namespaces=\"workvol-takeout,workvol-return\","
		"valid-after=\"20260101Z\",valid-before=\"202612312359Z\" " KEY_0
		" alice@desk\nbob\t" NS " " KEY_1;
	cleanup_roster struct wv__roster *roster = NULL;
	const struct wv__signer *alice;

	ck_assert_int_eq(parse(text, &roster), 0);
	ck_assert_uint_eq(roster->count, 2);
	alice = &roster->signers[0];
	ck_assert_str_eq(alice->principal, "alice");
	ck_assert_str_eq(alice->key, KEY_0);
	ck_assert_uint_eq(alice->line, 3);
	ck_assert_uint_eq(alice->valid_after, at("2026-01-01T00:00:00Z"));
	ck_assert_uint_eq(alice->valid_before, at("2026-12-31T23:59:00Z"));
	ck_assert(wv__signer_may(alice, WV_NS_RETURN));
	ck_assert(wv__signer_may(alice, WV_NS_TAKEOUT));
	ck_assert(wv__signer_may(alice, NULL));
	ck_assert(!wv__signer_may(alice, WV_NS_TAKEOUT_RECORD)); /* a longer name */
	ck_assert(!wv__signer_may(alice, "workvol-take"));
	ck_assert_uint_eq(roster->signers[1].valid_after, 0);
	ck_assert_uint_eq(roster->signers[1].valid_before, UINT64_MAX);
	ck_assert_str_eq(roster->text, text);
}
END_TEST

static const struct {
	const char *line;
	const char *says;
} bad[] = {
	{ "alice " KEY_0, "options" },
	{ "alice valid-after=\"20260101Z\" " KEY_0, "no namespaces" },
	{ "alice namespaces=\"\" " KEY_0, "plain names" },
	{ "alice namespaces=\"workvol-*\" " KEY_0, "plain names" },
	{ "alice namespaces=\"!file,a\" " KEY_0, "plain names" },
	{ "alice namespaces=\"a,\" " KEY_0, "plain names" },
	{ "alice namespaces=\"a," KEY_0, "quote" },
	{ "alice namespaces=a " KEY_0, "options" },
	{ "alice " NS "," NS " " KEY_0, "twice" },
	{ "alice " NS ",cert-authority " KEY_0, "options" },
	{ "alice cert-authority," NS " " KEY_0, "unknown option" },
	{ "alice " NS ",verify-required=\"\" " KEY_0, "unknown option" },
	{ "alice " NS ",valid-after=\"2026\" " KEY_0, "bad date" },
	{ "alice " NS ",valid-after=\"20260230Z\" " KEY_0, "bad date" },
	{ "alice " NS ",valid-before=\"20260101+\" " KEY_0, "bad date" },
	{ "alice " NS ",valid-before=\"20260101000000ZZ\" " KEY_0, "bad date" },
	{ "alice " NS "x " KEY_0, "commas" },
	{ "alice " NS ", " KEY_0, "options" },
	{ "* " NS " " KEY_0, "principal" },
	{ "alice,bob " NS " " KEY_0, "principal" },
	{ "!alice " NS " " KEY_0, "principal" },
	{ "al?ce " NS " " KEY_0, "principal" },
	{ "\"alice\" " NS " " KEY_0, "principal" },
	{ "al\xff"
	  "ce " NS " " KEY_0,
	  "principal" },
	{ NS " " KEY_0, "principal" },
	{ "alice", "options" },
	{ "alice " NS, "type" },
	{ "alice " NS " ssh-ed25519 AAAA", "type" },
	{ "alice " NS " " KEY_0 "\r", "carriage return" },
	{ "bob " NS " " KEY_0 "\nalice " NS " " KEY_0, "already that of bob" },
};

START_TEST(a_line_that_is_not_plain_is_refused_with_its_number)
{
	cleanup_free char *text = wv__printf("carol " NS " " KEY_2 "\n%s\n", bad[_i].line);
	struct wv__roster *roster = NULL;

	ck_assert_msg(parse(text, &roster) == -EBADMSG, "taken: %s", text);
	ck_assert_ptr_null(roster);
	ck_error_has(bad[_i].says);
	if (!strchr(bad[_i].line, '\r'))
		ck_error_has(strchr(bad[_i].line, '\n') ? "roster:3: " : "roster:2: ");
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
	static const char text[] = "alice " NS " " KEY_0 "\n\0bob";
	struct wv__roster *roster = NULL;

	ck_assert_int_eq(wv__roster_parse(ctx, text, sizeof(text) - 1, "roster", &roster),
			 -EBADMSG);
	ck_assert_int_eq(parse("", &roster), 0);
	ck_assert_uint_eq(roster->count, 0);
	wv__roster_free(roster);
}
END_TEST

START_TEST(a_line_that_is_written_is_read_back)
{
	static const char *const namespaces[] = { WV_NS_TAKEOUT, WV_NS_RETURN, NULL };
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const uint64_t from = at("2026-11-25T08:09:10Z"), to = at("2027-11-25T08:09:10Z");

	ck_assert_int_eq(wv__roster_line(ctx, "alice", KEY_0 " x", namespaces, from, to, &text), 0);
	ck_assert_int_eq(wv__roster_line(ctx, "bob", KEY_1, namespaces + 1, 0, UINT64_MAX, &text),
			 0);
	ck_assert_str_eq(text.data,
			 "alice namespaces=\"workvol-takeout,workvol-return\","
			 "valid-after=\"20261125080910Z\",valid-before=\"20271125080910Z\" " KEY_0
			 "\nbob namespaces=\"workvol-return\" " KEY_1 "\n");
	ck_assert_int_eq(parse(text.data, &roster), 0);
	ck_assert_uint_eq(roster->signers[0].valid_after, from);
	ck_assert_uint_eq(roster->signers[0].valid_before, to);
}
END_TEST

START_TEST(a_line_that_would_not_be_read_is_not_written)
{
	static const char *const none[] = { NULL }, *const one[] = { WV_NS_RETURN, NULL };
	cleanup_buf struct wv_buf text = WV_BUF_INIT;

	ck_assert_int_eq(wv__roster_line(ctx, "a b", KEY_0, one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "*", KEY_0, one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "#a", KEY_0, one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "", KEY_0, one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "a\nb", KEY_0, one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "a", "x", one, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_int_eq(wv__roster_line(ctx, "a", KEY_0, none, 0, UINT64_MAX, &text), -EINVAL);
	ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(people_are_counted_and_not_keys)
{
	static const char text[] = "alice " NS " " KEY_0 "\nAlice " NS " " KEY_1
				   "\nbob namespaces=\"workvol-return\" " KEY_2 "\n";
	cleanup_roster struct wv__roster *roster = NULL;

	ck_assert_int_eq(parse(text, &roster), 0);
	ck_assert_uint_eq(wv__roster_people(roster, WV_NS_TAKEOUT, 0), 1);
	ck_assert_uint_eq(wv__roster_people(roster, WV_NS_RETURN, 0), 1);
	ck_assert_uint_eq(wv__roster_people(roster, NULL, 0), 2);
	ck_assert_uint_eq(wv__roster_people(roster, WV_NS_RECEIPT, 0), 0);
}
END_TEST

START_TEST(the_owner_of_a_key_is_found_by_its_fingerprint)
{
	static const char text[] = "alice " NS " " KEY_0 "\nbob " NS " " KEY_1 "\n";
	cleanup_roster struct wv__roster *roster = NULL;

	ck_assert_int_eq(parse(text, &roster), 0);
	ck_assert_str_eq(wv__roster_has_key(roster, roster->signers[1].fingerprint)->principal,
			 "bob");
	ck_assert_ptr_null(wv__roster_has_key(roster, "SHA256:x"));
}
END_TEST

START_TEST(loading_survives_every_failure)
{
	cleanup_free char *path =
		make_file("roster", "alice " NS " " KEY_0 "\nbob " NS " " KEY_1 "\n");
	const int fds = open_fds();
	struct wv__roster *roster = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__roster_load(ctx, path, &roster);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_ne(r, -EBADMSG);
		ck_assert_ptr_null(roster);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 8);
	wv__roster_free(roster);
}
END_TEST

static Suite *roster_suite(void)
{
	Suite *suite = suite_create("roster");
	TCase *roster = tcase_create("roster");

	tcase_add_test(roster, every_part_of_a_line_is_read);
	tcase_add_loop_test(roster, a_line_that_is_not_plain_is_refused_with_its_number, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(roster, nul_bytes_are_refused);
	tcase_add_test(roster, a_line_that_is_written_is_read_back);
	tcase_add_test(roster, a_line_that_would_not_be_read_is_not_written);
	tcase_add_test(roster, people_are_counted_and_not_keys);
	tcase_add_test(roster, the_owner_of_a_key_is_found_by_its_fingerprint);
	tcase_add_test(roster, loading_survives_every_failure);
	suite_add_tcase(suite, roster);
	return suite;
}

int main(void)
{
	return run_suite(roster_suite());
}
