/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_signer.c - the server's side of the receipt, given requests that our
 * client would not make
 */
#include <sys/mman.h>

#include "base/json.h"
#include "sync/signer.h"
#include "sync_world.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define REQUEST(files, nonce, takeout, tail)                                              \
	"{\"checkpoint\":null,\"declaration\":\"" HASH "\",\"files\":" files              \
	",\"nonce\":\"" nonce "\",\"takeout\":\"" takeout "\",\"type\":\"receipt-request\",\"v\":1,\"volume\":\"" VOLUME \
	"\"" tail "}"

/* The answer to these bytes; r is the return value. */
static struct wv_doc *ask(const char *text, size_t len, int *r)
{
	const int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
	struct wv_doc *answer = NULL;
	char buffer[8192];
	ssize_t n;

	ck_assert_int_ge(in, 0);
	ck_assert_int_ge(out, 0);
	ck_assert_int_eq(wv__write_all(in, text, len), 0);
	lseek(in, 0, SEEK_SET);
	*r = wv__receipt_give(ctx, w.root, w.key, false, in, out);
	n = pread(out, buffer, sizeof(buffer), 0);
	ck_assert_int_gt(n, 1);
	ck_assert_int_eq(buffer[n - 1], '\n');
	ck_assert_int_eq(wv__doc_parse(ctx, buffer, n, "answer", &answer), 0);
	close(in);
	close(out);
	return answer;
}

static const char *const bad[] = {
	"", "x", "{}", "[]", "null", "{\"v\":1}",
	REQUEST("[]", "short", TAKEOUT, ""), REQUEST("[]", HASH, "../../etc", ""),
	REQUEST("[]", "../../../../../../../../../../../../../../../../../../../etc/pass", TAKEOUT, ""),
	REQUEST("\"\"", HASH, TAKEOUT, ""), REQUEST("[{}]", HASH, TAKEOUT, ""),
	REQUEST("[{\"path\":\"../x\",\"sha256\":\"" HASH "\",\"size\":0}]", HASH, TAKEOUT, ""),
	REQUEST("[{\"path\":\"/etc/passwd\",\"sha256\":\"" HASH "\",\"size\":0}]", HASH, TAKEOUT, ""),
	REQUEST("[]", HASH, TAKEOUT, ",\"z\":1"), REQUEST("[]", HASH, TAKEOUT, " "),
	REQUEST("[]", HASH, TAKEOUT, "}{"),
};

START_TEST(a_request_that_is_none_is_refused)
{
	struct wv_doc *answer;
	int r;

	answer = ask(bad[_i], strlen(bad[_i]), &r);
	ck_assert_int_eq(r, -EBADMSG);
	ck_assert_ptr_nonnull(wv_doc_str(answer, "refused"));
	ck_assert_str_eq(wv_doc_str(answer, "code"), "EBADMSG");
	ck_assert_ptr_null(wv_doc_get(answer, "receipt"));
	wv_doc_free(answer);
}
END_TEST

START_TEST(a_receipt_closes_the_data_and_a_refusal_does_not)
{
	static const char missing[] =
		REQUEST("[{\"path\":\"missing\",\"sha256\":\"" HASH "\",\"size\":0}]", HASH, TAKEOUT, "");
	static const char empty[] = REQUEST("[]", HASH, TAKEOUT, "");
	char *closed = wv__printf("%s/" TAKEOUT "/closed", w.root);
	struct wv_doc *answer;
	int r;

	ck_assert_int_eq(send_all(), 0);
	answer = ask(missing, strlen(missing), &r);
	ck_assert_str_eq(wv_doc_str(answer, "path"), "missing");
	ck_assert_str_eq(wv_doc_str(answer, "refused"), "is missing");
	ck_assert_int_lt(access(closed, F_OK), 0);
	wv_doc_free(answer);
	answer = ask(empty, strlen(empty), &r);
	ck_assert_int_eq(r, 0);
	ck_assert_str_eq(wv_doc_str(wv_doc_get(answer, "receipt"), "nonce"), HASH);
	ck_assert_int_eq(access(closed, F_OK), 0);
	wv_doc_free(answer);
	answer = ask(missing, strlen(missing), &r); /* the nonce is used up, and what is closed stays */
	ck_assert_ptr_nonnull(strstr(wv_doc_str(answer, "refused"), "for this nonce before"));
	ck_assert_int_eq(access(closed, F_OK), 0);
	wv_doc_free(answer);
	free(closed);
}
END_TEST

START_TEST(a_key_that_is_gone_gives_no_receipt)
{
	static const char empty[] = REQUEST("[]", HASH, TAKEOUT, "");
	struct wv_doc *answer;
	int r;

	ck_assert_int_eq(send_all(), 0);
	ck_assert_int_eq(unlink(w.key), 0);
	answer = ask(empty, strlen(empty), &r);
	ck_assert_int_lt(r, 0);
	ck_assert_ptr_nonnull(wv_doc_str(answer, "refused"));
	wv_doc_free(answer);
}
END_TEST

START_TEST(a_client_that_is_gone_is_an_error)
{
	const int in = open("/dev/null", O_RDONLY | O_CLOEXEC), out = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_lt(wv_sync_receipt(ctx, w.root, w.key, in, out), 0);
	close(in);
	close(out);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("signer");
	TCase *tc = world_case(s, "signer");

	tcase_add_loop_test(tc, a_request_that_is_none_is_refused, 0, ARRAY_SIZE(bad));
	tcase_add_test(tc, a_receipt_closes_the_data_and_a_refusal_does_not);
	tcase_add_test(tc, a_key_that_is_gone_gives_no_receipt);
	tcase_add_test(tc, a_client_that_is_gone_is_an_error);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
