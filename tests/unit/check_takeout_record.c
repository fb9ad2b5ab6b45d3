/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_takeout_record.c - the take-out record: made, proven, and held against
 * today's policy
 */
#include "../../lib/flow/takeout/request.h"
#include "flow_world.h"

static struct wv__takeout *t;

static int keep_id(void *data, struct wv__takeout *one)
{
	memcpy(data, one->id, sizeof(one->id));
	return 0;
}

static struct wv__takeout *newest(void)
{
	struct wv__takeout *found;
	char id[37] = "";

	ck_done(wv__takeout_each(w.st, keep_id, id));
	ck_done(wv__takeout_load(w.st, id, &found));
	return found;
}

/* Stage "approved": a take-out that was asked for and approved, and has no volume yet. */
static void make(void)
{
	cleanup_free char *holder = NULL;
	cleanup_free char *request = NULL;
	cleanup_takeout struct wv__takeout *asked = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	struct wv_prepare_opts opts;

	make_prepared();
	stage("new");
	opts = prepare_opts();
	holder = wv__printf("suzuki=%s.pub", w.holder);
	opts.holder = holder;
	opts.approve_with = NULL;
	ck_assert_int_eq(wv_flow_prepare(w.st, w.volume, &opts, &result), -EAGAIN);
	asked = newest();
	request = wv__paper_path(asked, WV__REQUEST);
	ck_done(wv_flow_approve(w.st, request, w.approver, &result));
	ck_done(wv__doc_build(ctx, &body, M_STR("approver", "tanaka")));
	ck_done(wv__takeout_step(asked, WV__STEP_APPROVED, body));
	stage_keep("approved");
}

static void approved(void)
{
	wv__takeout_free(t);
	stage("approved");
	t = newest();
}

static void prepared(void)
{
	wv__takeout_free(t);
	stage("prepared");
	t = newest();
}

#define VOLUME "01234567-89ab-4cde-8f01-23456789abcd"

static int make_it(struct wv_doc **ret)
{
	static const struct wv__provision p = {
		.volume = VOLUME, .header = "abcd", .key_id = "0123", .data_offset = 16 * MiB, .erased = true,
	};

	(void)ret;
	return wv__record_make(t, &p, NULL);
}

START_TEST(it_binds_what_it_was_made_of_and_proves)
{
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_free char *sig = NULL;
	char digest[65];

	approved();
	ck_done(make_it(NULL));
	ck_assert_int_eq(t->state, WV__PREPARED);
	ck_done(wv__record_of(t, &record));
	sig = wv__paper_path(t, WV__REQUEST ".sig");
	ck_done(wv__paper_file_digest(ctx, sig, digest));
	ck_assert_str_eq(wv_doc_str(record, "request_signature"), digest);
	ck_assert_str_eq(wv_doc_str(record, "request"), wv__takeout_str(t, WV__STEP_DECLARED, "request"));
	ck_assert_str_eq(wv_doc_str(record, "approver"), "tanaka");
	ck_assert_str_eq(wv_doc_str(record, "volume"), VOLUME);
	ck_assert_str_eq(wv_doc_str(wv_doc_get(record, "server"), "address"), w.server);
	ck_assert_str_eq(wv_doc_str(record, "previous_contents"), "erased");
	ck_assert_uint_eq(wv_doc_u64(wv_doc_get(record, "rules"), "receipt_minutes"),
			  w.st->policy->receipt_minutes);
	ck_done(wv__record_binds(t, record));
	wv__takeout_free(t);
}
END_TEST

static const char *const alterations[] = {
	"sed -i s/random/zero/ takeout-record.json",
	"sed -i '3s/./x/' takeout-record.json.sig",
	"rm takeout-record.json.sig",
	"rm takeout-record.json",
	"echo '# more' >>roster",
	"rm roster",
	"cp takeout-request.json.sig takeout-record.json.sig",
	"rm -f takeout-record.json.sig; ssh-keygen -q -Y sign -f \"$HOLDER\" -n workvol-takeout-record takeout-record.json",
};

START_TEST(what_was_altered_is_not_proven)
{
	cleanup_free char *dir = NULL;
	struct wv_doc *record = NULL;

	prepared();
	dir = wv__paper_path(t, "");
	must("cd '%s' && HOLDER='%s' && %s", dir, w.holder, alterations[_i]);
	ck_assert_msg(wv__record_of(t, &record) < 0, "%s", alterations[_i]);
	ck_assert_ptr_null(record);
	wv__takeout_free(t);
}
END_TEST

START_TEST(another_server_key_or_roster_today_is_refused)
{
	cleanup_doc struct wv_doc *record = NULL;
	const char *server, *server_key;

	prepared();
	ck_done(wv__record_of(t, &record));
	ck_done(wv__record_binds(t, record));
	server = w.st->policy->server;
	w.st->policy->server = "/elsewhere";
	ck_assert_int_eq(wv__record_binds(t, record), -EPERM);
	ck_error_has("another server");
	w.st->policy->server = server;
	server_key = w.st->policy->server_key;
	w.st->policy->server_key = NULL;
	ck_assert_int_eq(wv__record_binds(t, record), -EPERM);
	w.st->policy->server_key = server_key;
	station_open();
	t->st = w.st;
	must("echo '# more' >>'%s'", w.st->policy->roster);
	ck_assert_int_eq(wv__record_binds(t, record), -EPERM);
	ck_error_has("roster");
	wv__takeout_free(t);
}
END_TEST

/* Also after a failure it is there whole, or the take-out is not prepared. */
static void is_made_or_not(int n, int r)
{
	cleanup_takeout struct wv__takeout *again = NULL;
	cleanup_doc struct wv_doc *record = NULL;

	ck_done(wv__takeout_load(w.st, t->id, &again));
	ck_assert_msg(r < 0 || again->state == WV__PREPARED, "fault %d", n);
	if (again->state == WV__PREPARED)
		ck_done(wv__record_of(again, &record));
}

START_TEST(making_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = make_it, .before = approved,
							  .after = is_made_or_not, .grow = 8 }), 100);
	wv__takeout_free(t);
}
END_TEST

static int prove(struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *record = NULL;
	int r;

	r = wv__record_of(t, &record);
	if (r == 0)
		r = wv__record_binds(t, record);
	if (r == 0)
		*ret = take_ptr(record);
	return r;
}

START_TEST(proving_survives_every_failure)
{
	prepared();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = prove, .grow = 20 }), 80);
	wv__takeout_free(t);
}
END_TEST

int main(void)
{
	const TTest *const once[] = { it_binds_what_it_was_made_of_and_proves,
				      another_server_key_or_roster_today_is_refused,
				      making_survives_every_failure, proving_survives_every_failure };
	Suite *suite = flow_suite("takeout_record", make, once, ARRAY_SIZE(once));
	TCase *tcase = tcase_create("altered");

	tcase_add_loop_test(tcase, what_was_altered_is_not_proven, 0, ARRAY_SIZE(alterations));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
