/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_receipt_check.c - a receipt that is not exactly the one that was asked
 * for lets nothing be destroyed
 */
#include "base/json.h"
#include "trust/sign.h"
#include "sync_world.h"

static struct wv_doc *receipt;
static struct wv_buf sig;

/* One good receipt; each test then spoils something. */
static void setup(void)
{
	world_setup();
	ck_assert_int_eq(send_all(), 0);
	ck_assert_msg(wv__receipt_fetch(ctx, &w.server, &w.terms, NULL, &receipt, &sig) == 0, "%s",
		      wv_ctx_error(ctx));
}

static void teardown(void)
{
	wv_doc_free(receipt);
	wv__buf_free(&sig);
	world_teardown();
}

static int check(void)
{
	return wv__receipt_check(ctx, &w.terms, receipt, sig.data, sig.len);
}

/* The server's own key signs what was changed: the signature is good then, the content is not. */
static void sign_again(const char *key, const char *namespace)
{
	struct wv_buf bytes = WV_BUF_INIT;

	wv__buf_free(&sig);
	ck_assert_int_eq(wv__doc_canonical(ctx, receipt, &bytes), 0);
	ck_assert_int_eq(wv__sign(ctx, key, namespace, bytes.data, bytes.len, &sig), 0);
	wv__buf_free(&bytes);
}

#define assert_refused(err, text)                                                    \
	do {                                                                         \
		ck_assert_msg(check() == (err), "%d: %s", check(), wv_ctx_error(ctx)); \
		ck_error_has(text);                                                  \
	} while (0)

START_TEST(the_receipt_that_was_asked_for_passes)
{
	ck_assert_int_eq(check(), 0);
}
END_TEST

START_TEST(a_changed_receipt_is_forged)
{
	ck_assert_int_eq(wv__doc_set(ctx, receipt, M_STR("time", "2026-01-01T00:00:00Z")), 0);
	assert_refused(-EKEYREJECTED, "not signed by the server's receipt key");
}
END_TEST

START_TEST(another_key_is_forged)
{
	char *path = wv__printf("%s/other", w.dir), *other = test_keygen(path);

	sign_again(path, "workvol-receipt");
	assert_refused(-EKEYREJECTED, "not signed by the server's receipt key");
	free(path);
	free(other);
}
END_TEST

START_TEST(another_purpose_is_forged)
{
	sign_again(w.key, "workvol-certificate");
	assert_refused(-EKEYREJECTED, "workvol-certificate");
}
END_TEST

START_TEST(no_signature_is_none)
{
	wv__buf_free(&sig);
	ck_assert_int_eq(wv__buf_puts(&sig, "none"), 0);
	assert_refused(-EBADMSG, "not signed by the server's receipt key");
}
END_TEST

START_TEST(a_replayed_receipt_is_refused)
{
	world_new_nonce();
	assert_refused(-EBADMSG, "replayed");
}
END_TEST

START_TEST(a_stale_receipt_is_refused)
{
	w.terms.now += 3590;
	ck_assert_int_eq(check(), 0);
	w.terms.now += 100;
	assert_refused(-EKEYEXPIRED, "stale");
}
END_TEST

START_TEST(a_receipt_from_the_future_is_refused)
{
	w.terms.now -= 290;
	ck_assert_int_eq(check(), 0);
	w.terms.now -= 1000;
	assert_refused(-EBADMSG, "future");
}
END_TEST

START_TEST(another_volume_is_refused)
{
	w.terms.volume = TAKEOUT;
	assert_refused(-EBADMSG, "another volume's");
}
END_TEST

START_TEST(another_take_out_is_refused)
{
	w.terms.takeout = VOLUME;
	assert_refused(-EBADMSG, "another take-out's");
}
END_TEST

START_TEST(another_server_directory_is_refused)
{
	w.terms.root = "/srv/other";
	assert_refused(-EBADMSG, "another directory");
}
END_TEST

START_TEST(the_stations_own_word_is_no_servers)
{
	w.terms.self_verified = false;
	assert_refused(-EBADMSG, "by the station itself");
}
END_TEST

START_TEST(a_receipt_that_hides_that_is_refused)
{
	ck_assert_int_eq(wv__doc_set(ctx, receipt, M_BOOL("self_verified", false)), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "does not say");
}
END_TEST

START_TEST(a_trials_receipt_is_for_trials_only)
{
	ck_assert_int_eq(wv__doc_set(ctx, receipt, M_BOOL("lab", true)), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "trial");
	w.terms.lab = true;
	ck_assert_int_eq(check(), 0);
}
END_TEST

