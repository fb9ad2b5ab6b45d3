/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sign.c - signatures, made and checked by ssh-keygen -Y
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../../lib/base/clock.h"
#include "../../lib/base/fs.h"
#include "../../lib/trust/keys.h"
#include "../../lib/trust/namespaces.h"
#include "../../lib/trust/sign.h"
#include "support.h"

static char *alice, *mallory; /* private keys */
static char *pub;	      /* alice's public key */
static struct wv__roster *roster;
static uint64_t from, to; /* when alice's key is valid */

static struct wv__roster *roster_of(const char *principal, uint64_t after, uint64_t before)
{
	static const char *const namespaces[] = { WV_NS_TAKEOUT, NULL };
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	struct wv__roster *made = NULL;

	ck_assert_int_eq(wv__roster_line(ctx, principal, pub, namespaces, after, before, &text), 0);
	ck_assert_int_eq(wv__roster_parse(ctx, text.data, text.len, "roster", &made), 0);
	return made;
}

/* Once, in the parent: tests get a copy. */
static void make_keys(void)
{
	wv__time_parse("2026-01-01T00:00:00Z", &from);
	wv__time_parse("2026-12-31T00:00:00Z", &to);
	alice = test_path("alice");
	mallory = test_path("mallory");
	ck_assert_int_eq(wv__key_generate(ctx, alice, "alice"), 0);
	ck_assert_int_eq(wv__key_generate(ctx, mallory, "mallory"), 0);
	ck_assert_int_eq(wv__key_public(ctx, alice, &pub), 0);
	roster = roster_of("alice", from, to);
}

static void free_keys(void)
{
	wv__roster_free(roster);
	free(alice);
	free(mallory);
	free(pub);
}

static void sign(const char *key, const char *namespace, const char *text, struct wv_buf *ret)
{
	ck_assert_int_eq(wv__sign(ctx, key, namespace, text, strlen(text), ret), 0);
}

static int verify(const char *namespace, const char *text, const struct wv_buf *sig, uint64_t time)
{
	return wv__verify(ctx, roster, NULL, namespace, text, strlen(text), sig->data, sig->len,
			  time, NULL);
}

START_TEST(what_was_signed_is_proven_with_its_signer)
{
	cleanup_signed_by struct wv__signed_by by = { 0 };
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	cleanup_free char *fingerprint = NULL;

	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(wv__verify(ctx, roster, "alice", WV_NS_TAKEOUT, "yes", 3, sig.data,
				    sig.len, from, &by),
			 0);
	ck_assert_str_eq(by.principal, "alice");
	ck_assert_int_eq(wv__key_fingerprint(ctx, pub, &fingerprint), 0);
	ck_assert_str_eq(by.fingerprint, fingerprint);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, to), 0);
}
END_TEST

START_TEST(an_altered_document_is_rejected)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;

	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes\n", &sig, from), -EKEYREJECTED);
	ck_error_has("does not match");
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "", &sig, from), -EKEYREJECTED);
}
END_TEST

START_TEST(a_signature_for_another_purpose_is_rejected)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT, other = WV_BUF_INIT;

	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(verify(WV_NS_RETURN, "yes", &sig, from), -EKEYREJECTED);
	ck_error_has("signed for workvol-takeout");
	sign(alice, WV_NS_RETURN, "yes", &other); /* the roster does not let her */
	ck_assert_int_eq(verify(WV_NS_RETURN, "yes", &other, from), -EKEYREJECTED);
	ck_error_has("may not sign");
}
END_TEST

START_TEST(a_key_outside_its_dates_is_expired)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;

	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, from - 1), -EKEYEXPIRED);
	ck_error_has("not valid yet");
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, to + 1), -EKEYEXPIRED);
	ck_error_has("has expired");
}
END_TEST

START_TEST(a_stranger_and_another_person_are_rejected)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT, hers = WV_BUF_INIT;

	sign(mallory, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, from), -EKEYREJECTED);
	ck_error_has("not in the roster");
	sign(alice, WV_NS_TAKEOUT, "yes", &hers);
	ck_assert_int_eq(wv__verify(ctx, roster, "bob", WV_NS_TAKEOUT, "yes", 3, hers.data,
				    hers.len, from, NULL),
			 -EKEYREJECTED);
	ck_error_has("not by bob");
}
END_TEST

/* Mallory's signature, with alice's key written into it: both are Ed25519, at fixed places. */
START_TEST(a_signature_that_claims_anothers_key_is_rejected)
{
	cleanup_buf struct wv_buf hers = WV_BUF_INIT, his = WV_BUF_INIT;

	sign(alice, WV_NS_TAKEOUT, "other", &hers);
	sign(mallory, WV_NS_TAKEOUT, "yes", &his);
	/*
	 * Magic 6, version 4, length 4, key 51, and the zero that the next length begins
	 * with: 66 bytes are 88 digits, and a newline among them.
	 */
	memcpy(his.data, hers.data, strlen("-----BEGIN SSH SIGNATURE-----\n") + 89);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &his, from), -EKEYREJECTED);
	ck_error_has("the signature of alice does not match");
}
END_TEST

