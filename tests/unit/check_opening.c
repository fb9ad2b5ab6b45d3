/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_opening.c - open and close
 */
#include "flow_world.h"

static bool opened;

static void out(void)
{
	stage("out");
	opened = false;
}

static int open_and_close(struct wv_doc **ret)
{
	const struct wv_open_opts opts = open_opts();
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	opened = false;
	r = wv_flow_open(w.st, w.volume, &opts, &doc);
	if (r < 0)
		return r;
	opened = true;
	return wv_flow_close(w.st, w.volume, ret);
}

/* What did not open left nothing; what did not close can be closed. */
static void is_closed_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *closed = NULL;

	if (r < 0 && !opened && mounts_now() <= mounts_before)
		assert_nothing_left(n);
	if (r < 0)
		ck_done(wv_flow_close(w.st, w.volume, &closed));
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(open_and_close_survive_every_failure)
{
	out();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = open_and_close, .leaves = true,
							  .after = is_closed_or_can_be, .grow = 12 }),
			 300);
}
END_TEST

FLOW_MAIN("opening", make_out, open_and_close_survive_every_failure)
