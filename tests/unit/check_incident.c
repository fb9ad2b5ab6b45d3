/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_incident.c - the clock of an incident
 */
#include "flow_world.h"

static void out(void)
{
	stage("out");
}

static int act(const char *action, struct wv_doc **ret)
{
	return wv_flow_incident(w.st, action, w.volume, "left on a train", ret);
}

static int open_it(struct wv_doc **ret)
{
	return act("open", ret);
}

static int list_it(struct wv_doc **ret)
{
	return wv_flow_incident(w.st, "list", NULL, NULL, ret);
}

/* What was not done to its end is done by asking again; an open incident is a volume that is lost. */
static void is_lost_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *list = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	ck_assert_msg(r < 0 || strcmp(state_now(), "lost") == 0, "fault %d: opened, and %s", n, state_now());
	if (strcmp(state_now(), "lost") != 0)
		ck_done(open_it(&again));
	ck_done(wv_flow_incident(w.st, "list", NULL, NULL, &list));
	ck_assert_uint_eq(wv_doc_count(list), 1);
	ck_assert_str_eq(state_now(), "lost");
}

START_TEST(an_incident_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = open_it, .before = out,
							  .after = is_lost_or_can_be, .grow = 12 }),
			 100);
}
END_TEST

static int close_it(struct wv_doc **ret)
{
	return act("close", ret);
}

static void notified(void)
{
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *told = NULL;

	out();
	ck_done(open_it(&opened));
	ck_done(act("notify", &told));
}

static void is_found_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	ck_assert_msg(r < 0 || strcmp(state_now(), "out") == 0, "fault %d: closed, and %s", n, state_now());
	if (strcmp(state_now(), "out") != 0)
		ck_done(close_it(&again));
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(its_closing_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = close_it, .before = notified,
							  .after = is_found_or_can_be, .grow = 12 }),
			 100);
}
END_TEST

START_TEST(the_list_survives_every_failure)
{
	cleanup_doc struct wv_doc *opened = NULL;

	out();
	ck_done(open_it(&opened));
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = list_it }), 10);
}
END_TEST

START_TEST(it_runs_from_open_over_notified_to_closed)
{
	static const struct {
		const char *action;
		int r;
		const char *state, *takeout;
	} steps[] = {
		{ "notify", -ENOENT, NULL, "out" },
		{ "close", -ENOENT, NULL, "out" },
		{ "open", 0, "open", "lost" },
		{ "open", -EBUSY, NULL, "lost" },
		{ "close", -EPERM, NULL, "lost" }, /* the client was not told yet */
		{ "notify", 0, "notified", "lost" },
		{ "close", 0, "closed", "out" },
		{ "close", -ENOENT, NULL, "out" },
		{ "open", 0, "open", "lost" },
	};

	out();
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		cleanup_doc struct wv_doc *doc = NULL;

		ck_assert_msg(act(steps[i].action, &doc) == steps[i].r, "step %zu: %s", i,
			      wv_ctx_error(ctx));
		if (steps[i].state)
			ck_assert_str_eq(wv_doc_str(doc, "state"), steps[i].state);
		ck_assert_str_eq(state_now(), steps[i].takeout);
	}
}
END_TEST

FLOW_MAIN("incident", make_out, an_incident_survives_every_failure,
	  its_closing_survives_every_failure, the_list_survives_every_failure,
	  it_runs_from_open_over_notified_to_closed)
