/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_send.c - a declared tree goes to the server, into a directory and over
 * a real sshd
 */
#include "sync_world.h"

#define MIB_OF_SLOW 24
#define SOME (4 * MiB)

START_TEST(exactly_what_is_declared_arrives_in_a_directory)
{
	char *foreign;

	put(w.source, "undeclared", "x", 1);
	put(w.source, "d/undeclared", "x", 1);
	ck_assert_int_eq(send_all(), 0);
	assert_sent();
	foreign = data_path("undeclared");
	ck_assert_int_lt(access(foreign, F_OK), 0);
	free(foreign);
	foreign = data_path("d/undeclared");
	ck_assert_int_lt(access(foreign, F_OK), 0);
	free(foreign);
}
END_TEST

START_TEST(exactly_what_is_declared_arrives_over_ssh)
{
	char *foreign = data_path("d/undeclared");

	world_over_ssh();
	put(w.source, "d/undeclared", "x", 1);
	ck_assert_msg(send_all() == 0, "%s", wv_ctx_error(ctx));
	assert_sent();
	ck_assert_int_lt(access(foreign, F_OK), 0);
	free(foreign);
	ck_assert_msg(send_all() == 0, "%s", wv_ctx_error(ctx)); /* and again */
	assert_sent();
}
END_TEST

START_TEST(a_file_of_the_same_size_and_time_is_sent_again)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	char *there = data_path("d/inside");

	ck_assert_int_eq(send_all(), 0);
	put(w.data, "d/inside", "D/inside", 8);
	ck_assert_int_eq(utimensat(w.fd, "d/inside", times, 0), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, there, times, 0), 0);
	ck_assert_int_eq(send_all(), 0);
	assert_sent();
	free(there);
}
END_TEST

START_TEST(set_id_bits_do_not_arrive)
{
	ck_assert_int_eq(fchmodat(w.fd, "d/inside", 06755, 0), 0);
	ck_assert_int_eq(send_all(), 0);
	assert_sent(); /* 0600 */
}
END_TEST

START_TEST(a_declared_file_that_is_gone_is_an_error)
{
	ck_assert_int_eq(unlinkat(w.fd, "d/inside", 0), 0);
	ck_assert_int_eq(send_all(), -EIO);
	ck_error_has("exit 23");
}
END_TEST

START_TEST(a_link_in_the_source_is_not_sent)
{
	char *there = data_path("d/inside");

	ck_assert_int_eq(unlinkat(w.fd, "d/inside", 0), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", w.fd, "d/inside"), 0);
	send_all(); /* whatever rsync says to it */
	ck_assert_int_lt(access(there, F_OK), 0);
	free(there);
}
END_TEST

/* What was signed for is kept, and costs no space where nothing changed. */
START_TEST(a_signed_copy_is_never_written_over)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;
	char *sealed = wv__printf("%s/" TAKEOUT "/sealed-1/d/inside", w.root);
	char *same = data_path("a b"), *now = data_path("d/inside");
	struct stat st;
	bool was;

	ck_assert_int_eq(send_all(), 0);
	ck_assert_int_eq(wv__slot_open(ctx, w.root, TAKEOUT, false, &slot), 0);
	ck_assert_int_eq(wv__slot_seal(ctx, &slot, &was), 0);
	wv__slot_close(&slot);
	put(w.source, "d/inside", "changed", 7);
	if (_i)
		world_over_ssh();
	ck_assert_msg(send_all() == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(stat(sealed, &st), 0);
	ck_assert_int_eq(st.st_size, 8);
	ck_assert_int_eq(stat(now, &st), 0);
	ck_assert_int_eq(st.st_size, 7);
	ck_assert_int_eq(stat(same, &st), 0);
	ck_assert_uint_eq(st.st_nlink, 2);
	free(sealed);
	free(same);
	free(now);
}
END_TEST

START_TEST(a_second_sender_is_turned_away)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;

	ck_assert_int_eq(wv__slot_open(ctx, w.root, TAKEOUT, true, &slot), 0);
	ck_assert_int_eq(send_all(), -EBUSY);
	world_over_ssh();
	ck_assert_int_lt(send_all(), 0);
	ck_error_has("somebody else writes");
}
END_TEST

START_TEST(a_full_server_is_said_to_be_full)
{
	static char big[2 * MiB];
	int r;

	ck_assert_int_eq(mount("tmpfs", w.root, "tmpfs", 0, "size=512k"), 0);
	memset(big, 'x', sizeof(big));
	declare_file("big", big, sizeof(big));
	if (_i)
		world_over_ssh();
	r = send_all();
	ck_assert_msg(r == -ENOSPC || (_i && r == -EIO), "%s", wv_ctx_error(ctx));
	ck_error_has("disk is full");
	ck_assert_int_eq(umount2(w.root, MNT_DETACH), 0);
}
END_TEST

START_TEST(another_host_key_is_refused)
{
	char *path = test_path("other-host-key"), *other = test_keygen(path);

	world_over_ssh();
	w.server.host_key = other;
	ck_assert_int_eq(send_all(), -EKEYREJECTED);
	ck_error_has("host key");
	ck_assert_int_lt(access(w.data, F_OK), 0);
	free(path);
	free(other);
}
END_TEST

START_TEST(another_client_key_is_refused)
{
	char *path = test_path("other-client-key"), *other = test_keygen(path);

	world_over_ssh();
	w.server.identity = path;
	ck_assert_int_eq(send_all(), -EIO);
	ck_error_has("Permission denied");
	free(path);
	free(other);
}
END_TEST

