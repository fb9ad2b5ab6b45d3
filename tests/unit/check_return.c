/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_return.c - a whole return, with calls of it failing
 */
#include "flow_world.h"

static void out(void)
{
	stage("out");
}

static bool is_volume(void)
{
	char magic[4] = "";
	const int fd = open(w.volume, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, magic, sizeof(magic), 0), sizeof(magic));
	close(fd);
	return memcmp(magic, "LUKS", 4) == 0;
}

/* No key goes before the ledger has the receipt and the approval, and the server the work. */
static void destroyed_nothing_without_a_receipt(int n, int r)
{
	static const char *const harmless[] = { "out", "checked", "synced", "return-approved" };
	const char *state = state_now();
	cleanup_doc struct wv_doc *again = NULL;
	bool whole = false;

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		whole = whole || strcmp(state, harmless[i]) == 0;
	ck_assert_msg(!whole || is_volume(), "fault %d: %s, and the keys are gone", n, state);
	if (!is_volume())
		must("grep -q one '%s'/*/data/a && grep -q two '%s'/*/data/deep/'b c'", w.server, w.server);
	if (n % 4)
		return; /* it takes its time */
	if (r < 0 && strcmp(state, "closed") != 0)
		ck_done(do_return(&again));
	ck_assert_str_eq(state_now(), "closed");
}

START_TEST(return_survives_failures_and_goes_on)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = do_return, .before = out, .grow = 2,
							  .after = destroyed_nothing_without_a_receipt }),
			 2000);
}
END_TEST

static int do_request(struct wv_doc **ret)
{
	struct wv_return_opts opts = return_opts(); /* with a key to approve by */

	opts.flags = WV_RETURN_REQUEST_ONLY;
	return wv_flow_return(w.st, w.volume, &opts, ret);
}

static void ck_requested(void)
{
	cleanup_doc struct wv_doc *none = NULL;

	ck_assert_int_eq(do_request(&none), -EAGAIN);
	ck_assert_ptr_null(none);
	ck_error_has("workvol approve ");
	ck_assert_str_eq(state_now(), "synced");
	ck_assert(is_volume());
}

START_TEST(what_stops_at_the_request_uses_no_approval)
{
	cleanup_doc struct wv_doc *approved = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	char path[PATH_MAX];

	out();
	ck_requested();
	ck_assert_int_eq(sscanf(strstr(wv_ctx_error(ctx), "workvol approve "), "workvol approve %[^,]", path), 1);
	ck_done(wv_flow_approve(w.st, path, w.approver, &approved));
	ck_requested();
	ck_done(do_return(&result));
	ck_assert_str_eq(state_now(), "closed");
}
END_TEST

/* The approver said yes to that method, whoever goes on. */
START_TEST(what_was_approved_binds_the_wipe)
{
	cleanup_doc struct wv_doc *approved = NULL, *none = NULL, *result = NULL;
	struct wv_return_opts opts;
	char path[PATH_MAX];

	out();
	opts = return_opts();
	opts.flags = WV_RETURN_REQUEST_ONLY;
	opts.method = "dod-5220.22-m";
	opts.verify = "all";
	ck_assert_int_eq(wv_flow_return(w.st, w.volume, &opts, &none), -EAGAIN);
	ck_assert_int_eq(sscanf(strstr(wv_ctx_error(ctx), "workvol approve "), "workvol approve %[^,]", path), 1);
	ck_done(wv_flow_approve(w.st, path, w.approver, &approved));
	ck_done(do_return(&result));
	ck_assert_str_eq(wv_doc_str(wv_doc_get(result, "wipe"), "method"), "dod-5220.22-m");
	ck_assert_str_eq(wv_doc_str(wv_doc_get(result, "wipe"), "verify"), "all");
}
END_TEST

START_TEST(what_was_approved_is_left_as_it_is)
{
	cleanup_doc struct wv_doc *none = NULL;
	cleanup(coming_end) struct coming c;

	out();
	coming_begin(&c);
	ck_done(wv__return_check(&c.h));
	ck_done(wv__return_sync(&c.h));
	ck_done(wv__return_approve(&c.h));
	coming_end(&c);
	c = (struct coming){ .h.session = WV_SESSION_INIT };
	ck_assert_int_eq(do_request(&none), -EPERM);
	ck_error_has("return-approved");
	ck_assert_str_eq(state_now(), "return-approved");
	ck_assert(is_volume());
}
END_TEST

START_TEST(a_caller_of_before_there_were_flags_has_none)
{
	cleanup_doc struct wv_doc *result = NULL;
	struct wv_return_opts opts;

	out();
	opts = return_opts();
	opts.struct_size = offsetof(struct wv_return_opts, flags);
	opts.flags = WV_RETURN_REQUEST_ONLY; /* whatever lies behind it */
	ck_done(wv_flow_return(w.st, w.volume, &opts, &result));
	ck_assert_str_eq(state_now(), "closed");
}
END_TEST

/* The medium of a take-out that is over has no header: this is another one, and may open. */
START_TEST(a_copy_of_what_was_wiped_is_not_called_wiped)
{
	cleanup_doc struct wv_doc *result = NULL, *again = NULL;

	out();
	ck_done(do_return(&result));
	must("cat '%s/out/volume.img' >'%s'", w.dir, w.volume);
	ck_assert_int_eq(do_return(&again), -EBADMSG);
	ck_assert_ptr_null(again);
	ck_error_has("which is closed: it is a copy");
	ck_assert(is_volume());
}
END_TEST

FLOW_MAIN("return", make_out, a_copy_of_what_was_wiped_is_not_called_wiped, a_caller_of_before_there_were_flags_has_none, what_stops_at_the_request_uses_no_approval, what_was_approved_is_left_as_it_is, what_was_approved_binds_the_wipe,
	  return_survives_failures_and_goes_on)
