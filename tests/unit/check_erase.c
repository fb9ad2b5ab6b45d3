/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_erase.c - the last comparison and the keys, with each call of it failing
 */
#include "flow_world.h"

static void make(void)
{
	make_until(WV__RETURN_APPROVED);
}

static void begin(void)
{
	step_begin("return-approved");
}

static int do_step(struct wv_doc **ret)
{
	(void)ret;
	return step_run(wv__return_destroy);
}

static void can_go_on(int n, int r)
{
	if (r == 0)
		ck_assert_str_eq(state_now(), "keys-destroyed");
	if (n % 3 == 0) /* it takes its time */
		return_goes_on();
}

START_TEST(the_keys_survive_every_failure_or_are_gone)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_step, .before = begin,
							  .after = can_go_on, .grow = 4 }),
			 400);
	step_end();
}
END_TEST

START_TEST(an_approval_that_expired_before_it_was_used_is_asked_for_anew)
{
	struct wv_doc *requested;

	begin();
	requested = step_of.h.s.t->body[WV__STEP_RETURN_REQUESTED];
	ck_done(wv__doc_set(ctx, requested, M_STR("expiry", "2026-01-01T00:00:00Z")));
	ck_done(step_run(wv__return_destroy));
	ck_assert_str_eq(state_now(), "out");
	return_goes_on(); /* the volume is whole, and there is an approver */
}
END_TEST

FLOW_MAIN("erase", make, the_keys_survive_every_failure_or_are_gone,
	  an_approval_that_expired_before_it_was_used_is_asked_for_anew)
