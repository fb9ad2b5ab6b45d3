/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_ssh.c - the way to one server whose host key is known, and to no other
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/exec.h"
#include "base/fs.h"
#include "support.h"
#include "sync/ssh.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBYVhDhmhSFYBsUxEsTLxMP7wPs0GJxXUZHHAgtKQ1jx"

static struct wv__target *target;

static void setup(void)
{
	ck_assert_int_eq(wv__target_parse(ctx, "ssh://user@[2001:db8::1]:2222/srv/d", &target), 0);
}

static void teardown(void)
{
	wv__target_free(target);
}

/* What ssh itself makes of the configuration. */
static bool says(const struct wv__ssh *ssh, const char *line)
{
	static const char *const argv[] = { "ssh", "-G", "-F", "config", WV_SSH_HOST, NULL };
	cleanup_buf struct wv_buf out = WV_BUF_INIT;

	ck_assert_int_eq(wv__exec_ok(ctx, &(struct wv__exec){ .argv = argv, .dir = ssh->dir, .out = &out,
							      .seconds = 20 }), 0);
	return strstr(out.data, line);
}

START_TEST(ssh_is_told_where_and_nothing_else_counts)
{
	static const char *const lines[] = {
		"hostname 2001:db8::1\n", "user user\n", "port 2222\n", "stricthostkeychecking true\n",
		"userknownhostsfile known_hosts\n", "globalknownhostsfile /dev/null\n", "batchmode yes\n",
		"updatehostkeys false\n", "controlmaster false\n", "hostkeyalias " WV_SSH_HOST "\n",
		"identityfile identity\n", "identitiesonly yes\n", "forwardagent no\n",
		"clearallforwardings yes\n", "permitlocalcommand no\n", "verifyhostkeydns false\n",
		"connecttimeout 20\n", "serveralivecountmax 4\n", "canonicalizehostname false\n",
	};
	cleanup_ssh struct wv__ssh ssh = { 0 };
	char *identity = make_file("a key with spaces", "x");

	ck_assert_int_eq(wv__ssh_open(ctx, target, KEY, identity, &ssh), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ck_assert_msg(says(&ssh, lines[i]), "%s", lines[i]);
	ck_assert(!says(&ssh, "proxycommand"));
	free(identity);
}
END_TEST

START_TEST(the_host_key_alone_is_known)
{
	cleanup_ssh struct wv__ssh ssh = { 0 };
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	cleanup_free char *path = NULL;

	ck_assert_int_eq(wv__ssh_open(ctx, target, KEY, NULL, &ssh), 0);
	path = wv__path_join(ssh.dir, "known_hosts");
	ck_assert_int_eq(wv__read_file(ctx, AT_FDCWD, path, 4096, &text), 0);
	ck_assert_str_eq(text.data, WV_SSH_HOST " " KEY "\n");
	ck_assert(!says(&ssh, "identityfile identity\n"));
}
END_TEST

START_TEST(the_directory_is_private_and_goes_away)
{
	struct wv__ssh ssh = { 0 };
	struct stat st;
	char *dir;

	ck_assert_int_eq(wv__ssh_open(ctx, target, KEY, NULL, &ssh), 0);
	ck_assert_int_eq(stat(ssh.dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	dir = strdup(ssh.dir);
	wv__ssh_free(&ssh);
	ck_assert_int_lt(access(dir, F_OK), 0);
	free(dir);
}
END_TEST

START_TEST(a_host_key_of_two_lines_is_refused)
{
	struct wv__ssh ssh = { 0 };

	ck_assert_int_eq(wv__ssh_open(ctx, target, KEY "\n* " KEY, NULL, &ssh), -EINVAL);
	ck_assert_int_eq(wv__ssh_open(ctx, target, NULL, NULL, &ssh), -EINVAL);
	ck_assert_ptr_null(ssh.dir);
}
END_TEST

START_TEST(the_agent_alone_is_handed_on)
{
	cleanup_ssh struct wv__ssh ssh = { 0 };

	setenv("SSH_AUTH_SOCK", "/run/agent", 1);
	ck_assert_int_eq(wv__ssh_open(ctx, target, KEY, NULL, &ssh), 0);
	ck_assert_str_eq(ssh.env[0], "SSH_AUTH_SOCK=/run/agent");
	ck_assert_ptr_null(ssh.env[1]);
}
END_TEST

static const struct {
	const char *said;
	int status, err;
	const char *sentence;
} endings[] = {
	{ "", 1, -EIO, "it said nothing" },
	{ "Host key verification failed.\nrsync: connection unexpectedly closed\n", 255, -EKEYREJECTED, "host key" },
	{ "rsync: write failed on \"x\": No space left on device (28)\nrsync error: x (code 11)\n", 11, -ENOSPC, "full" },
	{ "rsync error: error in file IO (code 11)\n", 11, -EIO, "full, or failing" },
	{ "workvol: somebody else writes to take-out x\nrsync error: (code 12)\n", 12, -EBUSY, "somebody else" },
	{ "workvol: refused\nrsync: connection unexpectedly closed\nrsync error: (code 12)\n", 12, -EIO, ": workvol: refused" },
	{ "rsync: link_stat \"x\" failed\nrsync error: some files (code 23)\n", 23, -EIO, "link_stat" },
};

START_TEST(an_ending_has_its_errno_and_sentence)
{
	ck_assert_int_eq(wv__ssh_failed(ctx, "sending", endings[_i].said, endings[_i].status), endings[_i].err);
	ck_error_has(endings[_i].sentence);
}
END_TEST

START_TEST(opening_survives_every_failure)
{
	char *identity = make_file("key", "x");
	const int fds = open_fds();
	struct wv__ssh ssh = { 0 };
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ssh_open(ctx, target, KEY, identity, &ssh);
		if (!fault_fired())
			break;
		ck_assert_int_le(r, 0);
		ck_assert_int_eq(r == 0, ssh.dir != NULL);
		wv__ssh_free(&ssh);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
	wv__ssh_free(&ssh);
	free(identity);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ssh");
	TCase *tc = tcase_create("ssh");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ssh_is_told_where_and_nothing_else_counts);
	tcase_add_test(tc, the_host_key_alone_is_known);
	tcase_add_test(tc, the_directory_is_private_and_goes_away);
	tcase_add_test(tc, a_host_key_of_two_lines_is_refused);
	tcase_add_test(tc, the_agent_alone_is_handed_on);
	tcase_add_loop_test(tc, an_ending_has_its_errno_and_sentence, 0, ARRAY_SIZE(endings));
	tcase_add_test(tc, opening_survives_every_failure);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
