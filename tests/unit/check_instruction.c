/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_instruction.c - a further instruction is in force or it is not, whatever
 * fails; and a station that has one opens with it or not at all
 */
#include "../../lib/flow/station/instruction.h"
#include "flow_world.h"

static char *file, *sig;

static void make(void)
{
	world_make();
	file = test_path("instruction");
	sig = test_path("instruction.sig");
}

/* Not yet signed. */
static void fresh(void)
{
	stage("new");
	unlink(sig);
	must("printf 'receipt-minutes = 7\\nsearch-minutes = 77\\n' >'%s'", file);
}

static int instruct(struct wv_doc **ret)
{
	return wv_flow_instruct(w.st, file, w.approver, ret);
}

static void open_again(void)
{
	station_close();
	station_open();
}

static void is_in_force(void)
{
	open_again();
	ck_assert_uint_eq(strlen(w.st->instruction), 64);
	ck_assert_uint_eq(w.st->policy->receipt_minutes, 7);
	ck_assert_uint_eq(w.st->policy->search_minutes, 77);
}

static void is_in_force_or_can_be(int n, int r)
{
	cleanup_doc struct wv_doc *again = NULL;

	(void)n;
	open_again();
	ck_assert(r < 0 || *w.st->instruction);
	if (!*w.st->instruction)
		ck_done(instruct(&again));
	is_in_force();
}

START_TEST(an_instruction_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = instruct, .before = fresh,
							  .after = is_in_force_or_can_be, .leaves = true }),
			 40);
}
END_TEST

static void instructed(void)
{
	cleanup_doc struct wv_doc *result = NULL;

	fresh();
	ck_done(instruct(&result));
}

static uint64_t minutes; /* what the station that opened last works by */

static int open_it(struct wv_doc **ret)
{
	int r;

	(void)ret;
	r = wv_station_open(ctx, w.conf, &w.st);
	if (r == 0)
		minutes = w.st->policy->receipt_minutes;
	station_close();
	return r;
}

static void was_instructed(int n, int r)
{
	ck_assert_msg(r < 0 || minutes == 7, "fault %d: open, without its instruction", n);
	minutes = 0;
}

START_TEST(a_station_opens_with_its_instruction_or_not_at_all)
{
	instructed();
	station_close();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = open_it, .after = was_instructed }), 30);
}
END_TEST

START_TEST(the_policy_s_digest_is_of_what_is_in_force)
{
	char before[65];

	fresh();
	memcpy(before, w.st->policy_digest, sizeof(before));
	instructed();
	open_again();
	ck_assert_str_ne(w.st->policy_digest, before);
}
END_TEST

/* What the ledger says, and what lies beside it, do not go together. */
static void refuses_to_open(const char *sentence, int expected)
{
	station_close();
	ck_assert_int_eq(wv_station_open(ctx, w.conf, &w.st), expected);
	ck_assert_ptr_null(w.st);
	ck_error_has(sentence);
}

START_TEST(one_that_is_not_what_the_ledger_names_opens_nothing)
{
	static const struct {
		const char *change, *sentence;
		int expected;
	} changes[] = {
		{ "rm settings.conf", "is gone, and the ledger names it", -EBADMSG },
		{ "rm settings.conf.sig", "is gone, and the ledger names it", -EBADMSG },
		{ "rm roster", "is gone, and the ledger names it", -EBADMSG },
		{ "echo >>roster", "is not the roster", -EBADMSG },
		{ "echo >>settings.conf", "settings.conf", -EKEYREJECTED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		instructed();
		must("cd '%s'/instructions/*/ && %s", w.st->policy->state_dir, changes[i].change);
		refuses_to_open(changes[i].sentence, changes[i].expected);
	}
}
END_TEST

FLOW_MAIN("instruction", make, an_instruction_survives_every_failure,
	  a_station_opens_with_its_instruction_or_not_at_all, the_policy_s_digest_is_of_what_is_in_force,
	  one_that_is_not_what_the_ledger_names_opens_nothing)
