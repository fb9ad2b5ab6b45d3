/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_receipt.c - the server's receipt, asked of this machine and over a
 * real sshd
 */
#include "base/json.h"
#include "trust/sign.h"
#include "sync_world.h"

static void send_by(int way)
{
	if (way == 1)
		world_over_ssh();
	ck_assert_msg(send_all() == 0, "%s", wv_ctx_error(ctx));
}

static int fetch(void)
{
	cleanup_doc struct wv_doc *receipt = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	const int r = wv__receipt_fetch(ctx, &w.server, &w.terms, NULL, &receipt, &sig);

	ck_assert_int_eq(r == 0, receipt != NULL);
	ck_assert_int_eq(r == 0, sig.len > 0);
	return r;
}

#define assert_no_receipt(text)                                                            \
	do {                                                                               \
		const int r_ = fetch();                                                    \
		ck_assert_msg(r_ == -EBADMSG, "%d: %s", r_, wv_ctx_error(ctx));            \
		ck_error_has("the server gives no receipt");                               \
		ck_error_has(text);                                                        \
	} while (0)

START_TEST(it_names_every_file_and_stock_tools_agree)
{
	cleanup_doc struct wv_doc *receipt = NULL, *checkpoint = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	char *kept = wv__printf("%s/" TAKEOUT "/receipts/%s.json", w.root, w.nonce);
	char *signers = wv__printf("server %s", w.public);
	char command[2000];

	send_by(_i);
	put(w.dir, "signers", signers, strlen(signers));
	ck_assert_int_eq(wv__doc_build(ctx, &checkpoint, M_U64("size", 7)), 0);
	ck_assert_msg(wv__receipt_fetch(ctx, &w.server, &w.terms, checkpoint, &receipt, &sig) == 0, "%s",
		      wv_ctx_error(ctx));
	ck_assert_uint_eq(wv_doc_count(wv_doc_get(receipt, "files")), ARRAY_SIZE(awkward_names));
	ck_assert_uint_eq(wv_doc_u64(wv_doc_get(receipt, "checkpoint"), "size"), 7);
	ck_assert_int_eq(wv_doc_bool(receipt, "self_verified"), _i == 0);
	snprintf(command, sizeof(command),
		 "ssh-keygen -q -Y verify -f '%s/signers' -I server -n workvol-receipt -s '%s.sig' <'%s' >&2",
		 w.dir, kept, kept);
	ck_assert_int_eq(test_run((const char *const[]){ "/bin/sh", "-c", command, NULL }), 0);
	free(kept);
	free(signers);
}
END_TEST

START_TEST(a_renewed_receipt_needs_no_new_transfer)
{
	send_by(_i);
	for (int i = 0; i < 2; i++) {
		world_new_nonce();
		ck_assert_msg(fetch() == 0, "%s", wv_ctx_error(ctx));
	}
}
END_TEST

START_TEST(a_nonce_is_used_once)
{
	send_by(_i);
	ck_assert_int_eq(fetch(), 0);
	assert_no_receipt("for this nonce before");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	char *path = data_path("d/inside");

	send_by(_i);
	ck_assert_int_eq(unlink(path), 0);
	assert_no_receipt("d/inside is missing");
	free(path);
	if (_i) /* enough connections */
		return;
	ck_assert_int_eq(send_all(), 0); /* and is sent again: nothing was closed */
	ck_assert_int_eq(fetch(), 0);
}
END_TEST

START_TEST(one_byte_different_is_named)
{
	send_by(_i);
	put(w.data, "d/inside", "d/insidE", 8);
	assert_no_receipt("d/inside has another content");
}
END_TEST

START_TEST(a_short_file_is_named)
{
	send_by(_i);
	put(w.data, "d/inside", "d/insid", 7);
	assert_no_receipt("d/inside has another size");
}
END_TEST

/* Also when what it leads to has the right content. */
START_TEST(a_symbolic_link_is_named)
{
	char *path = data_path("d/inside"), *elsewhere = data_path("elsewhere");

	send_by(_i);
	ck_assert_int_eq(rename(path, elsewhere), 0);
	ck_assert_int_eq(symlink(elsewhere, path), 0);
	assert_no_receipt("d/inside is a symbolic link");
	free(path);
	free(elsewhere);
}
END_TEST

START_TEST(a_link_in_the_way_is_named)
{
	char *path = data_path("d"), *elsewhere = wv__printf("%s/elsewhere", w.dir);

	send_by(_i);
	ck_assert_int_eq(rename(path, elsewhere), 0);
	ck_assert_int_eq(symlink(elsewhere, path), 0);
	assert_no_receipt("d/inside is a symbolic link");
	free(path);
	free(elsewhere);
}
END_TEST