START_TEST(another_declaration_is_refused)
{
	declare_file("later", "x", 1);
	assert_refused(-EBADMSG, "another declaration");
}
END_TEST

static struct wv_doc *files(void)
{
	return wv_doc_get(receipt, "files");
}

START_TEST(a_file_not_covered_is_named)
{
	struct wv_doc *fewer;

	ck_assert_int_eq(wv__doc_array(ctx, &fewer), 0);
	for (size_t i = 0; i < wv_doc_count(files()); i++)
		if ((int)i != _i)
			ck_assert_int_eq(wv__doc_append(ctx, fewer, wv_doc_at(files(), i)), 0);
	ck_assert_int_eq(wv__doc_set(ctx, receipt, M_DOC("files", fewer)), 0);
	wv_doc_free(fewer);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "does not cover");
}
END_TEST

static void append_file(const char *path)
{
	struct wv_doc *item;
	char sha256[WV_SHA256_HEX];

	ck_assert_int_eq(wv__sha256_hex("", 0, sha256), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &item, M_PATH("path", path), M_STR("sha256", sha256),
				       M_U64("size", 0)), 0);
	ck_assert_int_eq(wv__doc_append(ctx, files(), item), 0);
	wv_doc_free(item);
	sign_again(w.key, "workvol-receipt");
}

START_TEST(a_file_too_much_is_named)
{
	append_file("\xff\xff");
	assert_refused(-EBADMSG, "which was not asked for");
}
END_TEST

START_TEST(a_file_listed_twice_is_refused)
{
	append_file(awkward_names[0]);
	assert_refused(-EBADMSG, "out of order");
}
END_TEST

START_TEST(a_path_that_leads_out_is_refused)
{
	append_file("\xff/../../x");
	assert_refused(-EBADMSG, "may not be carried");
}
END_TEST

START_TEST(another_content_is_named)
{
	struct wv_doc *item = wv_doc_at(files(), 3);
	char *sha256 = strdup(wv_doc_str(item, "sha256"));

	sha256[0] = sha256[0] == '0' ? '1' : '0';
	ck_assert_int_eq(wv__doc_set(ctx, item, M_STR("sha256", sha256)), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "another content of");
	free(sha256);
}
END_TEST

START_TEST(another_size_is_named)
{
	struct wv_doc *item = wv_doc_at(files(), 3);

	ck_assert_int_eq(wv__doc_set(ctx, item, M_U64("size", 1 << 20)), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "another content of");
}
END_TEST

START_TEST(a_member_more_or_less_is_refused)
{
	ck_assert_int_eq(wv__doc_set(ctx, receipt, M_BOOL("extra", true)), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "none of version 1");
	ck_assert_int_eq(wv__doc_remove(receipt, "extra"), 0);
	ck_assert_int_eq(wv__doc_remove(receipt, "checkpoint"), 0);
	sign_again(w.key, "workvol-receipt");
	assert_refused(-EBADMSG, "none of version 1");
}
END_TEST

START_TEST(checking_survives_every_failure)
{
	const int fds = open_fds();
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = check();
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_le(r, 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("receipt_check");
	TCase *tc = tcase_create("check");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_receipt_that_was_asked_for_passes);
	tcase_add_test(tc, a_changed_receipt_is_forged);
	tcase_add_test(tc, another_key_is_forged);
	tcase_add_test(tc, another_purpose_is_forged);
	tcase_add_test(tc, no_signature_is_none);
	tcase_add_test(tc, a_replayed_receipt_is_refused);
	tcase_add_test(tc, a_stale_receipt_is_refused);
	tcase_add_test(tc, a_receipt_from_the_future_is_refused);
	tcase_add_test(tc, another_volume_is_refused);
	tcase_add_test(tc, another_take_out_is_refused);
	tcase_add_test(tc, another_server_directory_is_refused);
	tcase_add_test(tc, the_stations_own_word_is_no_servers);
	tcase_add_test(tc, a_receipt_that_hides_that_is_refused);
	tcase_add_test(tc, a_trials_receipt_is_for_trials_only);
	tcase_add_test(tc, another_declaration_is_refused);
	tcase_add_test(tc, a_file_too_much_is_named);
	tcase_add_test(tc, a_file_listed_twice_is_refused);
	tcase_add_test(tc, a_path_that_leads_out_is_refused);
	tcase_add_test(tc, another_content_is_named);
	tcase_add_test(tc, another_size_is_named);
	tcase_add_test(tc, a_member_more_or_less_is_refused);
	tcase_add_test(tc, checking_survives_every_failure);
	tcase_add_loop_test(tc, a_file_not_covered_is_named, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