START_TEST(what_is_no_signature_is_a_failed_proof)
{
	struct wv_buf none = { .data = (char *)"no", .len = 2 };

	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &none, from), -EBADMSG);
}
END_TEST

START_TEST(the_time_of_the_machine_does_not_count)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;

	ck_assert_int_eq(setenv("TZ", "Asia/Tokyo", 1), 0);
	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, to), 0);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, to + 1), -EKEYEXPIRED);
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, from), 0);
}
END_TEST

/* ---- files ---------------------------------------------------------------- */

static char *signed_doc(const char *name, const char *answer)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char *path = test_path(name);

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("answer", answer)), 0);
	ck_assert_int_eq(wv__sign_doc(ctx, alice, WV_NS_TAKEOUT, doc, path), 0);
	return path;
}

static int verify_file(const char *path, struct wv_doc **ret)
{
	return wv__verify_file(ctx, roster, "alice", WV_NS_TAKEOUT, path, from, ret, NULL);
}

START_TEST(a_signed_document_is_read_from_the_proven_bytes)
{
	cleanup_free char *path = signed_doc("doc", "yes");
	cleanup_doc struct wv_doc *doc = NULL;

	ck_assert_int_eq(verify_file(path, &doc), 0);
	ck_assert_str_eq(wv_doc_str(doc, "answer"), "yes");
}
END_TEST

START_TEST(plain_ssh_keygen_verifies_a_document)
{
	cleanup_free char *path = signed_doc("plain", "yes");
	cleanup_free char *signers = make_file("signers", roster->text);
	cleanup_free char *command =
		wv__printf("ssh-keygen -q -Y verify -f %s -I alice -n workvol-takeout -s %s.sig "
			   "-Overify-time=20260601Z <%s >%s.out 2>&1",
			   signers, path, path, path);

	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(the_signature_of_another_document_is_rejected)
{
	cleanup_free char *one = signed_doc("one", "yes"), *two = signed_doc("two", "no");
	cleanup_free char *sig = wv__printf("%s.sig", one), *other = wv__printf("%s.sig", two);
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(rename(other, sig), 0);
	ck_assert_int_eq(verify_file(one, &doc), -EKEYREJECTED);
	ck_error_has(one);
	ck_assert_int_eq(verify_file(two, &doc), -ENOENT);
	ck_assert_ptr_null(doc);
}
END_TEST

START_TEST(a_file_is_signed_as_it_is)
{
	cleanup_free char *path = make_file("file", "not JSON\n");
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__sign_file(ctx, alice, WV_NS_TAKEOUT, path, NULL), 0);
	ck_assert_int_eq(
		wv__verify_bytes(ctx, roster, NULL, WV_NS_TAKEOUT, path, from, &bytes, NULL), 0);
	ck_assert_str_eq(bytes.data, "not JSON\n");
	ck_assert_int_eq(verify_file(path, &doc), -EBADMSG);
}
END_TEST

START_TEST(a_file_that_was_exchanged_is_not_signed)
{
	cleanup_free char *path = make_file("shown.json", "{\"a\":1}\n"), *sig = wv__printf("%s.sig", path);
	cleanup_doc struct wv_doc *shown = NULL;

	ck_assert_int_eq(wv__doc_load(ctx, path, &shown), 0);
	ck_assert_int_eq(wv__sign_file(ctx, alice, WV_NS_TAKEOUT, path, shown), 0);
	ck_assert_int_eq(unlink(sig), 0);
	free(make_file("shown.json", "{\"a\":2}\n"));
	ck_assert_int_eq(wv__sign_file(ctx, alice, WV_NS_TAKEOUT, path, shown), -EBADMSG);
	ck_error_has("exchanged");
	ck_assert_int_ne(access(sig, F_OK), 0);
}
END_TEST

START_TEST(signing_without_a_usable_key_fails)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	cleanup_free char *none = test_path("none"), *public = wv__printf("%s.pub", alice);

	ck_assert_int_lt(wv__sign(ctx, none, WV_NS_TAKEOUT, "yes", 3, &sig), 0);
	ck_error_has(none);
	unsetenv("SSH_AUTH_SOCK");
	ck_assert_int_lt(wv__sign(ctx, public, WV_NS_TAKEOUT, "yes", 3, &sig), 0);
	ck_error_has("ssh-agent");
	ck_assert_uint_eq(sig.len, 0);
}
END_TEST

