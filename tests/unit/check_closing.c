/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_closing.c - closed is closed: written back, unmounted, nothing left; and
 * what is in use stays open
 */
#include "flow_world.h"

static void do_open(void)
{
	const struct wv_open_opts opts = open_opts();
	cleanup_doc struct wv_doc *result = NULL;

	ck_done(wv_flow_open(w.st, w.volume, &opts, &result));
}

static int do_close(struct wv_doc **ret)
{
	return wv_flow_close(w.st, w.volume, ret);
}

static bool is_open(void)
{
	return lines_with("/proc/self/mounts", w.mnt);
}

START_TEST(what_is_not_open_is_closed_already)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("out");
	ck_done(do_close(&result));
	ck_assert(!wv_doc_bool(result, "was_open"));
	ck_assert_str_eq(wv_doc_str(result, "state"), "out");
}
END_TEST

START_TEST(what_was_written_is_there_when_it_opens_again)
{
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	stage("out");
	remember();
	do_open();
	must("echo kept >'%s/late'", w.mnt);
	ck_done(do_close(&result));
	ck_assert(wv_doc_bool(result, "was_open"));
	ck_assert(!is_open());
	assert_nothing_left(0);
	do_open();
	must("grep -q kept '%s/late'", w.mnt);
	ck_done(do_close(&again));
}
END_TEST

START_TEST(what_is_in_use_stays_open_and_closes_afterwards)
{
	cleanup_doc struct wv_doc *result = NULL;
	int user;

	stage("out");
	remember();
	do_open();
	user = open(w.mnt, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(user, 0);
	ck_assert_int_eq(do_close(&result), -EBUSY);
	ck_assert_ptr_null(result);
	ck_assert(is_open());
	must("cmp '%s/a' '%s/a'", w.mnt, w.source);
	close(user);
	ck_done(do_close(&result));
	assert_nothing_left(0);
}
END_TEST

START_TEST(a_directory_of_our_own_goes_with_the_volume)
{
	struct wv_open_opts opts;
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *result = NULL;

	stage("out");
	opts = open_opts();
	opts.dir = NULL;
	ck_done(wv_flow_open(w.st, w.volume, &opts, &opened));
	ck_assert_int_eq(access(wv_doc_str(opened, "dir"), F_OK), 0);
	ck_done(do_close(&result));
	ck_assert_int_lt(access(wv_doc_str(opened, "dir"), F_OK), 0);
}
END_TEST

static int processes_closed, mounts_closed; /* with nothing open */

static void opened(void)
{
	if (!is_open())
		do_open();
}

static void closes_again(int n, int r)
{
	cleanup_doc struct wv_doc *result = NULL;

	if (r < 0)
		ck_done(do_close(&result));
	ck_assert_msg(!is_open(), "fault %d", n);
	processes_before = processes_closed;
	mounts_before = mounts_closed;
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(closing_survives_every_failure)
{
	stage("out");
	processes_closed = own_processes();
	mounts_closed = mounts_now();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_close, .before = opened, .leaves = true,
							  .after = closes_again, .grow = 2 }), 80);
}
END_TEST

FLOW_MAIN("closing", make_out, what_is_not_open_is_closed_already,
	  what_was_written_is_there_when_it_opens_again, what_is_in_use_stays_open_and_closes_afterwards,
	  a_directory_of_our_own_goes_with_the_volume, closing_survives_every_failure)
