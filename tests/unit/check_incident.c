/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_incident.c - the clock of an incident
 */
#include "../../lib/base/clock.h"
#include "flow_world.h"

static void out(void)
{
	stage("out");
}

static struct wv_incident_opts incident_opts(void)
{
	struct wv_incident_opts opts = WV_INCIDENT_OPTS_INIT;

	opts.volume = w.volume;
	opts.text = "left on a train";
	return opts;
}

static int act(const char *action, struct wv_doc **ret)
{
	const struct wv_incident_opts opts = incident_opts();

	return wv_flow_incident(w.st, action, &opts, ret);
}

static int open_it(struct wv_doc **ret)
{
	return act("open", ret);
}

static int list_it(struct wv_doc **ret)
{
	return wv_flow_incident(w.st, "list", NULL, ret);
}

/* What was not done to its end is done by asking again; an open incident is a volume that is lost. */
static void is_lost_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *list = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	ck_assert_msg(r < 0 || strcmp(state_now(), "lost") == 0, "fault %d: opened, and %s", n, state_now());
	if (strcmp(state_now(), "lost") != 0)
		ck_done(open_it(&again));
	ck_done(list_it(&list));
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

START_TEST(the_clock_runs_from_the_first_recognition_which_is_past)
{
	static const struct {
		const char *at;
		int r;
		const char *sentence;
	} bad[] = {
		{ "2099-01-01T00:00:00Z", -EPERM, "lies in the future" },
		{ "2019-01-01T00:00:00Z", -EINVAL, "is before take-out" },
		{ "yesterday", -EINVAL, "yesterday is no time" },
	};
	struct wv_incident_opts opts;
	cleanup_doc struct wv_doc *doc = NULL;
	char recognised[WV_TIME_TEXT], deadline[WV_TIME_TEXT];
	uint64_t now;

	out();
	opts = incident_opts();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		opts.recognised_at = bad[i].at;
		ck_assert_int_eq(wv_flow_incident(w.st, "open", &opts, &doc), bad[i].r);
		ck_error_has(bad[i].sentence);
		ck_assert_str_eq(state_now(), "out");
	}
	now = wv__now();
	wv__time_format(now, recognised);
	wv__time_format(now + 3600, deadline);
	opts.recognised_at = recognised;
	ck_done(wv_flow_incident(w.st, "open", &opts, &doc));
	ck_assert_str_eq(wv_doc_str(doc, "recognised"), recognised);
	ck_assert_str_eq(wv_doc_str(doc, "deadline"), deadline);
}
END_TEST

START_TEST(one_that_was_suspected_is_confirmed_once_and_its_clock_runs_on)
{
	struct wv_incident_opts opts;
	cleanup_doc struct wv_doc *suspected = NULL;
	cleanup_doc struct wv_doc *confirmed = NULL;
	cleanup_doc struct wv_doc *again = NULL;

	out();
	opts = incident_opts();
	opts.flags = WV_INCIDENT_SUSPECTED;
	ck_done(wv_flow_incident(w.st, "open", &opts, &suspected));
	ck_assert_str_eq(wv_doc_str(suspected, "certainty"), "suspected");
	ck_assert_int_eq(wv_flow_incident(w.st, "open", &opts, &again), -EBUSY);
	opts.flags = 0;
	ck_done(wv_flow_incident(w.st, "open", &opts, &confirmed));
	ck_assert_str_eq(wv_doc_str(confirmed, "certainty"), "confirmed");
	ck_assert_str_eq(wv_doc_str(confirmed, "deadline"), wv_doc_str(suspected, "deadline"));
	ck_assert_uint_eq(wv_doc_u64(confirmed, "incident"), wv_doc_u64(suspected, "incident"));
	ck_assert_int_eq(wv_flow_incident(w.st, "open", &opts, &again), -EBUSY);
}
END_TEST

/* Open it with so many minutes to go. */
static void open_with(uint64_t minutes)
{
	cleanup_doc struct wv_doc *opened = NULL;

	out();
	w.st->policy->incident_minutes = minutes;
	ck_done(open_it(&opened));
}

