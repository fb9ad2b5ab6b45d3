/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_policy.c - tests of lib/policy/policy.c
 */
#include <fcntl.h>

#include "../../lib/base/fs.h"
#include "../../lib/policy/policy.h"
#include "support.h"

static struct wv__policy *load(const char *text)
{
	cleanup_free char *path = make_file("workvol.conf", text);
	struct wv__policy *policy = NULL;
	const int r = wv__policy_load(ctx, path, &policy);

	ck_assert_msg(r == 0, "%d %s", r, wv_ctx_error(ctx));
	return policy;
}

static void refused(const char *text, const char *sentence)
{
	cleanup_free char *path = make_file("workvol.conf", text);
	struct wv__policy *policy = NULL;

	ck_assert_int_eq(wv__policy_load(ctx, path, &policy), -EINVAL);
	ck_assert_ptr_null(policy);
	ck_error_has(path);
	ck_error_has(sentence);
}

START_TEST(an_empty_file_gives_the_defaults)
{
	cleanup(wv__policy_freep) struct wv__policy *policy = load("");

	ck_assert_str_eq(policy->state_dir, "/var/lib/workvol");
	ck_assert_str_eq(policy->ledger, "/var/lib/workvol/ledger.db");
	ck_assert_str_eq(policy->method, "random");
	ck_assert_ptr_null(policy->server);
	ck_assert_uint_eq(policy->approval_hours, 72);
	ck_assert_uint_eq(policy->pbkdf_memory, 1048576);
	ck_assert_int_eq(policy->holder_signature, WV__HOLDER_REQUIRED);
	ck_assert_int_eq(policy->mapper, WV__CHOOSE_MAPPER);
	ck_assert(policy->prewipe && !policy->lab && !policy->self_approval);
}
END_TEST

START_TEST(each_kind_of_value_is_taken)
{
	cleanup(wv__policy_freep) struct wv__policy *policy =
		load("# a comment\n"
		     "client = Town Office, 2nd floor = north  # of the river\n"
		     "server = ssh://keeper@host:22/srv\n"
		     "approval-hours=24\n"
		     "prewipe = no\n"
		     "verify = all\n"
		     "on-insert = refuse\n");

	ck_assert_str_eq(policy->client, "Town Office, 2nd floor = north");
	ck_assert_str_eq(policy->server, "ssh://keeper@host:22/srv");
	ck_assert_uint_eq(policy->approval_hours, 24);
	ck_assert(!policy->prewipe);
	ck_assert_str_eq(policy->verify, "all");
	ck_assert_int_eq(policy->on_insert, WV__INSERT_REFUSE);
}
END_TEST

START_TEST(a_relative_path_lies_beside_the_file)
{
	cleanup(wv__policy_freep) struct wv__policy *policy =
		load("state-dir = state\nserver = srv\nroster = /etc/roster\n");
	cleanup_free char *state = test_path("state");
	cleanup_free char *key = test_path("state/station_key");
	cleanup_free char *server = test_path("srv");

	ck_assert_str_eq(policy->state_dir, state);
	ck_assert_str_eq(policy->station_key, key);
	ck_assert_str_eq(policy->server, server);
	ck_assert_str_eq(policy->roster, "/etc/roster");
}
END_TEST

START_TEST(a_lab_has_defaults_of_its_own_and_keeps_what_is_written)
{
	cleanup(wv__policy_freep) struct wv__policy *policy =
		load("pbkdf-threads = 2\nlab = yes\n");

	ck_assert(policy->lab);
	ck_assert_uint_eq(policy->pbkdf_memory, 32);
	ck_assert_uint_eq(policy->pbkdf_threads, 2);
}
END_TEST

START_TEST(an_unknown_setting_or_bad_value_is_refused_with_its_line)
{
	refused("lab = no\n\nmethd = zero\n", "workvol.conf:3: there is no setting methd");
	refused("lab = maybe\n", ":1: lab is neither yes nor no");
	refused("lab = yes\nmapper = dm\n", ":2: mapper is not one of auto, kernel, fuse");
	refused("verify = most\n", ":1: verify is not one of none, last, all, sample");
	refused("pbkdf-iterations = 3\n", ":1: pbkdf-iterations is not a whole number from 4 to 1000");
	refused("pbkdf-iterations = -5\n", ":1:");
	refused("approval-hours = 0x10\n", ":1:");
	refused("approval-hours = 99999999999999999999\n", ":1:");
	refused("client =\n", ":1: client is empty");
	refused("client = \xff\n", ":1: client is not UTF-8");
	refused("client = a\033b\n", ":1: client holds a control character");
	refused("station = a b\n", ":1: station holds more than");
}
END_TEST

