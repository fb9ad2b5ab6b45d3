/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sanitize.c - a device that erases itself is believed only as far as
 * can be seen
 */
#include "sim_world.h"

static struct sim s;

static const enum wv__bus buses[] = { WV__BUS_ATA, WV__BUS_SCSI, WV__BUS_NVME };
static const enum wv__kind sanitizes[] = { WV__KIND_BLOCK, WV__KIND_OVERWRITE, WV__KIND_CRYPTO };

static void ck_verdict(const struct wv__erasure *e, const char *verdict, int error)
{
	ck_assert_msg(!strcmp(wv__erasure_verdict(e), verdict), "%s, not %s: %s",
		      wv__erasure_verdict(e), verdict, wv_ctx_error(ctx));
	ck_assert_int_eq(e->error, error);
}

START_TEST(an_honest_overwrite_is_wiped_and_any_other_sanitize_sampled)
{
	for (size_t b = 0; b < ARRAY_SIZE(buses); b++) {
		for (size_t k = 0; k < ARRAY_SIZE(sanitizes); k++) {
			struct wv__erasure e;

			sim_make(&s, buses[b]);
			e = sim_run(&s, sanitizes[k], NULL);
			ck_verdict(&e, sanitizes[k] == WV__KIND_OVERWRITE ? "wiped" : "sampled", 0);
			ck_assert_uint_eq(e.verified, SIM_SIZE);
			ck_assert_uint_eq(e.laid, 2000);
			ck_assert_uint_eq(s.commands, 1);
			ck_assert(e.uniform);
			if (sanitizes[k] == WV__KIND_OVERWRITE)
				ck_assert_uint_eq(s.mem[SIM_SIZE - 1], e.order.byte);
			sim_free(&s);
		}
	}
}
END_TEST

START_TEST(a_device_that_lies_is_a_failed_proof)
{
	static const char *const verify[] = { "last", "sample", "sample:1" };

	for (size_t b = 0; b < ARRAY_SIZE(buses); b++) {
		for (size_t k = 0; k < ARRAY_SIZE(sanitizes); k++) {
			for (size_t v = 0; v < ARRAY_SIZE(verify); v++) {
				struct wv__erasure e;

				sim_make(&s, buses[b]);
				s.lies = true;
				e = sim_run(&s, sanitizes[k], verify[v]);
				ck_verdict(&e, "failed", -EBADMSG);
				ck_assert(e.completed);
				ck_assert_uint_eq(e.survived, 2000);
				ck_error_has("2000 of the marks are still there");
				sim_free(&s);
			}
		}
	}
}
END_TEST

START_TEST(one_that_stops_half_way_is_a_failed_proof)
{
	for (size_t b = 0; b < ARRAY_SIZE(buses); b++) {
		struct wv__erasure e;

		sim_make(&s, buses[b]);
		s.half = true;
		e = sim_run(&s, WV__KIND_BLOCK, "sample");
		ck_verdict(&e, "failed", -EBADMSG);
		ck_assert_uint_eq(e.survived, 1000);
		sim_free(&s);
	}
}
END_TEST

/* Erased in time for the marks, but not with the byte that it was told. */
START_TEST(an_overwrite_with_another_byte_is_a_failed_proof)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_SCSI);
	e = sim_run(&s, WV__KIND_OVERWRITE, NULL);
	ck_verdict(&e, "wiped", 0);
	s.mem[SIM_SIZE / 3] ^= 1;
	e.verified = e.mismatched = 0;
	ck_assert_int_eq(wv__marks_open(SIM_SIZE, 512, &e.marks), 0);
	ck_assert_int_eq(wv__erasure_read_back(&e), 0);
	ck_assert_uint_eq(e.mismatched, 4096);
	ck_assert_uint_eq(e.first_bad, SIM_SIZE / 3 / 4096 * 4096);
	ck_assert_str_eq(wv__erasure_verdict(&e), "failed");
	wv__marks_close(&e.marks);
	sim_free(&s);
}
END_TEST

static void ck_fails(enum wv__bus bus, size_t behaviour, int error, const char *sentence)
{
	struct wv__erasure e;

	sim_make(&s, bus);
	*((bool *)&s + behaviour) = true;
	e = sim_run(&s, WV__KIND_CRYPTO, NULL);
	ck_verdict(&e, "failed", error);
	ck_assert(!e.completed);
	ck_error_has(sentence);
	sim_free(&s);
}

START_TEST(whatever_is_no_success_is_a_failure)
{
	for (size_t b = 0; b < ARRAY_SIZE(buses); b++) {
		ck_fails(buses[b], offsetof(struct sim, aborts), -EIO, "sim ");
		ck_fails(buses[b], offsetof(struct sim, fails), -EIO,
			 "says that its erasure failed");
		ck_fails(buses[b], offsetof(struct sim, garbage), -EIO,
			 "does not say that it erased");
		ck_fails(buses[b], offsetof(struct sim, hangs), -ETIMEDOUT, "makes no progress");
	}
	ck_fails(WV__BUS_SCSI, offsetof(struct sim, mute), -ETIMEDOUT, "takes too long");
	ck_fails(WV__BUS_NVME, offsetof(struct sim, stale), -EIO, "does not say that it erased");
	ck_fails(WV__BUS_NVME, offsetof(struct sim, lost), -ETIMEDOUT,
		 "sim did not answer Sanitize, or was lost; what was begun may go on");
}
END_TEST