START_TEST(only_the_client_stops_the_clock)
{
	struct wv_incident_opts opts;
	cleanup_doc struct wv_doc *other = NULL;
	cleanup_doc struct wv_doc *early = NULL;
	cleanup_doc struct wv_doc *told = NULL;

	open_with(60);
	opts = incident_opts();
	opts.text = NULL;
	opts.whom = "the police";
	ck_assert_int_eq(wv_flow_incident(w.st, "notify", &opts, &other), -EINVAL);
	opts.how = "telephone";
	opts.flags = WV_INCIDENT_OTHER;
	ck_done(wv_flow_incident(w.st, "notify", &opts, &other));
	ck_assert_str_eq(wv_doc_str(other, "state"), "open");
	opts.flags = WV_INCIDENT_PUBLISHED;
	opts.notified_at = "2019-01-01T00:00:00Z";
	ck_assert_int_eq(wv_flow_incident(w.st, "notify", &opts, &early), -EINVAL);
	ck_error_has("before the incident was recognised");
	opts.notified_at = NULL;
	ck_done(wv_flow_incident(w.st, "notify", &opts, &told));
	ck_assert_str_eq(wv_doc_str(told, "state"), "notified");
	ck_assert_int_eq(wv_doc_bool(told, "published"), 1);
	ck_assert_uint_gt(wv_doc_u64(told, "margin_seconds"), 0);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(told, "notices")), 2);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(wv_doc_get(told, "notices"), 0), "whom"), "the police");
}
END_TEST

/* ---- due ---------------------------------------------------------------------------------- */

static int warn_it(struct wv_doc **ret)
{
	struct wv_incident_opts opts = WV_INCIDENT_OPTS_INIT;

	opts.flags = WV_INCIDENT_WARN;
	return wv_flow_incident(w.st, "due", &opts, ret);
}

static const char *warning_in(struct wv_doc *due)
{
	ck_assert_uint_eq(wv_doc_count(due), 1);
	return wv_doc_str(wv_doc_at(due, 0), "warning");
}

START_TEST(each_warning_is_said_once_when_its_time_has_come)
{
	static const struct {
		uint64_t minutes;
		const char *warning, *status; /* NULL: none yet */
	} rows[] = {
		{ 60, NULL, "due" },
		{ 30, "30 minutes left", "due" },
		{ 15, "15 minutes left", "due" },
		{ 5, "5 minutes left", "due" },
		{ 0, "was to be told by", "overrun" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_doc struct wv_doc *first = NULL;
		cleanup_doc struct wv_doc *second = NULL;
		cleanup_doc struct wv_doc *record = NULL;

		open_with(rows[i].minutes);
		ck_done(warn_it(&first));
		ck_assert_str_eq(wv_doc_str(wv_doc_at(first, 0), "status"), rows[i].status);
		ck_assert_int_eq(warning_in(first) != NULL, rows[i].warning != NULL);
		ck_done(warn_it(&second));
		ck_assert_ptr_null(warning_in(second));
		ck_done(wv__ledger_last(ctx, w.st->ledger, "incident.warned", NULL, &record));
		ck_assert_int_eq(record != NULL, rows[i].warning != NULL);
		if (record)
			ck_assert_uint_eq(wv_doc_u64(wv_doc_get(record, "body"), "before"), rows[i].minutes);
	}
}
END_TEST

START_TEST(looking_what_is_due_records_nothing)
{
	cleanup_doc struct wv_doc *due = NULL;
	char head[65];
	uint64_t before, after;

	open_with(5);
	ck_done(wv__ledger_head(ctx, w.st->ledger, &before, head));
	ck_done(wv_flow_incident(w.st, "due", NULL, &due));
	ck_assert_ptr_null(warning_in(due));
	ck_done(wv__ledger_head(ctx, w.st->ledger, &after, head));
	ck_assert_uint_eq(before, after);
}
END_TEST

static void five_minutes(void)
{
	open_with(5);
}

/* Recorded or not: at least one of the two was able to say it. */
static void warned_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;
	cleanup_doc struct wv_doc *record = NULL;

	ck_done(warn_it(&again));
	ck_assert_msg(r < 0 || !warning_in(again), "fault %d: warned twice", n);
	ck_done(wv__ledger_last(ctx, w.st->ledger, "incident.warned", NULL, &record));
	ck_assert_ptr_nonnull(record);
}

START_TEST(warning_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = warn_it, .before = five_minutes,
							  .after = warned_or_can_be, .grow = 12 }),
			 30);
}
END_TEST

/* ---- the report ------------------------------------------------------------------------------ */

static int report_it(struct wv_doc **ret)
{
	return wv_flow_incident_report(w.st, NULL, ret);
}

