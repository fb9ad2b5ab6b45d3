/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_takeout_list.c - what is out, whose, and since when too long
 */
#include "flow_world.h"
#include "../../lib/flow/medium/guarding.h"

static void make(void)
{
	make_out();
}

static int ask(void)
{
	cleanup_free char *holder = wv__printf("suzuki=%s.pub", w.holder);
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_prepare_opts opts = prepare_opts();

	opts.holder = holder;
	opts.approve_with = NULL;
	return wv_flow_prepare(w.st, w.volume, &opts, &result);
}

static int list(struct wv_doc **ret)
{
	return wv_flow_list(w.st, 0, ret);
}

static int load_newest(void *data, struct wv__takeout *t)
{
	struct wv__takeout **ret = data;

	wv__takeout_free(*ret);
	return wv__takeout_load(w.st, t->id, ret);
}

START_TEST(what_is_out_is_listed_with_its_holder_and_due_date)
{
	cleanup_doc struct wv_doc *array = NULL;
	cleanup_doc struct wv_doc *overdue = NULL;
	struct wv_doc *row;

	stage("out");
	ck_done(list(&array));
	ck_assert_uint_eq(wv_doc_count(array), 1);
	row = wv_doc_at(array, 0);
	ck_assert_str_eq(wv_doc_str(row, "holder"), "suzuki");
	ck_assert_str_eq(wv_doc_str(row, "due"), "2099-12-31T23:59:59Z");
	ck_assert_str_eq(wv_doc_str(row, "target"), w.volume);
	ck_assert(!wv_doc_bool(row, "overdue"));
	ck_done(wv_flow_list(w.st, 1, &overdue));
	ck_assert_uint_eq(wv_doc_count(overdue), 0);
}
END_TEST

START_TEST(what_waits_for_its_approval_is_listed_until_that_has_expired)
{
	stage("new");
	ck_assert_int_eq(ask(), -EAGAIN);
	ck_assert_str_eq(state_now(), "declared");
	stage("new");
	w.st->policy->approval_hours = UINT64_MAX; /* an hour ago */
	ck_assert_int_eq(ask(), -EAGAIN);
	ck_assert_str_eq(state_now(), "none");
}
END_TEST

/* One whose request has expired, approved. */
static struct wv__takeout *approved(void)
{
	struct wv__takeout *t = NULL;

	stage("new");
	w.st->policy->approval_hours = UINT64_MAX;
	ck_assert_int_eq(ask(), -EAGAIN);
	ck_done(wv__takeout_each(w.st, load_newest, &t));
	ck_done(wv__takeout_step(t, WV__STEP_APPROVED, NULL));
	return t;
}

START_TEST(what_has_touched_a_medium_is_listed_for_ever)
{
	cleanup_takeout struct wv__takeout *t = approved();

	ck_assert_str_eq(state_now(), "none");
	ck_done(wv__takeout_step(t, WV__STEP_PROVISIONING, NULL));
	ck_assert_str_eq(state_now(), "approved");
	ck_done(wv__takeout_step(t, WV__STEP_ABANDONED, NULL));
	ck_assert_str_eq(state_now(), "none");
}
END_TEST

/* The stick was pulled in prepare: its header stayed, and it comes back. */
START_TEST(the_medium_of_an_abandoned_prepare_may_be_used_again)
{
	static const char uuid[] = "5d6de3a5-8a2f-4a0c-9d5c-1f5f8f8e7d11";
	cleanup_takeout struct wv__takeout *t = approved(), *found = NULL;
	cleanup_doc struct wv_doc *body = NULL;

	ck_assert_int_eq(wv__volume_may_go(w.st, uuid), -ENOENT);
	ck_done(wv__doc_build(ctx, &body, M_STR("volume", uuid)));
	ck_done(wv__takeout_step(t, WV__STEP_PROVISIONING, body));
	ck_done(wv__takeout_by_volume(w.st, uuid, &found));
	ck_done(wv__takeout_step(t, WV__STEP_ABANDONED, body));
	wv__takeout_free(found);
	found = NULL;
	ck_assert_int_eq(wv__takeout_by_volume(w.st, uuid, &found), -ENOENT);
	ck_assert_int_eq(wv__volume_may_go(w.st, uuid), 1);
	ck_assert_int_eq(wv__volume_may_go(w.st, "00000000-0000-4000-8000-000000000000"), -ENOENT);
}
END_TEST

