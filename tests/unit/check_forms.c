/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_forms.c - a form is handed out whole or not at all, and its making is on record
 */
#include "flow_world.h"

static void entered(void)
{
	struct wv_register_opts opts = WV_REGISTER_OPTS_INIT;
	cleanup_doc struct wv_doc *entry = NULL, *ended = NULL;

	stage("out");
	opts.reg = "storage";
	opts.name = "office";
	opts.fields = (const char *const[]){ "place=Tokyo", NULL };
	opts.text = "moved";
	ck_done(wv_flow_register(w.st, "enter", &opts, &entry));
	ck_done(wv_flow_register(w.st, "end", &opts, &ended));
}

static int change_it(struct wv_doc **ret)
{
	return wv_flow_register_form(w.st, "change", NULL, NULL, ret);
}

static void can_be_made_again(int n, int r)
{
	cleanup_doc struct wv_doc *form = NULL;

	(void)n;
	(void)r;
	ck_done(change_it(&form));
	/* it began and ended without the client having been told: both are told now */
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(form, "rows")), 2);
}

START_TEST(a_form_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = change_it, .before = entered, .after = can_be_made_again }), 20);
}
END_TEST

FLOW_MAIN("forms", make_out, a_form_survives_every_failure)
