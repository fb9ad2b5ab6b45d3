/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_target.c - where the designated server is, read strictly
 */
#include <string.h>

#include "support.h"
#include "sync/target.h"

START_TEST(a_directory_is_a_target)
{
	cleanup_target struct wv__target *target = NULL;

	ck_assert_int_eq(wv__target_parse(ctx, "/srv/work vol/", &target), 0);
	ck_assert_str_eq(target->dir, "/srv/work vol");
	ck_assert_ptr_null(target->host);
}
END_TEST

static const struct {
	const char *text, *user, *host, *dir;
	unsigned int port;
} good[] = {
	{ "ssh://u@h/d", "u", "h", "/d", 22 },
	{ "ssh://work-vol@server.example.jp:2222/srv/work vol", "work-vol", "server.example.jp", "/srv/work vol", 2222 },
	{ "ssh://u@192.0.2.1:65535/d", "u", "192.0.2.1", "/d", 65535 },
	{ "ssh://u@[2001:db8::1]/d", "u", "2001:db8::1", "/d", 22 },
	{ "ssh://u@[::1]:1/d/", "u", "::1", "/d", 1 },
};

START_TEST(ssh_targets_are_taken_apart)
{
	cleanup_target struct wv__target *target = NULL;

	ck_assert_int_eq(wv__target_parse(ctx, good[_i].text, &target), 0);
	ck_assert_str_eq(target->user, good[_i].user);
	ck_assert_str_eq(target->host, good[_i].host);
	ck_assert_str_eq(target->dir, good[_i].dir);
	ck_assert_uint_eq(target->port, good[_i].port);
}
END_TEST

static const char *const bad[] = {
	"", "/", "//", "relative", "./d", "/a/../b", "/..", "/a//b", "/a/./b", "/a\nb", "/a\x7f",
	"ssh://", "ssh://h/d", "ssh://@h/d", "ssh://u@/d", "ssh://u@h", "ssh://u@h/", "ssh://u@h:/d",
	"ssh://u@h:0/d", "ssh://u@h:65536/d", "ssh://u@h:22x/d", "ssh://u@h:000022/d", "ssh://u@h:-1/d",
	"ssh://-oProxyCommand=x@h/d", "ssh://u@-oProxyCommand=x/d", "ssh://u@h%20/d", "ssh://u@h x/d",
	"ssh://u:pw@h/d", "ssh://u@v@h/d", "ssh://u@[::1/d", "ssh://u@[]/d", "ssh://u@[h]/d",
	"ssh://u@::1/d", "ssh://u@[::1]x/d", "ssh://u@h/../d", "ssh://u@h//d", "SSH://u@h/d", "rsync://u@h/d",
	"file:///d", "u@h:/d", "ssh://u@h\n/d", "ssh://u\"@h/d", "ssh://u@[fe80::1%eth0]/d",
};

START_TEST(anything_else_is_refused)
{
	struct wv__target *target = NULL;

	ck_assert_msg(wv__target_parse(ctx, bad[_i], &target) == -EINVAL, "%s", bad[_i]);
	ck_assert_ptr_null(target);
	ck_error_has("is neither a directory");
}
END_TEST

START_TEST(parsing_survives_every_failure)
{
	struct wv__target *target = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__target_parse(ctx, "ssh://u@h/d", &target);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(target);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
	wv__target_free(target);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("target");
	TCase *tc = tcase_create("parse");

	tcase_add_test(tc, a_directory_is_a_target);
	tcase_add_loop_test(tc, ssh_targets_are_taken_apart, 0, ARRAY_SIZE(good));
	tcase_add_loop_test(tc, anything_else_is_refused, 0, ARRAY_SIZE(bad));
	tcase_add_test(tc, parsing_survives_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
