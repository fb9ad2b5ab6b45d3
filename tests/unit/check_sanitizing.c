/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sanitizing.c - the device's own erasure and the host's passes as one
 * result; what is asked of a sanitize that it cannot do
 */
#include "../../lib/flow/wiping/sanitizing.h"
#include "../../lib/base/json.h"
#include "support.h"

static struct wv_doc *own_doc(const char *category)
{
	struct wv_doc *doc, *open, *own;

	ck_assert_int_eq(wv__doc_array(ctx, &open), 0);
	ck_assert_int_eq(wv__doc_append_str(ctx, open, "areas that the host cannot reach"), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &own, M_STR("command", "ATA BLOCK ERASE EXT")), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("method", "sanitize:block"),
				       M_STR("category", category), M_DOC("not_proven", open),
				       M_DOC("sanitize", own), M_STR("status", "sampled")),
			 0);
	wv_doc_free(open);
	wv_doc_free(own);
	return doc;
}

static struct wv_doc *host_doc(const char *category, const char *status)
{
	struct wv_doc *doc, *open;

	ck_assert_int_eq(wv__doc_array(ctx, &open), 0);
	ck_assert_int_eq(wv__doc_append_str(ctx, open, "remapped and over-provisioned areas"), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("method", "random"),
				       M_STR("category", category), M_DOC("not_proven", open),
				       M_STR("status", status)),
			 0);
	wv_doc_free(open);
	return doc;
}

static void ck_merged(const char *own_category, const char *host_category, const char *status,
		      const char *category, size_t open)
{
	struct wv_doc *own = own_doc(own_category), *host = host_doc(host_category, status);

	ck_assert_int_eq(wv__sanitizing_merge(ctx, own, host), 0);
	ck_assert_str_eq(wv_doc_str(host, "method"), "sanitize:block+random");
	ck_assert_str_eq(wv_doc_str(host, "status"), status);
	ck_assert_str_eq(wv_doc_str(host, "category"), category);
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(host, "not_proven")), open);
	ck_assert_ptr_nonnull(wv_doc_str(wv_doc_get(host, "sanitize"), "command"));
	wv_doc_free(own);
	wv_doc_free(host);
}

START_TEST(a_purge_counts_only_when_the_passes_were_proven_too)
{
	ck_merged("purge", "clear", "wiped", "purge", 1);
	ck_merged("clear", "clear", "wiped", "clear", 2);
	ck_merged("purge", "none", "failed", "none", 2);
	ck_merged("none", "clear", "wiped", "none", 2);
}
END_TEST

static int check(const char *text, const struct wv__wipe_opts *opts)
{
	struct wv__sanitize_method method;

	ck_assert_int_eq(wv__sanitize_method(ctx, text, &method), 1);
	return wv__sanitizing_check(ctx, &method, opts);
}

START_TEST(a_range_a_resume_and_unknown_passes_are_refused)
{
	ck_assert_int_eq(check("sanitize", &(struct wv__wipe_opts){ 0 }), 0);
	ck_assert_int_eq(check("sanitize+zero", &(struct wv__wipe_opts){ .verify = "all" }), 0);
	ck_assert_int_eq(check("sanitize", &(struct wv__wipe_opts){ .offset = 4096 }), -EINVAL);
	ck_error_has("as a whole");
	ck_assert_int_eq(check("sanitize", &(struct wv__wipe_opts){ .flags = WV_WIPE_RESUME }),
			 -EINVAL);
	ck_error_has("goes on in the device");
	ck_assert_int_eq(check("sanitize+nothing", &(struct wv__wipe_opts){ 0 }), -EINVAL);
	ck_assert_int_eq(check("sanitize+", &(struct wv__wipe_opts){ 0 }), -EINVAL);
	ck_assert_int_eq(check("sanitize", &(struct wv__wipe_opts){ .verify = "maybe" }), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sanitizing");
	TCase *tc = tcase_create("sanitizing");

	tcase_add_test(tc, a_purge_counts_only_when_the_passes_were_proven_too);
	tcase_add_test(tc, a_range_a_resume_and_unknown_passes_are_refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
