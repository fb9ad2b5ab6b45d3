/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_field.c - a take-out carried to another station and home again, with
 * each call that this makes failing
 */
#include "../../lib/flow/takeout/amendment.h"
#include "../../lib/flow/field/field.h"
#include "flow_world.h"

static struct wv_station *field; /* the other station */
static char *record;             /* CARRY/takeout-record.json */

static void field_open(void)
{
	cleanup_free char *conf = below(w.work, "field/workvol.conf");

	wv_station_free(field);
	field = NULL;
	ck_done(wv_station_open(ctx, conf, &field));
}

static int carry_in(struct wv_doc **ret)
{
	cleanup_subject struct wv__subject s = { 0 };

	(void)ret;
	return wv__field_subject(field, w.volume, record, &s);
}

static int keep(struct wv_doc **ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	(void)ret;
	r = wv__subject_need(field, w.volume, &s);
	return r < 0 ? r : wv__field_keep(s.t);
}

static int import(struct wv_doc **ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	(void)ret;
	r = wv__subject_need(w.st, w.volume, &s);
	if (r < 0)
		return r;
	r = wv__takeout_claim(&s.t);
	return r < 0 ? r : wv__field_import(s.t, record);
}

/* Amend in the name of the holder, without a look at the volume. */
static void amend(void)
{
	static const char json[] = "[{\"action\":\"add\",\"new\":{\"size\":0},\"path\":\"notes\"}]";
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_doc struct wv_doc *changes = NULL;

	ck_done(wv__doc_parse(ctx, json, strlen(json), "changes", &changes));
	ck_done(wv__subject_need(field, w.volume, &s));
	ck_done(wv__amendment_make(s.t, changes, "notes", "holder", w.holder));
}

static size_t amendments(struct wv_station *st)
{
	cleanup_subject struct wv__subject s = { 0 };

	ck_done(wv__subject_need(st, w.volume, &s));
	return wv_doc_count(s.t->amended);
}

/* Stages: "carried", the papers are in the holder's hands; "worked", amended in the field; "kept". */
static void make_field(void)
{
	cleanup_free char *dir = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;

	make_out();
	record = below(w.work, "carry/takeout-record.json");
	dir = below(w.work, "field");
	opts.dir = dir;
	opts.lab = 1;
	ck_done(wv_station_init(ctx, &opts, &result));
	must("cp '%s/station/roster' '%s/field/roster'", w.work, w.work);
	must("cp -r '%s'/station/state/takeouts/* '%s/carry'", w.work, w.work);
	stage_keep("carried");
	field_open();
	ck_done(carry_in(NULL));
	amend();
	stage_keep("worked");
	ck_done(keep(NULL));
	wv_station_free(field);
	field = NULL;
	stage_keep("kept");
}

/* A stage, but for the volume, which none of this changes. */
static void have(const char *name)
{
	station_close();
	must("cd '%s' && rm -rf station field carry && cd '%s/%s' && cp -a station field carry '%s'", w.work,
	     w.dir, name, w.work);
	station_open();
	field_open();
}

static void carried(void)
{
	have("carried");
}

static void worked(void)
{
	have("worked");
}

static void kept(void)
{
	have("kept");
}

static void is_carried_in(int n, int r)
{
	cleanup_subject struct wv__subject s = { 0 };

	if (r < 0)
		ck_done(carry_in(NULL)); /* again */
	ck_done(wv__subject_need(field, w.volume, &s));
	ck_assert_msg(s.t->state == WV__OUT && wv__takeout_is_guest(s.t), "fault %d", n);
}

START_TEST(carrying_in_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = carry_in, .before = carried,
							  .after = is_carried_in, .grow = 4 }), 100);
	wv_station_free(field);
}
END_TEST

static void is_kept(int n, int r)
{
	if (r < 0)
		ck_done(keep(NULL));
	ck_done(import(NULL));
	ck_assert_msg(amendments(w.st) == 1, "fault %d", n);
}

START_TEST(keeping_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = keep, .before = worked,
							  .after = is_kept, .grow = 4 }), 50);
	wv_station_free(field);
}
END_TEST

static void is_imported(int n, int r)
{
	if (r < 0)
		ck_done(import(NULL));
	ck_done(import(NULL)); /* once more changes nothing */
	ck_assert_msg(amendments(w.st) == 1, "fault %d", n);
	ck_assert_str_eq(state_now(), "out");
}

START_TEST(importing_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = import, .before = kept,
							  .after = is_imported, .grow = 4 }), 100);
	wv_station_free(field);
}
END_TEST

START_TEST(what_comes_home_after_the_check_voids_it)
{
	cleanup_subject struct wv__subject s = { 0 };

	kept();
	ck_done(wv__subject_need(w.st, w.volume, &s));
	ck_done(wv__takeout_step(s.t, WV__STEP_CHECKED, NULL));
	wv__subject_clear(&s);
	ck_done(import(NULL));
	ck_assert_str_eq(state_now(), "out");
	ck_assert_uint_eq(amendments(w.st), 1);
	wv_station_free(field);
}
END_TEST

START_TEST(what_comes_home_once_the_keys_are_being_destroyed_comes_too_late)
{
	static const enum wv__step path[] = { WV__STEP_CHECKED, WV__STEP_SYNCED, WV__STEP_RETURN_APPROVED,
					      WV__STEP_DESTROYING_KEYS };
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_doc struct wv_doc *taken = NULL;

	kept();
	ck_done(wv__subject_need(w.st, w.volume, &s));
	for (size_t i = 0; i < ARRAY_SIZE(path); i++)
		ck_done(wv__takeout_step(s.t, path[i], NULL));
	wv__subject_clear(&s);
	ck_assert_int_eq(import(NULL), -EPERM);
	ck_error_has("comes too late");
	ck_assert_str_eq(state_now(), "destroying-keys");
	ck_assert_uint_eq(amendments(w.st), 0);
	ck_done(wv__subject_need(w.st, w.volume, &s));
	ck_done(wv__ledger_last(ctx, w.st->ledger, "chain.import", s.t->id, &taken));
	ck_assert_ptr_null(taken);
	wv_station_free(field);
}
END_TEST

FLOW_MAIN("field", make_field, what_comes_home_once_the_keys_are_being_destroyed_comes_too_late, carrying_in_survives_every_failure, keeping_survives_every_failure,
	  importing_survives_every_failure, what_comes_home_after_the_check_voids_it)