START_TEST(a_line_that_would_be_dropped_or_joined_is_refused)
{
	refused("method = zero\nlab = no\nmethod = random\n", ":3: not a setting of its own");
	refused("client = a\n and more\n", ":2: client holds a control character");
	refused("lab = no\n= 5\n", ":2: not a setting of its own");
	refused("lab\n", ":1: lab is empty");
	refused("[section]\nlab = yes\n", ":1: not a setting of its own");
	refused("two words = yes\n", ":1: ");
	refused("[]\n", ":1: ");
}
END_TEST

START_TEST(a_line_that_would_be_cut_in_two_is_refused)
{
	char text[9000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "client = ", 9);
	strcpy(text + 8191, "\nlab = yes\n");
	refused(text, ":1: longer than 4096 bytes");
	strcpy(text + 8191, "lab = yes\n");
	refused(text, ":1: longer than 4096 bytes");
}
END_TEST

START_TEST(a_missing_file_is_enoent)
{
	struct wv__policy *policy = NULL;

	ck_assert_int_eq(wv__policy_load(ctx, "/nonexistent/workvol.conf", &policy), -ENOENT);
	ck_error_has("/nonexistent/workvol.conf");
}
END_TEST

/* One file in the directory of drop-ins. */
static void drop_in(const char *drop_ins, const char *name, const char *text)
{
	cleanup_free char *dir = test_path(drop_ins);
	cleanup_free char *inner = NULL;

	mkdir(dir, 0700);
	ck_assert_int_gt(asprintf(&inner, "%s/%s", drop_ins, name), 0);
	free(make_file(inner, text));
}

START_TEST(drop_ins_win_in_byte_order)
{
	cleanup(wv__policy_freep) struct wv__policy *policy = NULL;
	cleanup_free char *server = test_path("srv");
	cleanup_free char *drop_ins = test_path("workvol.conf.d");

	drop_in("workvol.conf.d", "10-a.conf", "method = zero\nserver = srv\n");
	drop_in("workvol.conf.d", "20-b.conf", "method = one\n");
	drop_in("workvol.conf.d", "30-c.conf.bak", "method = two\n");
	drop_in("workvol.conf.d", ".hidden.conf", "method = three\n");
	policy = load("method = random\nverify = all\n");
	ck_assert_str_eq(policy->method, "one");
	ck_assert_str_eq(policy->verify, "all");
	ck_assert_str_eq(policy->server, server);
	drop_in("workvol.conf.d", "40-d.conf", "what = x\n");
	refused("", "40-d.conf:1: there is no setting what");
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, drop_ins), 0);
}
END_TEST

START_TEST(loading_survives_every_failure)
{
	const int fds = open_fds();
	cleanup_free char *path = make_file("fault.conf", "client = a\nserver = s\nmapper = fuse\n");
	struct wv__policy *policy = NULL;
	int r, n = 0;

	drop_in("fault.conf.d", "10-a.conf", "contact = b\n");
	for (;; n++) {
		fault_after(n);
		r = wv__policy_load(ctx, path, &policy);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(policy);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 30);
	wv__policy_free(policy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tc = tcase_create("policy");

	tcase_add_test(tc, an_empty_file_gives_the_defaults);
	tcase_add_test(tc, each_kind_of_value_is_taken);
	tcase_add_test(tc, a_relative_path_lies_beside_the_file);
	tcase_add_test(tc, a_lab_has_defaults_of_its_own_and_keeps_what_is_written);
	tcase_add_test(tc, an_unknown_setting_or_bad_value_is_refused_with_its_line);
	tcase_add_test(tc, a_line_that_would_be_dropped_or_joined_is_refused);
	tcase_add_test(tc, a_line_that_would_be_cut_in_two_is_refused);
	tcase_add_test(tc, a_missing_file_is_enoent);
	tcase_add_test(tc, drop_ins_win_in_byte_order);
	tcase_add_test(tc, loading_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
