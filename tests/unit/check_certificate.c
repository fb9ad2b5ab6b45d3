/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_certificate.c - the category and technique that a certificate names
 */
#include "../../lib/evidence/certificate.h"
#include "support.h"

static struct wv_doc *wipe_doc(const char *status, const char *category, const char *method,
			       const char *command)
{
	struct wv_doc *doc, *own = NULL;

	if (command)
		ck_assert_int_eq(wv__doc_build(ctx, &own, M_STR("command", command)), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("status", status),
				       M_STR("category", category), M_STR("method", method),
				       M_OPT_DOC("sanitize", own)),
			 0);
	wv_doc_free(own);
	return doc;
}

static void ck_certificate(struct wv_doc *wipe, const char *technique, const char *category,
			   const char *verification)
{
	static const struct wv__policy policy;
	struct wv_doc *certificate, *how, *medium;
	struct wv__certificate_parts parts = { .policy = &policy, .wipe = wipe };

	ck_assert_int_eq(wv__doc_build(ctx, &medium, M_STR("kind", "disk")), 0);
	parts.medium = medium;
	ck_assert_int_eq(wv__certificate_build(ctx, &parts, &certificate), 0);
	wv_doc_free(medium);
	how = wv_doc_get(certificate, "sanitization");
	ck_assert_str_eq(wv_doc_str(how, "technique"), technique);
	ck_assert_str_eq(wv_doc_str(how, "category"), category);
	ck_assert_str_eq(wv_doc_str(how, "verification"), verification);
	wv_doc_free(certificate);
	wv_doc_free(wipe);
}

START_TEST(an_overwrite_by_the_host_is_never_a_purge)
{
	ck_certificate(wipe_doc("wiped", "purge", "random", NULL), "overwrite by the host", "clear",
		       "full read-back of the last pass");
	ck_certificate(wipe_doc("failed", "none", "random", NULL), "overwrite by the host", "none",
		       "incomplete");
}
END_TEST

START_TEST(the_devices_own_erasure_is_named_by_its_command)
{
	ck_certificate(wipe_doc("sampled", "purge", "sanitize:block", "ATA BLOCK ERASE EXT"),
		       "the device's own erasure, ATA BLOCK ERASE EXT", "purge",
		       "marks that were laid before are gone");
	ck_certificate(wipe_doc("wiped", "purge", "sanitize:block+random", "ATA BLOCK ERASE EXT"),
		       "the device's own erasure, ATA BLOCK ERASE EXT, then overwrite by the host",
		       "purge", "full read-back of the last pass");
	ck_certificate(wipe_doc("failed", "none", "sanitize:block", "ATA BLOCK ERASE EXT"),
		       "the device's own erasure, ATA BLOCK ERASE EXT", "none", "incomplete");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate");
	TCase *tc = tcase_create("certificate");

	tcase_add_test(tc, an_overwrite_by_the_host_is_never_a_purge);
	tcase_add_test(tc, the_devices_own_erasure_is_named_by_its_command);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
