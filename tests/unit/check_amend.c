/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_amend.c - amend
 */
#include "flow_world.h"

/* A stage "changed": out, and a file on it that nobody declared. */
static void make_changed(void)
{
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *closed = NULL;
	struct wv_open_opts opts;

	make_out();
	opts = open_opts();
	station_open();
	ck_done(wv_flow_open(w.st, w.volume, &opts, &opened));
	must("echo late >'%s/late'", w.mnt);
	ck_done(wv_flow_close(w.st, w.volume, &closed));
	stage_keep("changed");
}

static void changed(void)
{
	stage("changed");
}

static int do_amend(struct wv_doc **ret)
{
	static const char *const paths[] = { "late", NULL };
	const struct wv_open_opts open = open_opts();
	struct wv_amend_opts opts = WV_AMEND_OPTS_INIT;

	opts.paths = paths;
	opts.purpose = "found in the field";
	opts.sign_with = w.holder;
	opts.open = &open;
	return wv_flow_amend(w.st, w.volume, &opts, ret);
}

/* Declared or not: the check that follows says which. */
static void is_declared_or_can_be(int n, int r)
{
	const struct wv_open_opts opts = open_opts();
	cleanup_doc struct wv_doc *found = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	if (n % 3)
		return; /* it takes its time */
	if (wv_flow_check(w.st, w.volume, &opts, &found) == 0)
		return;
	ck_assert_int_lt(r, 0);
	ck_done(do_amend(&again));
}

START_TEST(amend_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_amend, .before = changed,
							  .after = is_declared_or_can_be, .grow = 4 }),
			 500);
}
END_TEST

FLOW_MAIN("amend", make_changed, amend_survives_every_failure)