/*
 * A server to which so many bytes come and then no more, with the rest on its
 * way: between the connection and the server there is this process.
 */
static void let_in_some(void)
{
	static char some[64 << 10];
	size_t in = 0;
	int ends[2], status = 1;
	ssize_t n;
	pid_t server;

	if (pipe(ends) < 0 || (server = fork()) < 0)
		exit(1);
	if (server == 0) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		return;
	}
	close(ends[0]);
	close(STDOUT_FILENO);
	while (in < SOME && (n = read(STDIN_FILENO, some, sizeof(some))) > 0 &&
	       write(ends[1], some, n) == n)
		in += n;
	if (in >= SOME)
		pause();
	close(ends[1]);
	waitpid(server, &status, 0);
	exit(WEXITSTATUS(status));
}

/* Where there is a file of this name beside the server's root. */
static char *some_only(const char *root)
{
	return wv__printf("%s-lets-in-some", root);
}

/* Ends what listens and every connection of it, as soon as something has arrived. */
static pid_t start_cutter(void)
{
	const pid_t sshd = w.sshd.pid, cutter = fork();
	char command[200];

	ck_assert_int_ge(cutter, 0);
	if (cutter)
		return cutter;
	while (access(w.data, F_OK) < 0)
		usleep(2000);
	usleep(20000);
	/* the listener's process group is its own; each connection has a session of its own */
	snprintf(command, sizeof(command),
		 "for p in $(pgrep -P %d); do pkill -KILL -P $p; kill -KILL $p; done 2>/dev/null", sshd);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(1);
}

START_TEST(a_connection_cut_in_mid_transfer_is_an_error_and_can_be_gone_on_with)
{
	static char big[MIB_OF_SLOW * MiB];
	char *some = some_only(w.root);
	pid_t cutter;

	wv__random(big, sizeof(big));
	declare_file("big", big, sizeof(big));
	world_over_ssh();
	ck_assert_int_eq(close(creat(some, 0600)), 0);
	cutter = start_cutter();
	ck_assert_int_eq(send_all(), -EIO);
	ck_assert_int_eq(waitpid(cutter, NULL, 0), cutter);
	ck_assert_int_eq(unlink(some), 0);
	while (send_all() != 0)
		usleep(50000); /* the server's rsync may still hold the lock */
	assert_sent();
	free(some);
}
END_TEST

START_TEST(a_link_planted_on_the_server_is_not_followed)
{
	char *outside = test_path("outside"), *planted = data_path("d");
	struct stat st;

	ck_assert_int_eq(mkdir(outside, 0700), 0);
	ck_assert_int_eq(send_all(), 0);
	ck_assert_int_eq(wv__remove_tree(ctx, AT_FDCWD, planted), 0);
	ck_assert_int_eq(symlink(outside, planted), 0);
	if (_i)
		world_over_ssh();
	send_all(); /* rsync replaces it, or fails; it does not go there */
	ck_assert_int_eq(rmdir(outside), 0);
	if (lstat(planted, &st) == 0 && S_ISLNK(st.st_mode))
		unlink(planted);
	free(outside);
	free(planted);
}
END_TEST

START_TEST(patience_grows_with_what_has_to_be_hashed)
{
	ck_assert_uint_eq(wv__sync_patience(0), 600);
	ck_assert_uint_eq(wv__sync_patience(UINT64_C(1000000000000)), 100600);
	ck_assert_uint_eq(wv__sync_patience(UINT64_MAX), 604800); /* six digits: serve.c takes no more */
}
END_TEST

START_TEST(only_a_take_out_id_names_a_directory)
{
	ck_assert_int_eq(wv__sync_send(ctx, &w.server, "../x", w.fd, w.decl), -EINVAL);
}
END_TEST

START_TEST(sending_survives_every_failure)
{
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = send_all();
		if (!fault_fired() && r != -EBUSY)
			break;
		if (r == -EBUSY) { /* what an interrupted rsync left holds the lock a little longer */
			usleep(1000);
			n--;
		}
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_le(r, 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
	assert_sent();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("send");
	TCase *tc = world_case(s, "send");

	tcase_add_test(tc, exactly_what_is_declared_arrives_in_a_directory);
	tcase_add_test(tc, exactly_what_is_declared_arrives_over_ssh);
	tcase_add_test(tc, a_file_of_the_same_size_and_time_is_sent_again);
	tcase_add_test(tc, set_id_bits_do_not_arrive);
	tcase_add_test(tc, a_declared_file_that_is_gone_is_an_error);
	tcase_add_test(tc, a_link_in_the_source_is_not_sent);
	tcase_add_loop_test(tc, a_signed_copy_is_never_written_over, 0, 2);
	tcase_add_test(tc, a_second_sender_is_turned_away);
	tcase_add_loop_test(tc, a_full_server_is_said_to_be_full, 0, 2);
	tcase_add_test(tc, another_host_key_is_refused);
	tcase_add_test(tc, another_client_key_is_refused);
	tcase_add_test(tc, a_connection_cut_in_mid_transfer_is_an_error_and_can_be_gone_on_with);
	tcase_add_loop_test(tc, a_link_planted_on_the_server_is_not_followed, 0, 2);
	tcase_add_test(tc, patience_grows_with_what_has_to_be_hashed);
	tcase_add_test(tc, only_a_take_out_id_names_a_directory);
	tcase_add_test(tc, sending_survives_every_failure);
	return s;
}

int main(int argc, char **argv)
{
	char *some = argc == 4 ? some_only(argv[2]) : NULL;

	if (some && access(some, F_OK) == 0)
		let_in_some();
	free(some);
	return world_main(argc, argv, suite);
}