START_TEST(a_block_that_cannot_be_read_afterwards_is_a_failure)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_NVME);
	s.unreadable = true;
	e = sim_run(&s, WV__KIND_BLOCK, NULL);
	ck_verdict(&e, "failed", -EIO);
	ck_assert_uint_eq(e.unreadable, 4096);
	ck_assert_uint_eq(e.verified, SIM_SIZE - 4096);
	ck_assert_uint_eq(e.first_bad, SIM_SIZE / 4);
	sim_free(&s);
}
END_TEST

START_TEST(nothing_is_erased_where_marks_do_not_stay)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_ATA);
	s.forgets = true;
	e = sim_run(&s, WV__KIND_BLOCK, NULL);
	ck_verdict(&e, "failed", -EBADMSG);
	ck_assert_uint_eq(s.commands, 0);
	ck_error_has("nothing was erased");
	sim_free(&s);
}
END_TEST

START_TEST(without_a_read_back_it_is_unverified_and_of_no_category)
{
	struct wv_doc *doc;
	struct wv__erasure e;

	sim_make(&s, WV__BUS_SCSI);
	e = sim_run(&s, WV__KIND_OVERWRITE, "none");
	ck_verdict(&e, "unverified", 0);
	ck_assert_int_eq(wv__erasure_doc(ctx, &e, &doc), 0);
	ck_assert_str_eq(wv_doc_str(doc, "category"), "none");
	wv_doc_free(doc);
	sim_free(&s);
}
END_TEST

START_TEST(a_sample_reads_a_part_and_all_marks)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_NVME);
	e = sim_run(&s, WV__KIND_OVERWRITE, "sample:50");
	ck_verdict(&e, "sampled", 0);
	ck_assert_uint_eq(e.verified, 2000 * 4096);
	sim_free(&s);
}
END_TEST

START_TEST(security_erase_takes_its_password_off_again)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_ATA);
	e = sim_run(&s, WV__KIND_SECURITY, NULL);
	ck_verdict(&e, "sampled", 0);
	ck_assert(!s.enabled);
	sim_free(&s);

	sim_make(&s, WV__BUS_ATA);
	s.aborts = true;
	e = sim_run(&s, WV__KIND_SECURITY_ENHANCED, NULL);
	ck_verdict(&e, "failed", -EIO);
	ck_error_has("aborted SECURITY ERASE UNIT");
	ck_assert(!s.enabled);
	sim_free(&s);

	sim_make(&s, WV__BUS_ATA);
	s.keeps_password = true;
	e = sim_run(&s, WV__KIND_SECURITY, NULL);
	ck_verdict(&e, "failed", -EIO);
	ck_error_has("still has the ATA password \"workvol\"");
	sim_free(&s);
}
END_TEST

/* Measured: an emulated disk takes all commands of hdparm --security-erase and erases nothing. */
START_TEST(security_erase_that_erases_nothing_is_a_failed_proof)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_ATA);
	s.lies = true;
	e = sim_run(&s, WV__KIND_SECURITY, NULL);
	ck_verdict(&e, "failed", -EBADMSG);
	sim_free(&s);
	sim_make(&s, WV__BUS_ATA);
	s.what_follows = 0x42; /* neither zeros nor ones: not what it promises */
	e = sim_run(&s, WV__KIND_SECURITY, NULL);
	ck_verdict(&e, "failed", -EBADMSG);
	ck_error_has("does not leave");
	sim_free(&s);
}
END_TEST

START_TEST(format_and_secure_discard_are_clear_and_not_purge)
{
	static const struct {
		enum wv__bus bus;
		enum wv__kind kind;
	} rows[] = {
		{ WV__BUS_NVME, WV__KIND_FORMAT },
		{ WV__BUS_NVME, WV__KIND_FORMAT_CRYPTO },
		{ WV__BUS_NONE, WV__KIND_DISCARD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wv__erasure e;
		struct wv_doc *doc;

		sim_make(&s, rows[i].bus);
		e = sim_run(&s, rows[i].kind, NULL);
		ck_verdict(&e, "sampled", 0);
		ck_assert_uint_eq(s.commands, 1);
		ck_assert_int_eq(wv__erasure_doc(ctx, &e, &doc), 0);
		ck_assert_str_eq(wv_doc_str(doc, "category"), "clear");
		wv_doc_free(doc);
		sim_free(&s);
	}
}
END_TEST

START_TEST(an_interruption_says_that_the_erasure_goes_on)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_NVME);
	s.hangs = true;
	s.pauses_until_cancel = 3;
	e = sim_run(&s, WV__KIND_BLOCK, NULL);
	ck_verdict(&e, "cancelled", -ECANCELED);
	ck_error_has("goes on in the device");
	sim_free(&s);
}
END_TEST

