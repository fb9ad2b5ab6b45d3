/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_rules.c - a take-out returns under the rules that it was approved under,
 * or stricter ones
 */
#include "../../lib/flow/station/rules.h"
#include "flow_world.h"

static struct wv_doc *record;

static void bound(void)
{
	cleanup_doc struct wv_doc *rules = NULL;

	ck_done(wv__rules(w.st, &rules));
	ck_done(wv__doc_build(ctx, &record, M_DOC("rules", rules)));
}

static void refused(const char *setting)
{
	ck_assert_int_eq(wv__rules_hold(w.st, record), -EPERM);
	ck_error_has(setting);
}

START_TEST(the_same_rules_hold)
{
	stage("new");
	bound();
	ck_done(wv__rules_hold(w.st, record));
}
END_TEST

START_TEST(a_looser_rule_is_refused_by_its_name_and_a_stricter_one_holds)
{
	struct wv__policy *policy;

	stage("new");
	policy = w.st->policy;
	policy->holder_signature = WV__HOLDER_REQUIRED;
	bound();
	policy->receipt_minutes++;
	refused("receipt-minutes");
	policy->receipt_minutes -= 2;
	ck_done(wv__rules_hold(w.st, record));
	policy->approval_hours++;
	refused("approval-hours");
	policy->approval_hours -= 2;
	ck_done(wv__rules_hold(w.st, record));
	policy->self_approval = true;
	refused("self-approval");
	policy->self_approval = false;
	policy->search_minutes--;
	refused("search-minutes");
	policy->search_minutes += 2;
	ck_done(wv__rules_hold(w.st, record));
	policy->holder_signature = WV__HOLDER_STATION;
	refused("holder-signature");
}
END_TEST

static void search(const char *dirs)
{
	char *copy = strdup(dirs);

	ck_assert_ptr_nonnull(copy);
	free((char *)w.st->policy->search_dirs);
	w.st->policy->search_dirs = copy;
}

START_TEST(what_was_searched_and_refused_stays_so)
{
	stage("new");
	search("home:/srv/jobs");
	w.st->policy->exposed_host = WV__EXPOSED_REFUSE;
	bound();
	search("/srv/jobs:/tmp:home");
	ck_done(wv__rules_hold(w.st, record));
	search("home:/srv/jobs/a:/srv");
	refused("search-dirs");
	search("home:/srv/jobs");
	w.st->policy->exposed_host = WV__EXPOSED_WARN;
	refused("exposed-host");
}
END_TEST

/* A take-out of before these were rules comes home as it was approved. */
START_TEST(an_older_record_binds_what_it_has)
{
	cleanup_doc struct wv_doc *rules = NULL;

	stage("new");
	ck_done(wv__doc_build(ctx, &rules, M_U64("approval_hours", 8760), M_U64("receipt_minutes", 1440),
			      M_BOOL("holder_signs", false), M_BOOL("self_approval", true)));
	ck_done(wv__doc_build(ctx, &record, M_DOC("rules", rules)));
	ck_done(wv__rules_hold(w.st, record));
}
END_TEST

START_TEST(what_was_loose_may_stay_so_or_become_strict)
{
	stage("new");
	w.st->policy->self_approval = true;
	w.st->policy->holder_signature = WV__HOLDER_STATION;
	bound();
	ck_assert(!wv__rules_holder_signs(record));
	ck_done(wv__rules_hold(w.st, record));
	w.st->policy->self_approval = false;
	w.st->policy->holder_signature = WV__HOLDER_REQUIRED;
	ck_done(wv__rules_hold(w.st, record));
}
END_TEST

START_TEST(the_take_out_record_binds_them)
{
	cleanup(coming_end) struct coming c;

	stage("prepared");
	coming_begin(&c);
	ck_done(wv__record_binds(c.h.s.t, c.h.record));
	ck_assert(wv__rules_holder_signs(c.h.record));
	w.st->policy->receipt_minutes = 1440;
	ck_assert_int_eq(wv__record_binds(c.h.s.t, c.h.record), -EPERM);
}
END_TEST

FLOW_MAIN("rules", make_prepared, the_same_rules_hold,
	  a_looser_rule_is_refused_by_its_name_and_a_stricter_one_holds,
	  what_was_searched_and_refused_stays_so, an_older_record_binds_what_it_has,
	  what_was_loose_may_stay_so_or_become_strict, the_take_out_record_binds_them)
