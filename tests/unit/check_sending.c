/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sending.c - sync, to a server that is a directory
 */
#include "flow_world.h"

static int do_sync(struct wv_doc **ret)
{
	const struct wv_open_opts opts = open_opts();

	return wv_flow_sync(w.st, w.volume, &opts, ret);
}

static void changed_no_state(int n, int r)
{
	(void)n;
	(void)r;
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(sync_survives_every_failure)
{
	stage("out");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_sync, .after = changed_no_state,
							  .grow = 8 }),
			 500);
}
END_TEST

FLOW_MAIN("sending", make_out, sync_survives_every_failure)