START_TEST(interrupted_before_the_command_nothing_is_erased)
{
	struct wv__erasure e;

	sim_make(&s, WV__BUS_ATA);
	wv_ctx_cancel(ctx);
	e = sim_run(&s, WV__KIND_BLOCK, NULL);
	ck_verdict(&e, "cancelled", -ECANCELED);
	ck_assert_uint_eq(s.commands, 0);
	sim_free(&s);
}
END_TEST

START_TEST(a_dry_run_changes_nothing)
{
	const struct wv__sanitize_opts opts = { .kind = WV__KINDS, .flags = WV_WIPE_DRY_RUN };
	struct wv__erasure e = { .ctx = ctx, .parent = ctx, .opts = &opts, .t = &s.t };

	sim_make(&s, WV__BUS_NVME);
	wv__erasure_run(&e);
	ck_verdict(&e, "planned", 0);
	ck_assert_uint_eq(s.commands, 0);
	for (size_t i = 0; i < SIM_SIZE; i += 512)
		ck_assert_uint_eq(s.mem[i], 0xa5);
	sim_free(&s);
}
END_TEST

START_TEST(the_document_says_what_was_done_and_what_is_not_proven)
{
	struct wv_doc *doc, *own, *pass;
	struct wv__erasure e;
	char *text;

	sim_make(&s, WV__BUS_ATA);
	s.hpa = true;
	e = sim_run(&s, WV__KIND_CRYPTO, NULL);
	ck_verdict(&e, "sampled", 0);
	ck_assert_int_eq(wv__erasure_doc(ctx, &e, &doc), 0);
	ck_assert_str_eq(wv_doc_str(doc, "method"), "sanitize:crypto");
	ck_assert_str_eq(wv_doc_str(doc, "category"), "purge");
	own = wv_doc_get(doc, "sanitize");
	ck_assert_str_eq(wv_doc_str(own, "command"), "ATA CRYPTO SCRAMBLE EXT");
	ck_assert_str_eq(wv_doc_str(own, "found"), "77");
	ck_assert(wv_doc_bool(own, "completed"));
	ck_assert_uint_eq(wv_doc_u64(wv_doc_get(own, "marks"), "laid"), 2000);
	pass = wv_doc_at(wv_doc_get(doc, "passes"), 0);
	ck_assert_uint_eq(wv_doc_u64(pass, "written"), 0);
	ck_assert_uint_eq(wv_doc_u64(pass, "verified"), SIM_SIZE);
	text = wv_doc_text(wv_doc_get(doc, "not_proven"));
	ck_assert_ptr_nonnull(strstr(text, "kept no copy of the key"));
	ck_assert_ptr_nonnull(strstr(text, "HPA"));
	ck_assert_ptr_null(strstr(text, "DCO"));
	free(text);
	wv_doc_free(doc);
	sim_free(&s);
}
END_TEST

START_TEST(an_erasure_survives_every_failure)
{
	const int fds = open_fds();
	int n;

	for (n = 0;; n++) {
		struct wv_doc *doc = NULL;
		struct wv__erasure e;
		int r;

		sim_make(&s, WV__BUS_NVME);
		fault_after(n);
		e = sim_run(&s, WV__KIND_OVERWRITE, NULL);
		r = wv__erasure_doc(ctx, &e, &doc);
		if (!fault_fired()) {
			ck_verdict(&e, "wiped", 0);
			wv_doc_free(doc);
			sim_free(&s);
			break;
		}
		ck_assert_msg(r < 0 || e.error < 0, "fault %d: %s", n, wv_ctx_error(ctx));
		ck_assert(e.error == 0 || strcmp(wv__erasure_verdict(&e), "wiped") != 0);
		wv_doc_free(doc);
		sim_free(&s);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_ge(n, 6);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sanitize");
	TCase *tc = tcase_create("sanitize");

	tcase_add_test(tc, an_honest_overwrite_is_wiped_and_any_other_sanitize_sampled);
	tcase_add_test(tc, a_device_that_lies_is_a_failed_proof);
	tcase_add_test(tc, one_that_stops_half_way_is_a_failed_proof);
	tcase_add_test(tc, an_overwrite_with_another_byte_is_a_failed_proof);
	tcase_add_test(tc, whatever_is_no_success_is_a_failure);
	tcase_add_test(tc, a_block_that_cannot_be_read_afterwards_is_a_failure);
	tcase_add_test(tc, nothing_is_erased_where_marks_do_not_stay);
	tcase_add_test(tc, without_a_read_back_it_is_unverified_and_of_no_category);
	tcase_add_test(tc, a_sample_reads_a_part_and_all_marks);
	tcase_add_test(tc, security_erase_takes_its_password_off_again);
	tcase_add_test(tc, security_erase_that_erases_nothing_is_a_failed_proof);
	tcase_add_test(tc, format_and_secure_discard_are_clear_and_not_purge);
	tcase_add_test(tc, an_interruption_says_that_the_erasure_goes_on);
	tcase_add_test(tc, interrupted_before_the_command_nothing_is_erased);
	tcase_add_test(tc, a_dry_run_changes_nothing);
	tcase_add_test(tc, the_document_says_what_was_done_and_what_is_not_proven);
	tcase_add_test(tc, an_erasure_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
