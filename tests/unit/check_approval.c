/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_approval.c - has the responsible person said yes to exactly this request?
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/base/fs.h"
#include "../../lib/trust/approval.h"
#include "../../lib/trust/keys.h"
#include "../../lib/trust/namespaces.h"
#include "support.h"

#define NOW 1800000000

static char *first, *second; /* alice's two private keys */
static char *first_fp, *second_fp;
static char *request;
static struct wv__roster *roster;

static char *key_of_alice(const char *name, struct wv_buf *lines, char **ret_fp)
{
	static const char *const namespaces[] = { WV_NS_TAKEOUT, WV_NS_RETURN, NULL };
	cleanup_free char *pub = NULL;
	char *path = test_path(name);

	ck_assert_int_eq(wv__key_generate(ctx, path, name), 0);
	ck_assert_int_eq(wv__key_public(ctx, path, &pub), 0);
	ck_assert_int_eq(wv__key_fingerprint(ctx, pub, ret_fp), 0);
	ck_assert_int_eq(wv__roster_line(ctx, "alice", pub, namespaces, 0, NOW + 1000, lines), 0);
	return path;
}

static void make_roster(void)
{
	cleanup_buf struct wv_buf lines = WV_BUF_INIT;

	first = key_of_alice("first", &lines, &first_fp);
	second = key_of_alice("second", &lines, &second_fp);
	ck_assert_int_eq(wv__roster_parse(ctx, lines.data, lines.len, "roster", &roster), 0);
}

static void free_roster(void)
{
	wv__roster_free(roster);
	free(first);
	free(second);
	free(first_fp);
	free(second_fp);
}

/* A request of its own for every test. */
static void make_request(void)
{
	cleanup_doc struct wv_doc *doc = NULL;

	request = test_path("request.json");
	ck_assert_int_eq(
		wv__doc_build(ctx, &doc, M_STR("type", "takeout-request"), M_STR("nonce", "1")), 0);
	ck_assert_int_eq(wv__doc_save(ctx, request, doc, 0644), 0);
}

static void remove_request(void)
{
	cleanup_free char *sig = wv__printf("%s.sig", request);

	unlink(request);
	unlink(sig);
	free(request);
}

static struct wv__approval terms(void)
{
	return (struct wv__approval){
		.roster = roster,
		.namespace = WV_NS_TAKEOUT,
		.time = NOW,
		.holder = "bob",
	};
}

static int check(const struct wv__approval *approval)
{
	return wv__approval_check(ctx, approval, request, NULL, NULL);
}

static void approve(const char *namespace)
{
	ck_assert_int_eq(wv__sign_file(ctx, first, namespace, request, NULL), 0);
}

START_TEST(a_request_without_a_signature_waits)
{
	struct wv__approval approval = terms();

	ck_assert_int_eq(check(&approval), -EAGAIN);
	ck_error_has(request);
}
END_TEST

START_TEST(an_approved_request_is_handed_out_with_its_approver)
{
	cleanup_signed_by struct wv__signed_by by = { 0 };
	cleanup_doc struct wv_doc *doc = NULL;
	struct wv__approval approval = terms();

	approve(WV_NS_TAKEOUT);
	ck_assert_int_eq(wv__approval_check(ctx, &approval, request, &doc, &by), 0);
	ck_assert_str_eq(by.principal, "alice");
	ck_assert_str_eq(by.fingerprint, first_fp);
	ck_assert_str_eq(wv_doc_str(doc, "nonce"), "1");
}
END_TEST

START_TEST(the_holder_cannot_approve_by_name_or_by_key)
{
	struct wv__approval approval = terms();

	approve(WV_NS_TAKEOUT);
	approval.holder = "Alice";
	ck_assert_int_eq(check(&approval), -EPERM);
	ck_error_has("signed by alice, who is its holder");
	approval = terms();
	approval.holder_fingerprint = first_fp;
	ck_assert_int_eq(check(&approval), -EPERM);
	approval.holder_fingerprint = second_fp; /* another key of the same person */
	ck_assert_int_eq(check(&approval), -EPERM);
	approval.self_approval = true;
	ck_assert_int_eq(check(&approval), 0);
	approval = terms();
	approval.holder_fingerprint = "SHA256:of-somebody-else";
	ck_assert_int_eq(check(&approval), 0);
}
END_TEST

