/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_hidden.c - what a disk hides is found, and opened on request only
 */
#include "sim_world.h"

static struct sim s;

static struct wv__offer load(void)
{
	struct wv__offer offer;

	ck_assert_int_eq(wv__offer_load(ctx, &s.t, &offer), 0);
	return offer;
}

START_TEST(an_hpa_an_accessible_max_and_an_overlay_are_measured)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_ATA);
	offer = load();
	ck_assert(!offer.hidden.known); /* it has neither */
	s.hpa = true;
	offer = load();
	ck_assert(offer.hidden.known);
	ck_assert_uint_eq(offer.hidden.hpa, SIM_LOW * 512);
	ck_assert_uint_eq(offer.hidden.dco, 0);
	s.dco = true;
	offer = load();
	ck_assert_uint_eq(offer.hidden.hpa, SIM_LOW * 512);
	ck_assert_uint_eq(offer.hidden.dco, 1000 * 512);
	s.hpa = false;
	s.amac = true;
	offer = load();
	ck_assert_uint_eq(offer.hidden.hpa, SIM_LOW * 512);
	sim_free(&s);
}
END_TEST

START_TEST(what_is_hidden_is_opened_the_hpa_first)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_ATA);
	s.hpa = s.dco = true;
	offer = load();
	ck_assert(s.hpa && s.dco); /* looking changes nothing */
	ck_assert_int_eq(wv__hidden_undo(ctx, &s.t, &offer), 0);
	ck_assert(!s.hpa && !s.dco);
	sim_free(&s);
}
END_TEST

START_TEST(an_accessible_max_is_opened_by_its_own_command)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_ATA);
	s.amac = true;
	offer = load();
	ck_assert_int_eq(wv__hidden_undo(ctx, &s.t, &offer), 0);
	ck_assert(!s.amac);
	sim_free(&s);
}
END_TEST

START_TEST(a_disk_that_keeps_it_is_named)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_ATA);
	s.hpa = true;
	offer = load();
	offer.hidden.native++; /* another number than the disk's own now */
	ck_assert_int_lt(wv__hidden_undo(ctx, &s.t, &offer), 0);
	ck_error_has("sim keeps");
	ck_assert(s.hpa);
	sim_free(&s);
}
END_TEST

START_TEST(registers_that_were_cut_hide_nothing)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_ATA);
	s.hpa = s.fixed = true; /* its lower bytes alone fit */
	offer = load();
	ck_assert_uint_eq(offer.hidden.hpa, 0);
	sim_free(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hidden");
	TCase *tc = tcase_create("hidden");

	tcase_add_test(tc, an_hpa_an_accessible_max_and_an_overlay_are_measured);
	tcase_add_test(tc, what_is_hidden_is_opened_the_hpa_first);
	tcase_add_test(tc, an_accessible_max_is_opened_by_its_own_command);
	tcase_add_test(tc, a_disk_that_keeps_it_is_named);
	tcase_add_test(tc, registers_that_were_cut_hide_nothing);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