/* An agent that holds alice's key, until stopped or until this test ends. */
static pid_t start_agent(const char *sock)
{
	cleanup_free char *add =
		wv__printf("until [ -S %s ]; do sleep 0.05; done; "
			   "SSH_AUTH_SOCK=%s ssh-add -q %s",
			   sock, sock, alice);
	const pid_t agent = fork();

	ck_assert_int_ge(agent, 0);
	if (!agent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execlp("ssh-agent", "ssh-agent", "-D", "-a", sock, NULL);
		_exit(127);
	}
	ck_assert_int_eq(system(add), 0);
	return agent;
}

START_TEST(an_agent_signs_for_a_public_key)
{
	cleanup_free char *public = test_path("agent.pub"), *sock = test_path("agent.sock");
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	pid_t agent;
	int r;

	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, public, pub, strlen(pub), 0644), 0);
	agent = start_agent(sock);
	ck_assert_int_eq(setenv("SSH_AUTH_SOCK", sock, 1), 0);
	r = wv__sign(ctx, public, WV_NS_TAKEOUT, "yes", 3, &sig);
	ck_assert_msg(r == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(verify(WV_NS_TAKEOUT, "yes", &sig, from), 0);
	ck_assert_int_gt(agent, 1);
	ck_assert_int_eq(kill(agent, SIGTERM), 0);
	ck_assert_int_eq(waitpid(agent, NULL, 0), agent);
}
END_TEST

START_TEST(verifying_survives_every_failure)
{
	cleanup_free char *path = signed_doc("faults", "yes");
	const int fds = open_fds();
	struct wv_doc *doc = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = verify_file(path, &doc);
		if (!fault_fired())
			break;
		ck_assert(r < 0 || doc);
		if (r == 0)
			wv_doc_free(doc); /* what failed was only the cleaning up */
		doc = NULL;
		ck_assert_int_ne(r, -EKEYREJECTED);
		ck_assert_int_eq(open_fds(), fds);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
	wv_doc_free(doc);
}
END_TEST

START_TEST(a_forgery_never_passes_whichever_call_fails)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	bool fired;
	int r, n = 0;

	sign(alice, WV_NS_TAKEOUT, "yes", &sig);
	do {
		fault_after(n++);
		r = verify(WV_NS_TAKEOUT, "no!", &sig, from);
		fired = fault_fired();
		ck_assert_int_lt(r, 0);
	} while (fired);
	ck_assert_int_eq(r, -EKEYREJECTED);
	ck_assert_int_ge(n, 20);
}
END_TEST

START_TEST(signing_survives_every_failure)
{
	cleanup_doc struct wv_doc *doc = NULL, *back = NULL;
	cleanup_free char *path = test_path("signed"), *sig = wv__printf("%s.sig", path);
	const int fds = open_fds();
	int r, n;

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("answer", "yes")), 0);
	for (n = 0;; n++) {
		unlink(path);
		unlink(sig);
		fault_after(n);
		r = wv__sign_doc(ctx, alice, WV_NS_TAKEOUT, doc, path);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		/* a document that is there has its signature */
		ck_assert(access(path, F_OK) != 0 || access(sig, F_OK) == 0);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 10);
	ck_assert_int_eq(verify_file(path, &back), 0);
}
END_TEST

static Suite *sign_suite(void)
{
	Suite *suite = suite_create("sign");
	TCase *sign_case = tcase_create("sign");

	tcase_add_unchecked_fixture(sign_case, make_keys, free_keys);
	tcase_add_test(sign_case, what_was_signed_is_proven_with_its_signer);
	tcase_add_test(sign_case, an_altered_document_is_rejected);
	tcase_add_test(sign_case, a_signature_for_another_purpose_is_rejected);
	tcase_add_test(sign_case, a_key_outside_its_dates_is_expired);
	tcase_add_test(sign_case, a_stranger_and_another_person_are_rejected);
	tcase_add_test(sign_case, a_signature_that_claims_anothers_key_is_rejected);
	tcase_add_test(sign_case, what_is_no_signature_is_a_failed_proof);
	tcase_add_test(sign_case, the_time_of_the_machine_does_not_count);
	tcase_add_test(sign_case, a_file_that_was_exchanged_is_not_signed);
	tcase_add_test(sign_case, signing_without_a_usable_key_fails);
	tcase_add_test(sign_case, an_agent_signs_for_a_public_key);
	tcase_add_test(sign_case, a_signed_document_is_read_from_the_proven_bytes);
	tcase_add_test(sign_case, plain_ssh_keygen_verifies_a_document);
	tcase_add_test(sign_case, the_signature_of_another_document_is_rejected);
	tcase_add_test(sign_case, a_file_is_signed_as_it_is);
	tcase_add_test(sign_case, verifying_survives_every_failure);
	tcase_add_test(sign_case, a_forgery_never_passes_whichever_call_fails);
	tcase_add_test(sign_case, signing_survives_every_failure);
	suite_add_tcase(suite, sign_case);
	return suite;
}

int main(void)
{
	return run_suite(sign_suite());
}
