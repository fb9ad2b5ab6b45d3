/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_giving_up.c - a volume is given up, with each call of it failing: what is left
 * can always go on
 */
#include "flow_world.h"

#define CONSENT "U-1,survey,2099-12-31"

static int do_lose(struct wv_doc **ret)
{
	struct wv_incident_opts opts = WV_INCIDENT_OPTS_INIT;

	opts.volume = w.volume;
	opts.text = "the passphrase is forgotten";
	return wv_flow_incident(w.st, "open", &opts, ret);
}

static struct wv_return_opts give_up_opts(void)
{
	struct wv_return_opts opts = WV_RETURN_OPTS_INIT;

	opts.approve_with = w.approver;
	opts.unrecoverable = CONSENT;
	return opts;
}

static int do_give_up(struct wv_doc **ret)
{
	const struct wv_return_opts opts = give_up_opts();

	return wv_flow_return(w.st, w.volume, &opts, ret);
}

static void make(void)
{
	make_out();
	station_open();
	stage_after(do_lose, "lost");
}

static void begin(void)
{
	step_begin("lost");
	step_of.opts = give_up_opts();
}

static int do_step(struct wv_doc **ret)
{
	(void)ret;
	return step_run(wv__return_give_up);
}

static void can_go_on(int n, int r)
{
	cleanup_doc struct wv_doc *result = NULL;
	const char *state = state_now();

	if (r == 0)
		ck_assert_str_eq(state, "keys-destroyed");
	else
		ck_assert_msg(strcmp(state, "lost") == 0 || strcmp(state, "destroying-keys") == 0 ||
			      strcmp(state, "keys-destroyed") == 0, "fault %d: %s", n, state);
	if (n % 3) /* it takes its time */
		return;
	step_end();
	ck_done(do_give_up(&result));
	ck_assert_str_eq(state_now(), "closed");
}

START_TEST(it_can_go_on_after_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_step, .before = begin,
							  .after = can_go_on, .grow = 4 }),
			 300);
	step_end();
}
END_TEST

START_TEST(a_caller_of_before_gives_nothing_up)
{
	struct wv_return_opts opts = give_up_opts();
	cleanup_doc struct wv_doc *result = NULL;

	stage("lost");
	opts.struct_size = offsetof(struct wv_return_opts, unrecoverable);
	ck_assert_int_eq(wv_flow_return(w.st, w.volume, &opts, &result), -EPERM);
	ck_error_has("recorded as lost");
	ck_assert_str_eq(state_now(), "lost");
}
END_TEST

/* What the approver signed is altered between his yes and the destruction. */
START_TEST(what_was_consented_to_is_proven_again)
{
	begin();
	step_of.opts.flags = WV_RETURN_REQUEST_ONLY;
	ck_assert_int_eq(step_run(wv__return_give_up), -EAGAIN);
	step_of.opts.flags = 0;
	ck_done(wv__takeout_step(step_of.h.s.t, WV__STEP_UNRECOVERABLE,
				 step_of.h.s.t->body[WV__STEP_UNRECOVERABLE_REQUESTED]));
	ck_assert_int_eq(step_run(wv__return_give_up), -EBADMSG); /* nobody signed it */
	ck_error_has("its signature is gone");
	ck_assert_str_eq(state_now(), "lost");
	step_end();
}
END_TEST

START_TEST(a_consent_that_expired_meanwhile_destroys_nothing)
{
	struct wv__takeout *t;
	struct wv_doc *asked;
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_free char *path = NULL;

	begin();
	t = step_of.h.s.t;
	step_of.opts.flags = WV_RETURN_REQUEST_ONLY;
	ck_assert_int_eq(step_run(wv__return_give_up), -EAGAIN);
	asked = t->body[WV__STEP_UNRECOVERABLE_REQUESTED];
	path = wv__paper_path(t, wv_doc_str(asked, "paper"));
	ck_done(wv_flow_approve(w.st, path, w.approver, &result));
	ck_done(wv__doc_set(ctx, asked, M_STR("expiry", "2026-01-01T00:00:00Z")));
	ck_done(wv__takeout_step(t, WV__STEP_UNRECOVERABLE, asked));
	ck_assert_int_eq(step_run(wv__return_destroy), -EAGAIN);
	ck_error_has("expired before it was used");
	ck_assert_str_eq(state_now(), "lost");
	step_end();
}
END_TEST

FLOW_MAIN("giving_up", make, it_can_go_on_after_every_failure, a_caller_of_before_gives_nothing_up,
	  what_was_consented_to_is_proven_again, a_consent_that_expired_meanwhile_destroys_nothing)
