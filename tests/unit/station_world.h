/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * station_world.h - a lab station and its ledger, for tests that need no medium:
 * made once a program, opened for each test. What needs a volume too stands on
 * flow_world.h.
 */
#ifndef TEST_STATION_WORLD_H
#define TEST_STATION_WORLD_H

#include "../../lib/flow/takeout/takeout.h"
#include "support.h"

static struct wv_station *st;

static inline void station_make(void)
{
	cleanup_free char *dir = test_path("station");
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_init_opts opts = WV_INIT_OPTS_INIT;

	opts.dir = dir;
	opts.lab = 1;
	ck_assert_msg(wv_station_init(ctx, &opts, &result) == 0, "%s", wv_ctx_error(ctx));
}

static inline void station_set_up(void)
{
	cleanup_free char *conf = test_path("station/workvol.conf");

	ck_assert_msg(wv_station_open(ctx, conf, &st) == 0, "%s", wv_ctx_error(ctx));
}

static inline void station_tear_down(void)
{
	wv_station_free(st);
}

static inline uint64_t records(void)
{
	char head[65];
	uint64_t n;

	ck_assert_int_eq(wv__ledger_head(ctx, st->ledger, &n, head), 0);
	return n;
}

static inline void make_papers(const struct wv__takeout *t)
{
	cleanup_free char *dir = wv__paper_path(t, "");

	ck_assert_int_eq(wv__mkdirs(ctx, dir, 0700), 0);
}

/* One suite of tests, each with the station open. */
static inline Suite *station_suite(const char *name, void (*set_up)(void), void (*tear_down)(void),
				   const TTest *const *tests, size_t count, TCase **ret_tcase)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_add_unchecked_fixture(tcase, station_make, NULL);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	if (ret_tcase)
		*ret_tcase = tcase;
	return suite;
}

#endif
