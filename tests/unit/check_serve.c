/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_serve.c - what a client may run on the server, and what it may not
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support.h"
#include "sync/serve.h"
#include "sync/slot.h"

#define ID "0a1b2c3d-0000-4000-8000-00000000000a"
#define RSYNC_WAITS(timeout, rest) \
	"rsync --server -dtcRe.LsfxCIvu" timeout " --partial-dir .rsync-partial --fsync" rest
#define RSYNC(flags, rest) "rsync --server " flags " --timeout=600 --partial-dir .rsync-partial --fsync" rest
#define PLAIN " . " ID "/data/"

static const char *const good[] = {
	RSYNC("-dtcRe.LsfxCIvu", PLAIN),    /* rsync 3.5.0 */
	RSYNC("-tcdRe.LsfxCIvu", PLAIN),
	RSYNC("-dtcRe31.LsfxC", PLAIN),
	RSYNC("-dtcRe.", PLAIN),
	RSYNC_WAITS(" --timeout=604800", PLAIN),
};

START_TEST(our_own_rsync_is_let_in)
{
	struct wv__serve_request request;

	ck_assert_int_eq(wv__serve_parse(ctx, good[_i], &request), 0);
	ck_assert(!request.receipt);
	ck_assert_str_eq(request.takeout, ID);
	ck_assert_ptr_nonnull(strstr(good[_i], request.flags));
}
END_TEST

START_TEST(a_receipt_is_let_in)
{
	struct wv__serve_request request;

	ck_assert_int_eq(wv__serve_parse(ctx, "workvol receipt", &request), 0);
	ck_assert(request.receipt);
}
END_TEST

static const char *const bad[] = {
	"", "sh", "workvol", "workvol receipt ", " workvol receipt", "workvol receipt --root /",
	"workvol init", "workvol receipt\nsh", "workvol receipt;sh", "rsync", "rsync --server",
	"rsync --server --sender -dtcRe.LsfxCIvu . " ID "/data/",
	"rsync --server -dtcRe.LsfxCIvu --sender --partial-dir .rsync-partial --fsync" PLAIN,
	"rsync --daemon", "rsync --server --daemon .",
	RSYNC_WAITS("", PLAIN),
	RSYNC_WAITS(" --timeout=", PLAIN),
	RSYNC_WAITS(" --timeout=1000000", PLAIN),
	RSYNC_WAITS(" --timeout=60x", PLAIN),
	RSYNC_WAITS(" --timeout=-6", PLAIN),
	RSYNC_WAITS(" --temp-dir=/1", PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --delete" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --inplace" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --append" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --link-dest=/etc" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --copy-dest=/" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --log-file=/x" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --temp-dir=/" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", " --backup-dir=/" PLAIN),
	RSYNC("-dtcRe.LsfxCIvu", PLAIN " /etc"),
	RSYNC("-dtcRe.LsfxCIvu", PLAIN " " ID "/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " " ID "/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " .."),
	RSYNC("-dtcRe.LsfxCIvu", " . /" ID "/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " . ../" ID "/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " . " ID "/data/.."),
	RSYNC("-dtcRe.LsfxCIvu", " . " ID "/data"),
	RSYNC("-dtcRe.LsfxCIvu", " . " ID "/sealed-1/"),
	RSYNC("-dtcRe.LsfxCIvu", " . " ID "/receipts/"),
	RSYNC("-dtcRe.LsfxCIvu", " . " ID "/"),
	RSYNC("-dtcRe.LsfxCIvu", " . ../../../../etc/cron.d/aaaaaaaaaaaaaaa/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " . 0A1B2C3D-0000-4000-8000-00000000000A/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " . 0a1b2c3d/0000-4000-8000-00000000000a/data/"),
	RSYNC("-dtcRe.LsfxCIvu", " . ..................................../data/"),
	RSYNC("-dtcRe.LsfxCIvu;sh", PLAIN), RSYNC("-dtcRe.Ls/f", PLAIN), RSYNC("-dtcRlDe.LsfxCIvu", PLAIN),
	RSYNC("-dtcRre.LsfxCIvu", PLAIN), RSYNC("-dtcRse.LsfxCIvu", PLAIN), RSYNC("-ddtcRe.LsfxCIvu", PLAIN),
	RSYNC("-dtRe.LsfxCIvu", PLAIN), RSYNC("-dtcR", PLAIN), RSYNC("-dtcRe", PLAIN), RSYNC("dtcRe.Ls", PLAIN),
	RSYNC("-dtcRe.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", PLAIN),
	"rsync --server -dtcRe.LsfxCIvu --partial-dir /etc --fsync" PLAIN,
	"rsync --server -dtcRe.LsfxCIvu --partial-dir=.rsync-partial --fsync" PLAIN,
	"/bin/rsync --server -dtcRe.LsfxCIvu --partial-dir .rsync-partial --fsync" PLAIN,
	"RSYNC_RSH=sh rsync --server -dtcRe.LsfxCIvu --partial-dir .rsync-partial --fsync" PLAIN,
	"rsync\t--server -dtcRe.LsfxCIvu --partial-dir .rsync-partial --fsync" PLAIN,
	"scp -t /", "internal-sftp", "/usr/lib/openssh/sftp-server",
};

