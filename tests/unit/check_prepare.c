/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_prepare.c - prepare, with each call that it makes failing
 */
#include "flow_world.h"

static void new_station(void)
{
	stage("new");
}

/* A container that has its name is whole, and known; else nothing is there, and it can be done again. */
static void leaves_nothing_half(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	/* only the answer may have failed: then it is prepared */
	if (r < 0 && strcmp(state_now(), "prepared") != 0) {
		ck_assert_msg(access(w.volume, F_OK) < 0, "fault %d: %s is left", n, w.volume);
		ck_assert_msg(files_below(w.work) == 2, "fault %d: something is left beside the container", n);
		if (n % 3)
			return; /* it takes its time */
		ck_done(do_prepare(&again));
	}
	ck_assert_str_eq(state_now(), "prepared");
}

START_TEST(prepare_survives_every_failure)
{
	const int n = fault_loop(&(struct fault_loop){ .op = do_prepare, .before = new_station,
						       .after = leaves_nothing_half, .grow = 3 });

	ck_assert_int_ge(n, 1000);
}
END_TEST

FLOW_MAIN("prepare", world_make, prepare_survives_every_failure)