START_TEST(a_due_date_that_has_passed_is_overdue_while_something_is_out)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	static const enum wv__step path[] = { WV__STEP_APPROVED, WV__STEP_PREPARED, WV__STEP_OUT };

	stage("new");
	ck_done(wv__takeout_new(w.st, &t));
	ck_done(wv__doc_build(ctx, &body, M_STR("due", "2020-01-01T00:00:00Z")));
	ck_done(wv__takeout_step(t, WV__STEP_DECLARED, body));
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		cleanup_doc struct wv_doc *overdue = NULL;

		ck_done(wv_flow_list(w.st, 1, &overdue));
		ck_assert_uint_eq(wv_doc_count(overdue), i == 2);
		ck_done(wv__takeout_step(t, path[i], NULL));
	}
}
END_TEST

START_TEST(listing_survives_every_failure)
{
	stage("out");
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = list }), 20);
}
END_TEST

struct seen {
	char (*ids)[37];
	size_t n;
};

static int is_next(void *data, struct wv__takeout *t)
{
	struct seen *seen = data;

	ck_assert_str_eq(t->id, seen->ids[seen->n]);
	ck_assert_int_eq(t->state, seen->n % 6 == 1 ? WV__CLOSED : seen->n % 2 ? WV__APPROVED : WV__DECLARED);
	return ++seen->n == 2500 ? 7 : 0;
}

static int is_next_unfinished(void *data, struct wv__takeout *t)
{
	struct seen *seen = data;

	seen->n += seen->n % 6 == 1;
	ck_assert_str_eq(t->id, seen->ids[seen->n]);
	ck_assert_int_eq(t->state, seen->n % 2 ? WV__APPROVED : WV__DECLARED);
	seen->n++;
	return 0;
}

/* More than are read at a time (WINDOW), their records mixed. */
START_TEST(all_of_many_are_told_in_the_order_in_which_they_were_declared)
{
	static const char fill[] =
		"import sqlite3,json,hashlib,sys\n"
		"db=sqlite3.connect(sys.argv[1])\n"
		"seq,prev=db.execute('select seq,hash from records order by seq desc limit 1').fetchone()\n"
		"def add(kind,i):\n"
		"    global seq,prev\n"
		"    seq+=1\n"
		"    id='%08x-0000-4000-8000-000000000000'%i\n"
		"    r=json.dumps({'body':{},'kind':kind,'prev':prev,'seq':seq,'takeout':id,'time':'2026-11-26T18:00:00Z','v':1},sort_keys=True,separators=(',',':')).encode()\n"
		"    prev=hashlib.sha256(r).hexdigest()\n"
		"    db.execute('insert into records values(?,?,?,?,?)',(seq,kind,id,prev,r))\n"
		"for i in range(2600): add('takeout.declared',i)\n"
		"for i in range(1,2600,2): add('takeout.approved',i)\n"
		"for i in range(1,2600,6):\n"
		"    for kind in 'prepared out checked synced return-approved destroying-keys keys-destroyed wiped certified closed'.split():\n"
		"        add('takeout.'+kind,i)\n"
		"db.commit()\n";
	cleanup_free char *script = test_path("fill.py");
	struct seen seen = { .ids = calloc(2600, sizeof(*seen.ids)) };

	ck_assert_ptr_nonnull(seen.ids);
	stage("new");
	for (unsigned int i = 0; i < 2600; i++)
		snprintf(seen.ids[i], sizeof(seen.ids[i]), "%08x-0000-4000-8000-000000000000", i);
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, script, fill, strlen(fill), 0600), 0);
	must("python3 '%s' '%s'", script, w.st->policy->ledger);
	ck_assert_int_eq(wv__takeout_each(w.st, is_next, &seen), 7); /* what ends it is handed on */
	ck_assert_uint_eq(seen.n, 2500);
	seen.n = 0;
	ck_done(wv__takeout_each_unfinished(w.st, is_next_unfinished, &seen));
	ck_assert_uint_eq(seen.n, 2599); /* the last is closed */
	/* nor is one hidden by a word that only SQL sees */
	must("sqlite3 '%s' \"UPDATE records SET kind = 'takeout.closed' WHERE takeout LIKE '00000002-%%'\"", w.st->policy->ledger);
	ck_assert_int_eq(wv__takeout_each_unfinished(w.st, is_next_unfinished, &seen), -EBADMSG);
	free(seen.ids);
}
END_TEST

FLOW_MAIN("takeout_list", make, what_is_out_is_listed_with_its_holder_and_due_date,
	  what_waits_for_its_approval_is_listed_until_that_has_expired,
	  what_has_touched_a_medium_is_listed_for_ever, the_medium_of_an_abandoned_prepare_may_be_used_again,
	  a_due_date_that_has_passed_is_overdue_while_something_is_out, listing_survives_every_failure,
	  all_of_many_are_told_in_the_order_in_which_they_were_declared)
