/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_station.c - a station opened, and the door
 */
#include "flow_world.h"

static int open_it(struct wv_doc **ret)
{
	int r;

	(void)ret;
	r = wv_station_open(ctx, w.conf, &w.st);
	if (r < 0)
		ck_assert_ptr_null(w.st);
	station_close();
	return r;
}

START_TEST(a_station_survives_every_failure_to_open_it)
{
	stage("new");
	station_close();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = open_it }), 20);
}
END_TEST

START_TEST(a_station_cannot_stop_being_a_lab_s)
{
	stage("new");
	station_close();
	must("sed -i 's/^lab = yes/lab = no/' '%s'", w.conf);
	ck_assert_int_eq(wv_station_open(ctx, w.conf, &w.st), -EPERM);
	ck_error_has("the setting lab");
}
END_TEST

static const char *last_outcome(struct wv_doc **end)
{
	ck_done(wv__ledger_last(ctx, w.st->ledger, "check.end", NULL, end));
	return wv_doc_str(wv_doc_get(*end, "body"), "outcome");
}

START_TEST(the_door_records_what_came_of_it)
{
	static const struct {
		int r;
		const char *outcome;
	} ends[] = {
		{ 0, "done" }, { -EAGAIN, "waiting" }, { -EPERM, "refused" }, { -EBUSY, "refused" },
		{ -EROFS, "refused" }, { -EBADMSG, "proof-failed" }, { -EKEYREJECTED, "proof-failed" },
		{ -EKEYEXPIRED, "proof-failed" }, { -ECANCELED, "interrupted" }, { -EIO, "failed" },
	};

	stage("new");
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		cleanup_doc struct wv_doc *end = NULL;
		struct wv__door door;

		ck_done(wv__door_enter(&door, w.st, "check", NULL, NULL));
		ck_assert_int_eq(wv__door_leave(&door, ends[i].r, NULL), ends[i].r);
		ck_assert_str_eq(last_outcome(&end), ends[i].outcome);
	}
}
END_TEST

START_TEST(the_sentence_of_a_failure_stays_when_the_door_cannot_record_it)
{
	struct wv__door door;

	stage("new");
	ck_done(wv__door_enter(&door, w.st, "check", NULL, NULL));
	make_stale();
	door.begin = 999; /* no such record: it cannot be ended */
	ck_assert_int_eq(wv__door_leave(&door, -EIO, NULL), -EIO);
	ck_error_has(STALE);
}
END_TEST

FLOW_MAIN("station", world_make, a_station_survives_every_failure_to_open_it,
	  a_station_cannot_stop_being_a_lab_s, the_door_records_what_came_of_it,
	  the_sentence_of_a_failure_stays_when_the_door_cannot_record_it)
