/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_offer.c - what is offered, why not, and what is chosen
 */
#include "sim_world.h"

static struct sim s;

static struct wv__offer load(void)
{
	struct wv__offer offer;

	ck_assert_int_eq(wv__offer_load(ctx, &s.t, &offer), 0);
	return offer;
}

static void ck_chosen(enum wv__kind named, int r, const char *kind_or_sentence)
{
	const struct wv__offer offer = load();
	enum wv__kind kind = WV__KINDS;

	ck_assert_int_eq(wv__offer_choose(ctx, &s.t, &offer, named, &kind), r);
	if (r < 0)
		ck_error_has(kind_or_sentence);
	else
		ck_assert_str_eq(wv__kind_info(kind)->name, kind_or_sentence);
	sim_free(&s);
}

START_TEST(the_strongest_is_chosen)
{
	static const enum wv__bus buses[] = { WV__BUS_ATA, WV__BUS_SCSI, WV__BUS_NVME };

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
		sim_make(&s, buses[i]);
		ck_chosen(WV__KINDS, 0, "block");
		sim_make(&s, buses[i]);
		s.only_crypto = true;
		ck_chosen(WV__KINDS, 0, "crypto");
	}
	sim_make(&s, WV__BUS_NVME);
	s.no_sanitize = true;
	ck_chosen(WV__KINDS, 0, "format-crypto");
}
END_TEST

START_TEST(security_erase_has_to_be_named)
{
	sim_make(&s, WV__BUS_ATA);
	s.no_sanitize = true;
	ck_chosen(WV__KINDS, -EPERM, "has to be named");
	sim_make(&s, WV__BUS_ATA);
	s.no_sanitize = true;
	ck_chosen(WV__KIND_SECURITY, 0, "security-erase");
}
END_TEST

START_TEST(a_device_that_offers_nothing_is_refused)
{
	sim_make(&s, WV__BUS_NONE);
	s.no_sanitize = true;
	ck_chosen(WV__KINDS, -EPERM, "sim offers no erasure of its own");
	sim_make(&s, WV__BUS_SCSI);
	s.no_sanitize = true;
	ck_chosen(WV__KIND_BLOCK, -EPERM, "sim does not offer sanitize:block");
}
END_TEST

START_TEST(frozen_locked_and_owned_are_said)
{
	static const struct {
		size_t flag;
		enum wv__kind kind;
		const char *sentence;
	} rows[] = {
		{ offsetof(struct sim, frozen), WV__KIND_SECURITY, "its security is frozen" },
		{ offsetof(struct sim, locked), WV__KIND_SECURITY_ENHANCED,
		  "it is locked by an ATA password" },
		{ offsetof(struct sim, locked), WV__KIND_CRYPTO,
		  "it is locked by an ATA password" },
		{ offsetof(struct sim, enabled), WV__KIND_SECURITY, "it has an ATA password" },
		{ offsetof(struct sim, sanitize_frozen), WV__KIND_BLOCK, "its sanitize is frozen" },
		{ offsetof(struct sim, running_already), WV__KIND_BLOCK,
		  "a sanitize is going on in it" },
		{ offsetof(struct sim, fixed), WV__KIND_BLOCK,
		  "cannot be read back through this adapter" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sim_make(&s, WV__BUS_ATA);
		*((bool *)&s + rows[i].flag) = true;
		ck_chosen(rows[i].kind, -EPERM, rows[i].sentence);
	}
}
END_TEST

START_TEST(a_sanitize_that_goes_on_already_is_no_second_one)
{
	sim_make(&s, WV__BUS_SCSI);
	s.running_already = true;
	ck_chosen(WV__KIND_OVERWRITE, -EPERM, "a sanitize is going on in it");
	sim_make(&s, WV__BUS_NVME);
	s.running_already = true;
	ck_chosen(WV__KIND_FORMAT, -EPERM, "a sanitize is going on in it");
}
END_TEST

/* The kernel would hold it back for minutes. */
static int no_read(void *data, void *buf, size_t len, uint64_t offset)
{
	(void)data, (void)buf, (void)len, (void)offset;
	abort();
}

static int idle(enum wv__bus bus, void (*change)(struct sim *s))
{
	struct wv__transport_ops ops = sim_ops;
	struct wv__offer offer;
	int r;

	sim_make(&s, bus);
	ops.read = no_read;
	s.t.ops = &ops;
	if (change)
		change(&s);
	r = wv__offer_load(ctx, &s.t, &offer);
	if (r == 0)
		r = wv__offer_idle(ctx, &s.t, &offer);
	ck_assert_uint_eq(s.commands, 0);
	sim_free(&s);
	return r;
}

/* It was asked once, and its progress does not move. */
static void runs(struct sim *sim)
{
	sim->left = SIM_POLLS - 1;
	sim->hangs = true;
}

static void runs_mute(struct sim *sim)
{
	sim->left = SIM_POLLS;
	sim->mute = true;
}

static void has_failed(struct sim *sim)
{
	sim->failed = true;
}

static void has_done(struct sim *sim)
{
	sim->done = true;
}

START_TEST(a_device_that_erases_itself_is_not_read_and_says_how_far_it_is)
{
	static const enum wv__bus buses[] = { WV__BUS_ATA, WV__BUS_SCSI, WV__BUS_NVME };

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
		ck_assert_int_eq(idle(buses[i], NULL), 0);
		ck_assert_int_eq(idle(buses[i], has_done), 0);
		ck_assert_int_eq(idle(buses[i], has_failed), 0);
		ck_assert_int_eq(idle(buses[i], runs), -EBUSY);
		ck_assert_str_eq(wv_ctx_error(ctx), "a sanitize is going on in sim, 6 % done: "
						    "wait until it is over");
	}
	ck_assert_int_eq(idle(WV__BUS_SCSI, runs_mute), -EBUSY);
	ck_assert_str_eq(wv_ctx_error(ctx), "a sanitize is going on in sim: wait until it is over");
	ck_assert_int_eq(idle(WV__BUS_NONE, NULL), 0);
}
END_TEST

