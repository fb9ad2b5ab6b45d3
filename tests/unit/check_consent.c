/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_consent.c - who may say yes to what, and what is signed by that
 */
#include "../../lib/flow/takeout/consent.h"
#include "../../lib/flow/takeout/request.h"
#include "../../lib/trust/namespaces.h"
#include "flow_world.h"

static char *request; /* of the stage "waiting" */

static int ask(const char *holder_key, const char *approve_with)
{
	cleanup_free char *holder = wv__printf("suzuki=%s.pub", holder_key);
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_prepare_opts opts = prepare_opts();

	opts.holder = holder;
	opts.approve_with = approve_with;
	return wv_flow_prepare(w.st, w.volume, &opts, &result);
}

static int keep_id(void *data, struct wv__takeout *t)
{
	memcpy(data, t->id, sizeof(t->id));
	return 0;
}

/* The take-out that was declared last. */
static struct wv__takeout *newest(void)
{
	struct wv__takeout *t;
	char id[37] = "";

	ck_done(wv__takeout_each(w.st, keep_id, id));
	ck_done(wv__takeout_load(w.st, id, &t));
	return t;
}

static void make(void)
{
	cleanup_takeout struct wv__takeout *t = NULL;

	make_out();
	stage("new");
	ck_assert_int_eq(ask(w.holder, NULL), -EAGAIN);
	ck_error_has("workvol approve");
	t = newest();
	request = wv__paper_path(t, WV__REQUEST);
	stage_keep("waiting");
}

static bool is_signed(void)
{
	cleanup_free char *sig = wv__printf("%s.sig", request);

	return access(sig, F_OK) == 0;
}

static int approve(const char *key)
{
	cleanup_doc struct wv_doc *result = NULL;

	return wv_flow_approve(w.st, request, key, &result);
}

static int state(char **ret)
{
	cleanup_takeout struct wv__takeout *t = newest();
	cleanup_roster struct wv__roster *roster = NULL;

	ck_done(wv__station_roster(w.st, &roster));
	return wv__approval_state(t, WV__REQUEST, WV_NS_TAKEOUT,
				  wv__takeout_str(t, WV__STEP_DECLARED, "request"), roster, NULL, ret);
}

START_TEST(an_approver_says_yes_and_is_named)
{
	cleanup_free char *who = NULL;

	stage("waiting");
	ck_assert_int_eq(state(&who), -EAGAIN);
	ck_done(approve(w.approver));
	ck_done(state(&who));
	ck_assert_str_eq(who, "tanaka");
}
END_TEST

START_TEST(who_is_no_approver_signs_nothing)
{
	stage("waiting");
	ck_assert_int_eq(approve(w.holder), -EPERM);
	ck_error_has("no approver");
	ck_assert(!is_signed());
	ck_assert_int_eq(approve(NULL), -EINVAL);
}
END_TEST

/* Also an approver: the key, or the person under whatever name, is the holder's. */
START_TEST(a_holder_who_is_an_approver_signs_nothing_and_another_still_can)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_free char *who = NULL;

	stage("new");
	must("sed -n \"s|^\\\"*tanaka|sato|p\" '%s' | head -n 1 | sed \"s|ssh-ed25519 .*|$(cut -d' ' -f1,2 '%s.pub')|\" >>'%s'",
	     w.st->policy->roster, w.holder, w.st->policy->roster);
	ck_assert_int_eq(ask(w.holder, w.holder), -EPERM);
	ck_error_has("who is its holder");
	t = newest();
	free(request);
	request = wv__paper_path(t, WV__REQUEST);
	ck_assert(!is_signed());
	ck_assert_int_eq(approve(w.holder), -EPERM);
	ck_assert(!is_signed());
	ck_done(approve(w.approver));
	ck_done(state(&who));
	w.st->policy->self_approval = true;
	ck_done(approve(w.holder));
}
END_TEST

START_TEST(an_expired_request_is_neither_signed_nor_approved)
{
	char *who = NULL;

	stage("new");
	w.st->policy->approval_hours = UINT64_MAX; /* an hour ago */
	ck_assert_int_eq(ask(w.holder, w.approver), -EKEYEXPIRED);
	ck_assert_int_eq(state(&who), -EAGAIN);
	ck_assert_ptr_null(who);
}
END_TEST

START_TEST(a_changed_request_is_not_the_one_that_was_issued)
{
	char *who = NULL;

	stage("waiting");
	must("sed -i s/C-1/C-2/ '%s'", request);
	ck_done(approve(w.approver)); /* what a person signs is a person's */
	ck_assert_int_eq(state(&who), -EBADMSG);
	ck_assert_ptr_null(who);
}
END_TEST

START_TEST(what_was_approved_stays_approved_until_its_signature_is_gone)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_roster struct wv__roster *roster = NULL;
	const char *digest;

	stage("prepared");
	t = newest();
	digest = wv__takeout_str(t, WV__STEP_DECLARED, "request");
	ck_done(wv__station_roster(w.st, &roster));
	ck_done(wv__approval_again(t, WV__REQUEST, WV_NS_TAKEOUT, digest, roster));
	ck_assert_int_eq(wv__approval_again(t, NULL, WV_NS_TAKEOUT, digest, roster), -EBADMSG);
	ck_assert_int_eq(wv__approval_again(t, WV__REQUEST, WV_NS_RETURN, digest, roster), -EKEYREJECTED);
	must("rm '%s'/state/takeouts/*/takeout-request.json.sig", w.station);
	ck_assert_int_eq(wv__approval_again(t, WV__REQUEST, WV_NS_TAKEOUT, digest, roster), -EBADMSG);
}
END_TEST

static void unsigned_(void)
{
	must("rm -f '%s.sig'", request);
}

static int do_approve(struct wv_doc **ret)
{
	return wv_flow_approve(w.st, request, w.approver, ret);
}

static void is_approved_or_not(int n, int r)
{
	cleanup_free char *who = NULL;

	ck_assert_msg(r < 0 || state(&who) == 0, "fault %d", n);
}

START_TEST(approving_survives_every_failure)
{
	stage("waiting");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_approve, .before = unsigned_,
							  .after = is_approved_or_not, .grow = 12 }), 50);
}
END_TEST

FLOW_MAIN("consent", make, an_approver_says_yes_and_is_named, who_is_no_approver_signs_nothing,
	  a_holder_who_is_an_approver_signs_nothing_and_another_still_can,
	  an_expired_request_is_neither_signed_nor_approved,
	  a_changed_request_is_not_the_one_that_was_issued,
	  what_was_approved_stays_approved_until_its_signature_is_gone, approving_survives_every_failure)
