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

/* What the ledger says of a medium it may say of another one, which came after it to the same place. */
START_TEST(the_medium_of_a_volume_that_is_out_is_not_wiped)
{
	cleanup_doc struct wv_doc *begun = NULL, *prepared = NULL;

	step_begin("keys-destroyed");
	ck_done(wv__doc_build(ctx, &begun, M_U64("inode", 0)));
	ck_done(wv__takeout_step(step_of.h.s.t, WV__STEP_WIPING, begun));
	step_end();
	ck_assert_int_eq(unlink(w.volume), 0);
	ck_done(do_prepare(&prepared));
	must("dd if=/dev/zero of='%s' bs=1M count=16 conv=notrunc && sha256sum '%s' >'%s/sum'", w.volume, w.volume, w.dir);
	coming_begin(&step_of);
	step_of.opts.yes = "volume.img";
	ck_assert_int_eq(step_run(wv__return_wipe), -EPERM);
	ck_error_has("may be the medium of volume");
	must("sha256sum -c '%s/sum'", w.dir);
	step_end();
}
END_TEST

FLOW_MAIN("rewipe", make, the_wipe_survives_every_failure, the_medium_of_a_volume_that_is_out_is_not_wiped)