START_TEST(nothing_else_is_offered_while_it_goes_on)
{
	static const enum wv__kind kinds[] = { WV__KIND_BLOCK, WV__KIND_SECURITY };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		sim_make(&s, WV__BUS_ATA);
		runs(&s);
		ck_chosen(kinds[i], -EPERM, "a sanitize is going on in it, 6 % done");
	}
}
END_TEST

START_TEST(namespaces_that_were_not_named_are_not_erased)
{
	sim_make(&s, WV__BUS_NVME);
	s.namespaces = 2;
	ck_chosen(WV__KIND_BLOCK, -EPERM, "it would erase all namespaces of the controller (2)");
	sim_make(&s, WV__BUS_NVME);
	s.namespaces = 2;
	ck_chosen(WV__KINDS, 0, "format-crypto"); /* that is for one alone */
	sim_make(&s, WV__BUS_NVME);
	s.namespaces = 0; /* it does not tell */
	ck_chosen(WV__KIND_CRYPTO, -EPERM, "all namespaces");
	sim_make(&s, WV__BUS_NVME);
	s.t.nsid = 9; /* one, but not this */
	ck_chosen(WV__KIND_CRYPTO, -EPERM, "all namespaces");
}
END_TEST

START_TEST(a_disk_of_another_size_than_the_kernels_is_refused)
{
	sim_make(&s, WV__BUS_SCSI);
	s.t.size /= 2;
	ck_chosen(WV__KIND_BLOCK, -EPERM, "does not have the size");
	sim_make(&s, WV__BUS_ATA);
	s.t.size /= 2;
	ck_chosen(WV__KIND_SECURITY, -EPERM, "does not have the size");
	sim_make(&s, WV__BUS_NVME);
	s.t.size /= 2;
	ck_chosen(WV__KIND_FORMAT, -EPERM, "does not have the size");
}
END_TEST

START_TEST(a_stick_is_asked_nothing_that_it_may_not_survive)
{
	struct wv__offer offer;

	sim_make(&s, WV__BUS_SCSI);
	s.usb = s.t.usb = true;
	offer = load();
	for (unsigned int i = 0; i < WV__KINDS; i++)
		ck_assert(!offer.rows[i].offered);
	sim_free(&s);
}
END_TEST

START_TEST(asking_survives_every_failure_and_changes_nothing)
{
	for (int n = 0;; n++) {
		struct wv__offer offer = { 0 };
		struct wv_doc *doc = NULL;
		int r;

		sim_make(&s, WV__BUS_ATA);
		fault_after(n);
		r = wv__offer_load(ctx, &s.t, &offer);
		if (r >= 0)
			r = wv__offer_doc(ctx, &offer, &doc);
		ck_assert(!fault_fired() || r <= 0);
		ck_assert_uint_eq(s.commands, 0);
		ck_assert(!s.enabled);
		sim_free(&s);
		if (r == 0) {
			ck_assert_uint_eq(wv_doc_count(doc), 5);
			wv_doc_free(doc);
			break;
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("offer");
	TCase *tc = tcase_create("offer");

	tcase_add_test(tc, the_strongest_is_chosen);
	tcase_add_test(tc, security_erase_has_to_be_named);
	tcase_add_test(tc, a_device_that_offers_nothing_is_refused);
	tcase_add_test(tc, frozen_locked_and_owned_are_said);
	tcase_add_test(tc, a_sanitize_that_goes_on_already_is_no_second_one);
	tcase_add_test(tc, a_device_that_erases_itself_is_not_read_and_says_how_far_it_is);
	tcase_add_test(tc, nothing_else_is_offered_while_it_goes_on);
	tcase_add_test(tc, namespaces_that_were_not_named_are_not_erased);
	tcase_add_test(tc, a_disk_of_another_size_than_the_kernels_is_refused);
	tcase_add_test(tc, a_stick_is_asked_nothing_that_it_may_not_survive);
	tcase_add_test(tc, asking_survives_every_failure_and_changes_nothing);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
