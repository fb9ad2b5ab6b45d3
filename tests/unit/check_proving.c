/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_proving.c - the steps of a return that harm nothing: what stops them, and
 * what is put before the approver
 */
#include "../../lib/flow/takeout/amendment.h"
#include "flow_world.h"

/* A stage: "out", with that done on the volume. */
static void make_worked(const char *name, const char *work)
{
	struct wv_open_opts opts;
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *closed = NULL;

	stage("out");
	opts = open_opts();
	ck_done(wv_flow_open(w.st, w.volume, &opts, &opened));
	must("cd '%s' && %s", w.mnt, work);
	ck_done(wv_flow_close(w.st, w.volume, &closed));
	stage_keep(name);
}

static void make(void)
{
	make_until(WV__SYNCED);
	make_worked("foreign", "echo x >diary");
	make_worked("output", "mkdir results && echo 42 >results/x");
}

static struct coming c;

static void from(const char *name)
{
	stage(name);
	coming_begin(&c);
}

START_TEST(what_was_not_declared_stops_it_and_says_what_to_do)
{
	from("foreign");
	ck_assert_int_eq(wv__return_check(&c.h), -EBADMSG);
	ck_error_has("diary");
	ck_error_has("workvol check");
	ck_error_has("workvol amend");
	ck_assert_str_eq(state_now(), "out");
	coming_end(&c);
}
END_TEST

START_TEST(what_lies_inside_the_approved_globs_is_declared_by_the_return)
{
	from("output");
	ck_done(wv__return_check(&c.h));
	ck_assert_str_eq(state_now(), "checked");
	ck_assert_uint_eq(wv_doc_count(c.h.s.t->amended), 1);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(c.h.s.t->amended, 0), "origin"), "output");
	ck_assert_ptr_nonnull(wv__declaration_find(c.h.decl, "results/x"));
	ck_assert_uint_eq(wv__takeout_u64(c.h.s.t, WV__STEP_CHECKED, "outputs"), 2);
	ck_done(wv__return_sync(&c.h));
	must("grep -q 42 '%s'/*/data/results/x", w.server);
	coming_end(&c);
}
END_TEST

static const char *request_paper(void)
{
	const char *paper = wv__takeout_str(c.h.s.t, WV__STEP_RETURN_REQUESTED, "paper");

	return paper ? paper : "";
}

START_TEST(an_approval_is_asked_for_once_as_long_as_it_stands)
{
	char first[80];

	from("synced");
	c.opts.approve_with = NULL;
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	ck_error_has("workvol approve");
	snprintf(first, sizeof(first), "%s", request_paper());
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	ck_assert_str_eq(first, request_paper());
	c.opts.verify = "all"; /* more than was asked for */
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	ck_assert_str_ne(first, request_paper());
	ck_assert_str_eq(wv__takeout_str(c.h.s.t, WV__STEP_RETURN_REQUESTED, "verify"), "all");
	c.opts.approve_with = w.approver;
	ck_done(wv__return_approve(&c.h));
	ck_assert_str_eq(wv__takeout_str(c.h.s.t, WV__STEP_RETURN_APPROVED, "approver"), "tanaka");
	coming_end(&c);
}
END_TEST

START_TEST(an_expired_request_is_written_anew)
{
	char first[80];

	from("synced");
	c.opts.approve_with = NULL;
	w.st->policy->approval_hours = UINT64_MAX; /* an hour ago */
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	snprintf(first, sizeof(first), "%s", request_paper());
	w.st->policy->approval_hours = 1;
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	ck_assert_str_ne(first, request_paper());
	coming_end(&c);
}
END_TEST

/* The approver reads the holder's amendments whole; the outputs were approved beforehand. */
START_TEST(amendments_outside_the_globs_are_put_before_the_approver)
{
	static const char json[] = "[{\"action\":\"add\",\"new\":{\"sha256\":\""
		"73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac\",\"size\":2},\"path\":\"diary\"}]";
	cleanup_doc struct wv_doc *changes = NULL;
	cleanup_doc struct wv_doc *request = NULL;

	from("foreign");
	ck_done(wv__doc_parse(ctx, json, strlen(json), "changes", &changes));
	ck_done(wv__amendment_make(c.h.s.t, changes, "diary", "holder", w.holder));
	ck_done(wv__return_check(&c.h));
	ck_done(wv__return_sync(&c.h));
	c.opts.approve_with = NULL;
	ck_assert_int_eq(wv__return_approve(&c.h), -EAGAIN);
	ck_done(wv__paper_load(c.h.s.t, request_paper(),
			       wv__takeout_str(c.h.s.t, WV__STEP_RETURN_REQUESTED, "request"), &request));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(request, "amendments")), 1);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(wv_doc_get(request, "amendments"), 0), "purpose"), "diary");
	ck_assert_str_eq(wv_doc_str(request, "receipt"), wv__takeout_str(c.h.s.t, WV__STEP_SYNCED, "receipt"));
	ck_assert_str_eq(wv_doc_str(request, "method"), "random");
	coming_end(&c);
}
END_TEST

START_TEST(a_weaker_method_than_the_record_s_is_not_asked_for)
{
	from("synced");
	c.opts.method = "zero";
	ck_assert_int_eq(wv__return_approve(&c.h), -EPERM);
	c.opts.method = "none-such";
	ck_assert_int_eq(wv__return_approve(&c.h), -EINVAL);
	ck_assert_str_eq(request_paper(), "");
	ck_assert_str_eq(state_now(), "synced");
	coming_end(&c);
}
END_TEST

static void synced(void)
{
	step_begin("synced");
}

static int do_approve(struct wv_doc **ret)
{
	(void)ret;
	return step_run(wv__return_approve);
}

static void is_approved_or_can_be(int n, int r)
{
	if (r < 0 && strcmp(state_now(), "synced") == 0) {
		step_end();
		coming_begin(&c);
		ck_done(wv__return_approve(&c.h));
		coming_end(&c);
	}
	ck_assert_msg(strcmp(state_now(), "return-approved") == 0, "fault %d", n);
}

START_TEST(approving_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_approve, .before = synced,
							  .after = is_approved_or_can_be, .grow = 8 }), 100);
	step_end();
}
END_TEST

FLOW_MAIN("proving", make, what_was_not_declared_stops_it_and_says_what_to_do,
	  what_lies_inside_the_approved_globs_is_declared_by_the_return,
	  an_approval_is_asked_for_once_as_long_as_it_stands, an_expired_request_is_written_anew,
	  amendments_outside_the_globs_are_put_before_the_approver,
	  a_weaker_method_than_the_record_s_is_not_asked_for, approving_survives_every_failure)
