/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_init.c - a new station: whole, or none
 */
#include <fcntl.h>
#include <sys/file.h>

#include "flow_world.h"

static void no_station(void)
{
	station_close();
	must("rm -rf '%s/station'", w.work);
}

static void is_whole_or_none(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	/* one that is whole may have failed all the same, at the very end */
	if (r < 0 && access(w.conf, F_OK) < 0) {
		ck_assert_msg(access(w.station, F_OK) < 0, "fault %d: something is left", n);
		ck_done(do_init(&again));
	}
	station_open();
	ck_assert_str_eq(state_now(), "none");
	station_close();
}

START_TEST(init_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_init, .before = no_station,
							  .after = is_whole_or_none, .grow = 8 }),
			 200);
}
END_TEST

START_TEST(a_station_is_not_made_twice)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("new");
	ck_assert_int_eq(do_init(&result), -EEXIST);
	ck_error_has("this is a station");
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(an_approver_without_a_key_is_refused)
{
	static const char *const bad[] = { "tanaka", "=x.pub", "tanaka=", NULL };
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;
	cleanup_free char *dir = below(w.work, "other");
	cleanup_doc struct wv_doc *result = NULL;

	opts.dir = dir;
	opts.lab = 1;
	for (size_t i = 0; bad[i]; i++) {
		const char *const approvers[] = { bad[i], NULL };

		opts.approvers = approvers;
		ck_assert_int_eq(wv_station_init(ctx, &opts, &result), -EINVAL);
		ck_error_has("ID=FILE.pub");
		ck_assert_int_lt(access(dir, F_OK), 0); /* nothing is left of it */
	}
}
END_TEST

START_TEST(what_was_there_before_a_failed_init_is_left_alone)
{
	static const char *const approvers[] = { "tanaka", NULL };
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;
	cleanup_free char *dir = below(w.work, "mine");
	cleanup_doc struct wv_doc *result = NULL;

	must("mkdir '%s' && echo kept >'%s/file'", dir, dir);
	opts.dir = dir;
	opts.approvers = approvers;
	ck_assert_int_eq(wv_station_init(ctx, &opts, &result), -EINVAL);
	must("grep -q kept '%s/file' && ! test -e '%s/state' && rm -r '%s'", dir, dir, dir);
}
END_TEST

START_TEST(what_another_init_makes_is_left_alone)
{
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;
	cleanup_free char *dir = below(w.work, "theirs");
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_close int held = -1;

	must("mkdir '%s'", dir);
	held = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(flock(held, LOCK_EX), 0);
	opts.dir = dir;
	ck_assert_int_eq(wv_station_init(ctx, &opts, &result), -EBUSY);
	ck_error_has("another workvol is making a station in ");
	ck_error_has(dir);
	must("rmdir '%s'", dir); /* it is there, and empty */
}
END_TEST

FLOW_MAIN("init", world_make, init_survives_every_failure, a_station_is_not_made_twice,
	  an_approver_without_a_key_is_refused, what_was_there_before_a_failed_init_is_left_alone,
	  what_another_init_makes_is_left_alone)
