/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_look.c - check
 */
#include "flow_world.h"

static int do_check(struct wv_doc **ret)
{
	const struct wv_open_opts opts = open_opts();
	struct wv_doc *found = NULL;
	const int r = wv_flow_check(w.st, w.volume, &opts, &found);

	if (r != -EBADMSG || !found) {
		*ret = found;
		return r;
	}
	/* a file that could not be read is a finding, and those come with the failure */
	ck_assert_uint_gt(wv_doc_count(wv_doc_get(found, "findings")), 0);
	wv_doc_free(found);
	return r;
}

static void changed_nothing(int n, int r)
{
	(void)n;
	(void)r;
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(check_survives_every_failure)
{
	stage("out");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_check, .after = changed_nothing,
							  .grow = 10 }),
			 300);
}
END_TEST

FLOW_MAIN("look", make_out, check_survives_every_failure)
