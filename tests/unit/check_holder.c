/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_holder.c - whose key signs in the holder's name
 */
#include "../../lib/flow/takeout/holder.h"
#include "../../lib/trust/namespaces.h"
#include "../../lib/trust/sign.h"
#include "flow_world.h"

static struct coming c;

static void prepared(void)
{
	stage("prepared");
	coming_begin(&c);
}

static int signer(const char *sign_with, const char **ret_key)
{
	return wv__holder_signer(c.h.s.t, c.h.record, sign_with, ret_key);
}

START_TEST(the_holder_signs_with_the_key_of_the_record)
{
	const char *key = NULL;

	prepared();
	ck_done(signer(w.holder, &key));
	ck_assert_str_eq(key, w.holder);
	ck_assert_int_eq(signer(w.approver, &key), -EKEYREJECTED);
	ck_error_has("suzuki");
	ck_assert_int_lt(signer(w.key, &key), 0); /* no key of that kind */
	ck_assert_str_eq(key, w.holder);
	coming_end(&c);
}
END_TEST

START_TEST(the_station_signs_only_where_the_policy_lets_it_then_and_now)
{
	cleanup_doc struct wv_doc *loose = NULL;
	const char *key = NULL;

	prepared();
	ck_assert_int_eq(signer(NULL, &key), -EPERM);
	ck_error_has("--sign-with");
	w.st->policy->holder_signature = WV__HOLDER_STATION; /* now, but not when it was approved */
	ck_assert_int_eq(signer(NULL, &key), -EPERM);
	ck_done(wv__doc_build(ctx, &loose, M_DOC("holder", wv_doc_get(c.h.record, "holder"))));
	ck_done(wv__holder_signer(c.h.s.t, loose, NULL, &key));
	ck_assert_str_eq(key, w.st->policy->station_key);
	coming_end(&c);
}
END_TEST

START_TEST(a_guest_is_signed_for_by_the_holder_alone)
{
	cleanup_doc struct wv_doc *loose = NULL;
	cleanup_takeout struct wv__takeout *guest = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	const char *key = NULL;

	prepared();
	ck_done(wv__doc_build(ctx, &loose, M_DOC("holder", wv_doc_get(c.h.record, "holder"))));
	ck_done(wv__takeout_new(w.st, &guest));
	ck_done(wv__doc_build(ctx, &body, M_STR("station", "another")));
	ck_done(wv__takeout_step(guest, WV__STEP_CARRIED, body));
	w.st->policy->holder_signature = WV__HOLDER_STATION;
	ck_assert_int_eq(wv__holder_signer(guest, loose, NULL, &key), -EPERM);
	coming_end(&c);
}
END_TEST

/* Who may have signed a paper: 0 or as wv__verify_file(). */
static int verify(bool station_too, const char *key)
{
	cleanup_roster struct wv__roster *roster = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;

	ck_done(wv__sign(ctx, key, WV_NS_HOLDER, "x", 1, &sig));
	ck_done(wv__holder_roster(ctx, c.h.record, station_too, &roster));
	return wv__verify(ctx, roster, NULL, WV_NS_HOLDER, "x", 1, sig.data, sig.len, 1, NULL);
}

START_TEST(papers_of_the_holder_are_proven_by_the_keys_of_the_record)
{
	prepared();
	ck_done(verify(false, w.holder));
	ck_assert_int_eq(verify(false, w.st->policy->station_key), -EKEYREJECTED);
	ck_done(verify(true, w.st->policy->station_key));
	ck_done(verify(true, w.holder));
	ck_assert_int_eq(verify(true, w.approver), -EKEYREJECTED);
	coming_end(&c);
}
END_TEST

static int both(struct wv_doc **ret)
{
	cleanup_roster struct wv__roster *roster = NULL;
	const char *key;
	int r;

	(void)ret;
	r = signer(w.holder, &key);
	return r < 0 ? r : wv__holder_roster(ctx, c.h.record, true, &roster);
}

START_TEST(asking_survives_every_failure)
{
	prepared();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = both }), 10);
	coming_end(&c);
}
END_TEST

FLOW_MAIN("holder", make_prepared, the_holder_signs_with_the_key_of_the_record,
	  the_station_signs_only_where_the_policy_lets_it_then_and_now,
	  a_guest_is_signed_for_by_the_holder_alone,
	  papers_of_the_holder_are_proven_by_the_keys_of_the_record, asking_survives_every_failure)
