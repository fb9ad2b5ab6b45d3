/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_rewipe.c - the data passes of a return, with each call of it failing
 */
#include "flow_world.h"

static void make(void)
{
	make_until(WV__KEYS_DESTROYED);
}

static void begin(void)
{
	step_begin("keys-destroyed");
}

static int do_step(struct wv_doc **ret)
{
	(void)ret;
	return step_run(wv__return_wipe);
}

static void can_go_on(int n, int r)
{
	if (r == 0)
		ck_assert_str_eq(state_now(), "wiped");
	if (n % 3 == 0) /* it takes its time */
		return_goes_on();
}

START_TEST(the_wipe_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_step, .before = begin,
							  .after = can_go_on, .grow = 4 }),
			 200);
	step_end();
}
END_TEST

FLOW_MAIN("rewipe", make, the_wipe_survives_every_failure)