START_TEST(everything_else_is_refused)
{
	struct wv__serve_request request = { .receipt = true };

	ck_assert_msg(wv__serve_parse(ctx, bad[_i], &request) == -EPERM, "%s", bad[_i]);
	ck_assert(request.receipt && !request.takeout[0]); /* untouched */
	ck_error_has("refused: this key may");
}
END_TEST

START_TEST(no_command_at_all_is_refused)
{
	struct wv__serve_request request;
	char text[5000];

	ck_assert_int_eq(wv__serve_parse(ctx, NULL, &request), -EPERM);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(wv__serve_parse(ctx, text, &request), -EPERM);
}
END_TEST

START_TEST(nothing_is_made_for_a_command_that_is_refused)
{
	char *root = test_path("root");
	struct stat st;

	ck_assert_int_eq(mkdir(root, 0700), 0);
	ck_assert_int_eq(wv_sync_serve(ctx, root, "/nonexistent", "rsync --server --sender . " ID "/data/"),
			 -EPERM);
	ck_assert_int_eq(stat(root, &st), 0);
	ck_assert_uint_eq(st.st_nlink, 2); /* no directory in it */
	rmdir(root);
	free(root);
}
END_TEST

/* A link in place of the take-out's directory, planted on the server, leads nowhere. */
START_TEST(a_link_in_place_of_the_directory_is_not_followed)
{
	char *root = test_path("root"), *link = test_path("root/" ID), *other = test_path("other");

	ck_assert_int_eq(mkdir(root, 0700), 0);
	ck_assert_int_eq(mkdir(other, 0700), 0);
	ck_assert_int_eq(symlink(other, link), 0);
	ck_assert_int_lt(wv_sync_serve(ctx, root, "/nonexistent", good[0]), 0);
	ck_assert_int_eq(rmdir(other), 0); /* empty */
	unlink(link);
	rmdir(root);
	free(root);
	free(link);
	free(other);
}
END_TEST

/* In a child: the last step becomes rsync. */
static int serve_status(const char *root)
{
	const pid_t pid = fork();
	int status, null;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		_exit(wv_sync_serve(ctx, root, "/nonexistent", good[0]) == -EBUSY ? 77 : 78);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(one_writer_at_a_time)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	char *root = test_path("root");

	ck_assert_int_eq(mkdir(root, 0700), 0);
	ck_assert_int_eq(serve_status(root), 12); /* rsync, whose client is gone at once */
	ck_assert_int_eq(wv__slot_open(ctx, root, ID, true, &slot), 0);
	ck_assert_int_eq(serve_status(root), 77);
	free(root);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("serve");
	TCase *tc = tcase_create("dispatcher");

	tcase_add_loop_test(tc, our_own_rsync_is_let_in, 0, ARRAY_SIZE(good));
	tcase_add_test(tc, a_receipt_is_let_in);
	tcase_add_loop_test(tc, everything_else_is_refused, 0, ARRAY_SIZE(bad));
	tcase_add_test(tc, no_command_at_all_is_refused);
	tcase_add_test(tc, nothing_is_made_for_a_command_that_is_refused);
	tcase_add_test(tc, a_link_in_place_of_the_directory_is_not_followed);
	tcase_add_test(tc, one_writer_at_a_time);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
