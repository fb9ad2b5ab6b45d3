/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_certify.c - the certificate of a return, with each call of it failing
 */
#include "flow_world.h"

static void make(void)
{
	make_until(WV__WIPED);
}

static void begin(void)
{
	step_begin("wiped");
}

static int do_step(struct wv_doc **ret)
{
	(void)ret;
	return step_run(wv__return_certify);
}

static void can_go_on(int n, int r)
{
	if (r == 0)
		ck_assert_str_eq(state_now(), "certified");
	if (n % 3 == 0) /* it takes its time */
		return_goes_on();
}

START_TEST(the_certificate_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_step, .before = begin,
							  .after = can_go_on, .grow = 10 }),
			 100);
	step_end();
}
END_TEST

FLOW_MAIN("certify", make, the_certificate_survives_every_failure)
