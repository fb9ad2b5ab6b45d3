/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_register.c - an entry of a register is whole or not there, whatever fails
 */
#include "flow_world.h"

static const char *const fields[] = { "place=Tokyo", "notified=2026-11-01", NULL };

static int ask(const char *action, const char *reg, const char *name, const char *text, struct wv_doc **ret)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;

	opts.reg = reg;
	opts.name = name;
	opts.text = text;
	opts.fields = strcmp(action, "enter") == 0 ? fields : NULL;
	return wv_flow_register(w.st, action, &opts, ret);
}

static void fresh(void)
{
	stage("out");
}

static int enter_it(struct wv_doc **ret)
{
	return ask("enter", "storage", "office", NULL, ret);
}

/* How many of the register are current. */
static size_t current(void)
{
	cleanup_doc struct wv_doc *rows = NULL;

	ck_done(ask("list", "storage", NULL, NULL, &rows));
	return wv_doc_count(rows);
}

static void is_entered_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	ck_assert_msg(r < 0 || current() == 1, "fault %d: done, and %zu are current", n, current());
	ck_done(enter_it(&again)); /* what was entered after all is superseded */
	ck_assert_uint_eq(current(), 1);
	ck_assert_str_eq(wv_doc_str(wv_doc_get(again, "fields"), "place"), "Tokyo");
}

START_TEST(an_entry_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = enter_it, .before = fresh,
							  .after = is_entered_or_can_be }),
			 20);
}
END_TEST

static void entered(void)
{
	cleanup_doc struct wv_doc *entry = NULL;

	fresh();
	ck_done(enter_it(&entry));
}

static int end_it(struct wv_doc **ret)
{
	return ask("end", "storage", "office", "moved out", ret);
}

static void is_ended_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	ck_assert_msg(r < 0 || current() == 0, "fault %d: ended, and %zu are current", n, current());
	if (current())
		ck_done(end_it(&again));
	ck_assert_uint_eq(current(), 0);
}

START_TEST(its_end_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = end_it, .before = entered,
							  .after = is_ended_or_can_be }),
			 20);
}
END_TEST

static int list_it(struct wv_doc **ret)
{
	return ask("list", NULL, NULL, NULL, ret);
}

START_TEST(a_list_survives_every_failure)
{
	entered();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = list_it }), 10);
}
END_TEST

START_TEST(another_action_is_refused)
{
	cleanup_doc struct wv_doc *none = NULL;

	fresh();
	ck_assert_int_eq(wv_flow_register(w.st, "edit", NULL, &none), -EINVAL);
	ck_assert_int_eq(wv_flow_register(w.st, "enter", NULL, &none), -EINVAL);
	ck_assert_ptr_null(none);
}
END_TEST

FLOW_MAIN("register", make_out, an_entry_survives_every_failure, its_end_survives_every_failure,
	  a_list_survives_every_failure, another_action_is_refused)
