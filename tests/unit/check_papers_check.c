/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_papers_check.c - whatever of a take-out's papers is altered, is found
 * before the keys are destroyed
 */
#include "../../lib/flow/takeout/amendment.h"
#include "../../lib/flow/takeout/papers_check.h"
#include "flow_world.h"

static void make(void)
{
	make_until(WV__RETURN_APPROVED);
}

/* The volume is not looked at: an amendment need not fit it. */
static void amend(struct wv__takeout *t)
{
	static const char json[] = "[{\"action\":\"add\",\"new\":{\"size\":0},\"path\":\"notes\"}]";
	cleanup_doc struct wv_doc *changes = NULL;

	ck_done(wv__doc_parse(ctx, json, strlen(json), "changes", &changes));
	ck_done(wv__amendment_make(t, changes, "notes", "holder", w.holder));
}

static bool is_refused(int r)
{
	return r == -EBADMSG || r == -EKEYREJECTED;
}

START_TEST(papers_that_nobody_touched_are_those_that_were_signed)
{
	cleanup(coming_end) struct coming c;

	stage("return-approved");
	coming_begin(&c);
	ck_done(wv__papers_check(c.h.s.t, c.h.record));
}
END_TEST

/* Shell, in the directory of the papers; S signs with the key $K in the namespace $N. */
#define S "f() { rm -f \"$1.sig\"; ssh-keygen -q -Y sign -f \"$K\" -n \"$N\" \"$1\"; }; "

static const char *const alterations[] = {
	"sed -i s/drinking/garden/ handover.json",
	"rm handover.json",
	"rm handover.json.sig",
	"cp takeout-request.json.sig handover.json.sig",
	"sed -i '3s/./x/' handover.json.sig",
	"sed -i 's/\"number\":\"C-1\"/\"number\":\"C-2\"/' takeout-request.json",
	"rm takeout-request.json.sig",
	"cp handover.json.sig takeout-request.json.sig",
	"echo >>takeout-request.json.sig",
	"rm return-request-*.json.sig",
	"cp takeout-request.json.sig return-request-*.json.sig",
	"sed -i s/random/zero/ return-request-*.json",
	"rm return-request-*.json",
	/* signed anew, by whoever may sign it: the ledger knows another */
	S "K=$HOLDER N=workvol-holder; sed -i s/drinking/garden/ handover.json; f handover.json",
	S "K=$APPROVER N=workvol-takeout; sed -i s/C-1/C-2/ takeout-request.json; f takeout-request.json",
	S "K=$APPROVER N=workvol-return; sed -i s/random/zero/ return-request-*.json; f return-request-*.json",
	/* by somebody else */
	S "K=$APPROVER N=workvol-holder; f handover.json",
	S "K=$STATION N=workvol-holder; f handover.json",
	S "K=$HOLDER N=workvol-takeout; f takeout-request.json",
	S "K=$HOLDER N=workvol-return; f return-request-*.json",
};

START_TEST(what_is_altered_stops_the_return_and_the_volume_is_whole)
{
	cleanup(coming_end) struct coming c;
	cleanup_free char *dir = NULL;
	struct wv_open_opts open;
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *closed = NULL;

	stage("return-approved");
	coming_begin(&c);
	dir = wv__paper_path(c.h.s.t, "");
	must("cd '%s' && HOLDER='%s' APPROVER='%s' STATION='%s' && %s", dir, w.holder, w.approver,
	     w.st->policy->station_key, alterations[_i]);
	ck_assert_msg(is_refused(wv__papers_check(c.h.s.t, c.h.record)), "%s", alterations[_i]);
	if (_i % 4)
		return; /* the rest takes its time */
	coming_end(&c);
	c = (struct coming){ .h.session = WV_SESSION_INIT };
	ck_assert_msg(is_refused(do_return(&result)), "%s: %s", alterations[_i], wv_ctx_error(ctx));
	ck_assert_str_eq(state_now(), "return-approved");
	open = open_opts();
	ck_done(wv_flow_open(w.st, w.volume, &open, &opened));
	must("cmp '%s'/a '%s'/a", w.mnt, w.source);
	ck_done(wv_flow_close(w.st, w.volume, &closed));
}
END_TEST

static const char *const amendment_alterations[] = {
	"sed -i s/notes/votes/ amendment-1.json",
	"rm amendment-1.json.sig",
	"cp handover.json.sig amendment-1.json.sig",
	S "K=$STATION N=workvol-holder; f amendment-1.json",
};

START_TEST(so_does_an_altered_amendment)
{
	cleanup(coming_end) struct coming c;
	cleanup_free char *dir = NULL;

	stage("out");
	coming_begin(&c);
	amend(c.h.s.t);
	ck_done(wv__papers_check(c.h.s.t, c.h.record));
	dir = wv__paper_path(c.h.s.t, "");
	must("cd '%s' && STATION='%s' && %s", dir, w.st->policy->station_key, amendment_alterations[_i]);
	ck_assert_msg(is_refused(wv__papers_check(c.h.s.t, c.h.record)), "%s", amendment_alterations[_i]);
}
END_TEST

static struct coming checked;

static int check(struct wv_doc **ret)
{
	(void)ret;
	return wv__papers_check(checked.h.s.t, checked.h.record);
}

START_TEST(checking_survives_every_failure)
{
	stage("return-approved");
	coming_begin(&checked);
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = check, .grow = 20 }), 100);
	coming_end(&checked);
}
END_TEST

int main(void)
{
	const TTest *const once[] = { papers_that_nobody_touched_are_those_that_were_signed,
				      checking_survives_every_failure };
	Suite *suite = flow_suite("papers_check", make, once, ARRAY_SIZE(once));
	TCase *tcase = tcase_create("altered");

	tcase_add_unchecked_fixture(tcase, own_run, NULL);
	tcase_add_loop_test(tcase, what_is_altered_stops_the_return_and_the_volume_is_whole, 0,
			    ARRAY_SIZE(alterations));
	tcase_add_loop_test(tcase, so_does_an_altered_amendment, 0, ARRAY_SIZE(amendment_alterations));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