START_TEST(an_approval_for_another_purpose_is_rejected)
{
	struct wv__approval approval = terms();

	approve(WV_NS_RETURN);
	ck_assert_int_eq(check(&approval), -EKEYREJECTED);
}
END_TEST

START_TEST(an_approval_by_an_expired_key_is_rejected_as_such)
{
	struct wv__approval approval = terms();

	approve(WV_NS_TAKEOUT);
	approval.time = NOW + 1001;
	ck_assert_int_eq(check(&approval), -EKEYEXPIRED);
}
END_TEST

START_TEST(an_approval_replayed_for_another_request_is_rejected)
{
	cleanup_doc struct wv_doc *other = NULL, *issued = NULL;
	struct wv__approval approval = terms();
	char digest[65];

	/* the old signature beside a new request */
	approve(WV_NS_TAKEOUT);
	ck_assert_int_eq(wv__doc_load(ctx, request, &issued), 0);
	ck_assert_int_eq(wv__doc_digest(ctx, issued, digest), 0);
	ck_assert_int_eq(wv__doc_copy(ctx, issued, &other), 0);
	ck_assert_int_eq(wv__doc_set(ctx, other, M_STR("nonce", "2")), 0);
	ck_assert_int_eq(wv__doc_save(ctx, request, other, 0644), 0);
	ck_assert_int_eq(check(&approval), -EKEYREJECTED);

	/* an approved request, but not the one that was issued */
	approve(WV_NS_TAKEOUT);
	ck_assert_int_eq(check(&approval), 0);
	approval.request_digest = digest;
	ck_assert_int_eq(check(&approval), -EBADMSG);
	ck_assert_int_eq(wv__doc_save(ctx, request, issued, 0644), 0);
	approve(WV_NS_TAKEOUT);
	ck_assert_int_eq(check(&approval), 0);
}
END_TEST

START_TEST(an_approved_file_that_is_no_document_is_refused)
{
	struct wv__approval approval = terms();

	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, request, "{ }", 3, 0644), 0);
	approve(WV_NS_TAKEOUT);
	ck_assert_int_eq(check(&approval), -EBADMSG);
}
END_TEST

START_TEST(checking_survives_every_failure)
{
	struct wv__approval approval = terms();
	struct wv__signed_by by = { 0 };
	const int fds = open_fds();
	struct wv_doc *doc = NULL;
	int r, n;

	approve(WV_NS_TAKEOUT);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__approval_check(ctx, &approval, request, &doc, &by);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r == 0, doc != NULL);
		ck_assert_int_eq(r == 0, by.principal != NULL);
		ck_assert_int_ne(r, -EPERM);
		ck_assert_int_eq(open_fds(), fds);
		wv_doc_free(doc);
		wv__signed_by_free(&by);
		doc = NULL;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv_doc_free(doc);
	wv__signed_by_free(&by);
}
END_TEST

static Suite *approval_suite(void)
{
	Suite *suite = suite_create("approval");
	TCase *approval = tcase_create("approval");

	tcase_add_unchecked_fixture(approval, make_roster, free_roster);
	tcase_add_checked_fixture(approval, make_request, remove_request);
	tcase_add_test(approval, a_request_without_a_signature_waits);
	tcase_add_test(approval, an_approved_request_is_handed_out_with_its_approver);
	tcase_add_test(approval, the_holder_cannot_approve_by_name_or_by_key);
	tcase_add_test(approval, an_approval_for_another_purpose_is_rejected);
	tcase_add_test(approval, an_approval_by_an_expired_key_is_rejected_as_such);
	tcase_add_test(approval, an_approval_replayed_for_another_request_is_rejected);
	tcase_add_test(approval, an_approved_file_that_is_no_document_is_refused);
	tcase_add_test(approval, checking_survives_every_failure);
	suite_add_tcase(suite, approval);
	return suite;
}

int main(void)
{
	return run_suite(approval_suite());
}
