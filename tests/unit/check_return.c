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

FLOW_MAIN("return", make_out, return_survives_failures_and_goes_on)
