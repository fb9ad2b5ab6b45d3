/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_ext4.c - the file system on a volume; here on plain loop devices
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../lib/media/mounts.h"
#include "../../lib/volume/ext4.h"
#include "volume.h"

static char *image, *device, *dir;

static void setup(void)
{
	image = make_image("fs.img", 32 << 20);
	device = loop_attach(image, 4096, true);
	dir = test_path("mnt");
	ck_assert(mkdir(dir, 0700) == 0 || errno == EEXIST);
	ck_assert_msg(wv__ext4_make(ctx, device, "a label longer than ext4's sixteen bytes", TEST_UUID) == 0,
		      "%s", wv_ctx_error(ctx));
}

static void teardown(void)
{
	wv__umount(ctx, dir, 0);
	loop_detach(device);
}

START_TEST(a_new_file_system_is_empty_and_clean)
{
	ck_assert_int_eq(wv__ext4_mount(ctx, device, dir, false), 0);
	ck_assert_int_eq(sh("[ -z \"$(ls -A $1)\" ]", dir, NULL), 0);
	ck_assert_int_eq(sh("grep \" $1 \" /proc/self/mountinfo | grep -q 'nosuid,nodev,noexec.*nosymfollow'",
			    dir, NULL), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	ck_assert_int_eq(wv__ext4_check(ctx, device), 0);
	ck_assert_int_eq(sh("blkid -p $1 | grep -q 'UUID=\"" TEST_UUID "\"'", device, NULL), 0);
}
END_TEST

/* A copy taken while it is mounted is what a pulled stick looks like. */
START_TEST(an_unclean_journal_is_replayed_and_its_file_appears)
{
	cleanup_free char *pulled = test_path("pulled.img");
	cleanup_free char *second = NULL;

	ck_assert_int_eq(wv__ext4_mount(ctx, device, dir, false), 0);
	ck_assert_int_eq(sh("echo hidden >$1/f; sync $1/f", dir, NULL), 0);
	ck_assert_int_eq(sh("cp $1 $2 && dumpe2fs -h $2 | grep -q needs_recovery", image, pulled), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	second = loop_attach(pulled, 4096, true);
	ck_assert_msg(wv__ext4_check(ctx, second) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_ne(sh("dumpe2fs -h $1 2>/dev/null | grep -q needs_recovery", second, NULL), 0);
	ck_assert_int_eq(wv__ext4_mount(ctx, second, dir, true), 0);
	ck_assert_int_eq(sh("[ \"$(ls -A $1)\" = f ]", dir, NULL), 0);
	ck_assert_int_eq(sh("grep -qx hidden $1/f", dir, NULL), 0);
	ck_assert_int_eq(wv__umount(ctx, dir, 0), 0);
	loop_detach(second);
}
END_TEST

START_TEST(a_damaged_file_system_is_a_failed_proof_and_left_as_it_is)
{
	ck_assert_int_eq(sh("debugfs -w -R 'clri <2>' $1 >/dev/null 2>&1", device, NULL), 0);
	ck_assert_int_eq(wv__ext4_check(ctx, device), -EBADMSG);
	ck_error_has("not clean");
	ck_assert_int_eq(wv__ext4_check(ctx, device), -EBADMSG);
}
END_TEST

START_TEST(what_is_no_ext4_fails)
{
	ck_assert_int_eq(sh("dd if=/dev/zero of=$1 bs=1M count=32 oflag=direct 2>/dev/null", device, NULL), 0);
	ck_assert_int_lt(wv__ext4_check(ctx, device), 0);
	ck_assert_int_lt(wv__ext4_mount(ctx, device, dir, false), 0);
	ck_assert_int_lt(wv__ext4_make(ctx, "/nonexistent", NULL, TEST_UUID), 0);
}
END_TEST

START_TEST(private_mounts_are_seen_by_nobody_else_and_end_with_the_process)
{
	int pair[2], status;
	pid_t child;
	char byte;

	ck_assert_int_eq(pipe(pair), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (wv__private_mounts(ctx) < 0 || wv__ext4_mount(ctx, device, dir, false) < 0 ||
		    sh("echo x >$1/file", dir, NULL) != 0 || write(pair[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(pair[1]);
	ck_assert_int_eq(read(pair[0], &byte, 1), 1);
	ck_assert_int_eq(wv__mount_by_dir(ctx, dir, NULL), 0);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	while (wv__ext4_check(ctx, device) < 0)
		usleep(100000);
	ck_assert_int_eq(wv__ext4_mount(ctx, device, dir, true), 0);
	ck_assert_int_eq(sh("grep -qx x $1/file", dir, NULL), 0);
}
END_TEST

START_TEST(check_survives_every_failure)
{
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ext4_check(ctx, device);
		if (!fault_fired())
			break;
		ck_assert_int_le(r, 0);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ext4");
	TCase *tc = tcase_create("ext4");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_new_file_system_is_empty_and_clean);
	tcase_add_test(tc, an_unclean_journal_is_replayed_and_its_file_appears);
	tcase_add_test(tc, a_damaged_file_system_is_a_failed_proof_and_left_as_it_is);
	tcase_add_test(tc, what_is_no_ext4_fails);
	tcase_add_test(tc, private_mounts_are_seen_by_nobody_else_and_end_with_the_process);
	tcase_add_test(tc, check_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
