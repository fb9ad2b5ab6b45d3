/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_session.c - the volume that was found is the one that is read, whatever
 * becomes of its name meanwhile
 */
#include "flow_world.h"

static char *other; /* a copy of the volume, with one file more */

static void make(void)
{
	struct wv_open_opts opts;
	cleanup_doc struct wv_doc *open = NULL;
	cleanup_doc struct wv_doc *close = NULL;

	make_out();
	station_open();
	opts = open_opts();
	other = below(w.dir, "other.img");
	ck_done(wv_flow_open(w.st, w.volume, &opts, &open));
	must("echo other >'%s/other'", w.mnt);
	ck_done(wv_flow_close(w.st, w.volume, &close));
	must("cp '%s' '%s'", w.volume, other);
	station_close();
}

static void swap(void)
{
	renameat2(AT_FDCWD, w.volume, AT_FDCWD, other, RENAME_EXCHANGE);
}

static struct wv__session session;

static int begin(struct wv__subject *s)
{
	const struct wv__factors factors = { w.key, w.passphrase };

	session = (struct wv__session)WV_SESSION_INIT;
	return wv__session_begin(w.st, s, &factors, true, &session);
}

START_TEST(a_swapped_name_never_leads_to_another_volume)
{
	int n, step, read = 0;

	stage("out");
	remember();
	for (n = 0;; n += step) {
		cleanup_subject struct wv__subject s = { 0 };
		bool fired;
		int r;

		ck_done(wv__subject_need(w.st, w.volume, &s));
		happens_at(n, swap);
		r = begin(&s);
		fired = fault_fired();
		if (r == 0) {
			ck_assert_msg(faccessat(session.root, "a", F_OK, 0) == 0, "call %d", n);
			ck_assert_msg(faccessat(session.root, "other", F_OK, 0) < 0,
				      "call %d: the other volume was opened", n);
			ck_done(wv__session_end(&session));
			read++;
		} else {
			ck_assert_msg(r == -EBUSY, "call %d: %d %s", n, r, wv_ctx_error(ctx));
		}
		assert_nothing_left(n);
		if (!fired)
			break;
		swap();
		step = 1 + n / 12;
	}
	printf("# %d calls, %d reads\n", n, read);
	ck_assert_int_ge(n, 100);
	ck_assert_int_ge(read, 2);
}
END_TEST

FLOW_MAIN("session", make, a_swapped_name_never_leads_to_another_volume)
