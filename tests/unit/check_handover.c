/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_handover.c - from prepared to out
 */
#include "flow_world.h"

static void prepared(void)
{
	stage("prepared");
}

/* When only the end could not be recorded, it is out all the same. */
static void is_out_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	(void)n;
	if (r < 0 && strcmp(state_now(), "prepared") == 0)
		ck_done(do_handover(&again));
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(handover_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_handover, .before = prepared,
							  .after = is_out_or_can_be, .grow = 12 }),
			 100);
}
END_TEST

START_TEST(only_the_holder_s_key_signs_for_the_holder)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("prepared");
	ck_assert_int_eq(wv_flow_handover(w.st, w.volume, w.approver, &result), -EKEYREJECTED);
	ck_error_has("is not the key of the holder suzuki");
	ck_assert_int_eq(wv_flow_handover(w.st, w.volume, NULL, &result), -EPERM);
	ck_error_has("--sign-with");
	ck_assert_ptr_null(result);
	ck_assert_str_eq(state_now(), "prepared");
}
END_TEST

START_TEST(what_is_out_is_not_handed_over_again)
{
	cleanup_doc struct wv_doc *result = NULL;

	stage("prepared");
	ck_done(do_handover(&result));
	wv__doc_freep(&result);
	result = NULL;
	ck_assert_int_eq(do_handover(&result), -EPERM);
	ck_assert_ptr_null(result);
}
END_TEST

FLOW_MAIN("handover", make_prepared, handover_survives_every_failure,
	  only_the_holder_s_key_signs_for_the_holder, what_is_out_is_not_handed_over_again)