START_TEST(the_report_says_what_was_lost_and_how_it_was_protected)
{
	cleanup_doc struct wv_doc *reports = NULL;
	struct wv_doc *one, *contents, *protection;

	open_with(60);
	ck_done(report_it(&reports));
	one = wv_doc_at(reports, 0);
	contents = wv_doc_get(one, "contents");
	protection = wv_doc_get(one, "protection");
	ck_assert_str_eq(wv_doc_str(one, "status"), "complete");
	ck_assert_uint_eq(wv_doc_u64(contents, "files"), 2);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(wv_doc_get(contents, "paths"), 1), "path"), "deep/b c");
	ck_assert_str_eq(wv_doc_str(contents, "purpose"), "site survey");
	ck_assert_ptr_null(wv_doc_get(one, "checked"));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(protection, "factors")), 2);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(protection, "key_copies")), 1);
	ck_assert_str_eq(wv_doc_str(wv_doc_get(one, "last_known"), "record"), "takeout.out");
	ck_assert_str_eq(wv_doc_str(wv_doc_get(one, "holder"), "name"), "suzuki");
}
END_TEST

START_TEST(the_report_answers_whether_the_key_was_kept_apart)
{
	static const struct {
		const char *key, *answer;
	} rows[] = { { NULL, "unknown" }, { "apart", "yes" }, { "with", "no" }, { "unknown", "unknown" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wv_incident_opts opts;
		cleanup_doc struct wv_doc *opened = NULL;
		cleanup_doc struct wv_doc *reports = NULL;
		struct wv_doc *key;

		out();
		opts = incident_opts();
		opts.key = rows[i].key;
		ck_done(wv_flow_incident(w.st, "open", &opts, &opened));
		ck_done(report_it(&reports));
		key = wv_doc_get(wv_doc_get(wv_doc_at(reports, 0), "protection"), "key");
		ck_assert_str_eq(wv_doc_str(key, "kept_apart"), rows[i].answer);
		ck_assert_str_eq(wv_doc_str(key, "at_prepare"), "not examined"); /* of a lab */
	}
}
END_TEST

START_TEST(what_cannot_be_read_is_told_and_the_rest_reported)
{
	cleanup_doc struct wv_doc *reports = NULL;
	struct wv_doc *one;

	open_with(60);
	must("echo x | tee -a '%s'/state/takeouts/*/declaration", w.station);
	ck_done(report_it(&reports));
	one = wv_doc_at(reports, 0);
	ck_assert_str_eq(wv_doc_str(one, "status"), "broken");
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(one, "problems")), 1);
	ck_assert_ptr_null(wv_doc_get(one, "contents"));
	ck_assert_ptr_nonnull(wv_doc_get(one, "protection"));
}
END_TEST

START_TEST(a_report_is_of_a_number_of_a_volume_or_of_all_that_are_open)
{
	cleanup_doc struct wv_doc *opened = NULL;
	cleanup_doc struct wv_doc *told = NULL;
	cleanup_doc struct wv_doc *by_volume = NULL;
	cleanup_doc struct wv_doc *by_number = NULL;
	cleanup_doc struct wv_doc *closed = NULL;
	cleanup_doc struct wv_doc *none = NULL;
	char number[32];

	out();
	ck_assert_int_eq(report_it(&none), -ENOENT);
	ck_assert_int_eq(wv_flow_incident_report(w.st, w.volume, &none), -ENOENT);
	ck_assert_int_eq(wv_flow_incident_report(w.st, "99999999999999999999", &none), -ENOENT);
	ck_done(open_it(&opened));
	ck_done(wv_flow_incident_report(w.st, w.volume, &by_volume));
	ck_assert_uint_eq(wv_doc_count(by_volume), 1);
	ck_done(act("notify", &told));
	ck_done(act("close", &closed));
	ck_assert_int_eq(report_it(&none), -ENOENT);
	snprintf(number, sizeof(number), "%" PRIu64, wv_doc_u64(opened, "incident"));
	ck_done(wv_flow_incident_report(w.st, number, &by_number));
	ck_assert_str_eq(wv_doc_str(wv_doc_get(wv_doc_at(by_number, 0), "incident"), "state"), "closed");
}
END_TEST

START_TEST(the_report_survives_every_failure)
{
	open_with(60);
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = report_it, .grow = 12 }), 100);
}
END_TEST

FLOW_MAIN("incident", make_out, an_incident_survives_every_failure,
	  its_closing_survives_every_failure, the_list_survives_every_failure,
	  it_runs_from_open_over_notified_to_closed,
	  the_clock_runs_from_the_first_recognition_which_is_past,
	  one_that_was_suspected_is_confirmed_once_and_its_clock_runs_on,
	  only_the_client_stops_the_clock, each_warning_is_said_once_when_its_time_has_come,
	  looking_what_is_due_records_nothing, warning_survives_every_failure,
	  the_report_says_what_was_lost_and_how_it_was_protected,
	  the_report_answers_whether_the_key_was_kept_apart,
	  what_cannot_be_read_is_told_and_the_rest_reported,
	  a_report_is_of_a_number_of_a_volume_or_of_all_that_are_open,
	  the_report_survives_every_failure)