START_TEST(a_fifo_is_named_and_does_not_hang)
{
	char *path = data_path("d/inside");

	send_by(_i);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_no_receipt("d/inside is no regular file");
	free(path);
}
END_TEST

START_TEST(nothing_sent_gives_no_receipt)
{
	assert_no_receipt("nothing was ever sent");
}
END_TEST

START_TEST(no_receipt_while_somebody_writes)
{
	cleanup_slot struct wv__slot slot = WV_SLOT_INIT;

	send_by(_i);
	ck_assert_int_eq(wv__slot_open(ctx, w.root, TAKEOUT, false, &slot), 0);
	ck_assert_int_eq(fetch(), -EBUSY);
	ck_error_has("somebody else writes");
}
END_TEST

START_TEST(another_receipt_key_is_refused)
{
	char *path = wv__printf("%s/other", w.dir), *other = test_keygen(path);

	send_by(_i);
	w.terms.key = other;
	ck_assert_int_eq(fetch(), -EKEYREJECTED);
	free(path);
	free(other);
}
END_TEST

START_TEST(a_trials_receipt_says_so)
{
	cleanup_doc struct wv_doc *receipt = NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;

	send_by(_i);
	w.terms.lab = true;
	ck_assert_int_eq(wv__receipt_fetch(ctx, &w.server, &w.terms, NULL, &receipt, &sig), 0);
	ck_assert(wv_doc_bool(receipt, "lab"));
}
END_TEST

START_TEST(another_host_key_is_not_asked)
{
	char *path = wv__printf("%s/other", w.dir), *other = test_keygen(path);

	send_by(1);
	w.server.host_key = other;
	ck_assert_int_eq(fetch(), -EKEYREJECTED);
	ck_error_has("host key");
	free(path);
	free(other);
}
END_TEST

START_TEST(a_server_that_says_nothing_gives_no_receipt)
{
	send_by(1);
	ck_assert_int_eq(unlink(w.key), 0);
	ck_assert_int_lt(fetch(), 0);
	w.sshd.port++;
	world_target("ssh://nobody@127.0.0.1:1/x");
	ck_assert_int_eq(fetch(), -EIO);
}
END_TEST

START_TEST(fetching_survives_every_failure)
{
	const int fds = open_fds();
	struct wv_doc *receipt = NULL;
	struct wv_buf sig = WV_BUF_INIT;
	int r, n;

	while (w.decl->entries.count > 1) /* each file costs calls that may fail, all alike */
		ck_assert_int_eq(wv__declaration_remove(ctx, w.decl, w.decl->entries.at[0]->path), 0);
	send_by(0);
	for (n = 0;; n += n < 60 ? 1 : 3) { /* its parts have loops of their own, without a gap */
		world_new_nonce();
		fault_after(n);
		r = wv__receipt_fetch(ctx, &w.server, &w.terms, NULL, &receipt, &sig);
		if (!fault_fired())
			break;
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_le(r, 0);
		ck_assert_int_eq(r == 0, receipt != NULL);
		wv_doc_free(take_ptr(receipt));
		wv__buf_free(&sig);
	}
	ck_assert_msg(r == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_ge(n, 20);
	wv_doc_free(receipt);
	wv__buf_free(&sig);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("receipt");
	TCase *tc = world_case(s, "receipt");

	tcase_add_loop_test(tc, it_names_every_file_and_stock_tools_agree, 0, 2);
	tcase_add_test(tc, a_renewed_receipt_needs_no_new_transfer);
	tcase_add_test(tc, a_nonce_is_used_once);
	tcase_add_loop_test(tc, a_missing_file_is_named, 0, 2);
	tcase_add_test(tc, one_byte_different_is_named);
	tcase_add_test(tc, a_short_file_is_named);
	tcase_add_test(tc, a_symbolic_link_is_named);
	tcase_add_test(tc, a_link_in_the_way_is_named);
	tcase_add_test(tc, a_fifo_is_named_and_does_not_hang);
	tcase_add_test(tc, nothing_sent_gives_no_receipt);
	tcase_add_loop_test(tc, no_receipt_while_somebody_writes, 0, 2);
	tcase_add_test(tc, another_receipt_key_is_refused);
	tcase_add_test(tc, a_trials_receipt_says_so);
	tcase_add_test(tc, another_host_key_is_not_asked);
	tcase_add_test(tc, a_server_that_says_nothing_gives_no_receipt);
	tcase_add_test(tc, fetching_survives_every_failure);
	return s;
}

int main(int argc, char **argv)
{
	return world_main(argc, argv, suite);
}
