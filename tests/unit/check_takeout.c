/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_takeout.c - a take-out's state: every step from every state, and the
 * same state again after it is read back from the ledger
 */
#include <fcntl.h>
#include <sys/wait.h>

#include "station_world.h"

/* The protocol's states, each by the steps that lead to it. */
static const struct {
	enum wv__state state;
	enum wv__step path[16]; /* ended by WV__STEPS */
} ways[] = {
#define TO_OUT WV__STEP_DECLARED, WV__STEP_APPROVED, WV__STEP_PREPARED, WV__STEP_OUT
#define TO_SYNCED TO_OUT, WV__STEP_CHECKED, WV__STEP_SYNCED
#define TO_DESTROYING TO_SYNCED, WV__STEP_RETURN_APPROVED, WV__STEP_DESTROYING_KEYS
#define TO_DESTROYED TO_DESTROYING, WV__STEP_KEYS_DESTROYED
	{ WV__NOWHERE, { WV__STEPS } },
	{ WV__DECLARED, { WV__STEP_DECLARED, WV__STEPS } },
	{ WV__APPROVED, { WV__STEP_DECLARED, WV__STEP_APPROVED, WV__STEPS } },
	{ WV__PREPARED, { WV__STEP_DECLARED, WV__STEP_APPROVED, WV__STEP_PREPARED, WV__STEPS } },
	{ WV__OUT, { TO_OUT, WV__STEPS } },
	{ WV__CHECKED, { TO_OUT, WV__STEP_CHECKED, WV__STEPS } },
	{ WV__SYNCED, { TO_SYNCED, WV__STEPS } },
	{ WV__RETURN_APPROVED, { TO_SYNCED, WV__STEP_RETURN_APPROVED, WV__STEPS } },
	{ WV__DESTROYING_KEYS, { TO_DESTROYING, WV__STEPS } },
	{ WV__KEYS_DESTROYED, { TO_DESTROYED, WV__STEPS } },
	{ WV__WIPED, { TO_DESTROYED, WV__STEP_WIPED, WV__STEPS } },
	{ WV__CERTIFIED, { TO_DESTROYED, WV__STEP_WIPED, WV__STEP_CERTIFIED, WV__STEPS } },
	{ WV__CLOSED,
	  { TO_DESTROYED, WV__STEP_WIPED, WV__STEP_CERTIFIED, WV__STEP_CLOSED, WV__STEPS } },
	{ WV__AWAITING_DESTRUCTION, { TO_DESTROYED, WV__STEP_WIPE_FAILED, WV__STEPS } },
	{ WV__LOST, { TO_OUT, WV__STEP_LOST, WV__STEPS } },
};

#define STAYS WV__STATES
#define WHOLE "out checked synced return-approved "
#define BACK "checked synced return-approved "

/* The protocol once more: what may follow, and what it makes of the state. */
static const struct {
	const char *from; /* names, each with a space after it */
	enum wv__state to;
} rules[WV__STEPS] = {
	[WV__STEP_DECLARED] = { "nowhere ", WV__DECLARED },
	[WV__STEP_APPROVED] = { "declared ", WV__APPROVED },
	[WV__STEP_PROVISIONING] = { "approved ", STAYS },
	[WV__STEP_ABANDONED] = { "approved ", STAYS },
	[WV__STEP_PREPARED] = { "approved ", WV__PREPARED },
	[WV__STEP_OUT] = { "prepared ", WV__OUT },
	[WV__STEP_CARRIED] = { "nowhere ", WV__OUT },
	[WV__STEP_REOPENED] = { BACK "destroying-keys ", WV__OUT },
	[WV__STEP_AMENDED] = { "out ", STAYS },
	[WV__STEP_CHECKED] = { WHOLE, WV__CHECKED },
	[WV__STEP_NONCE] = { WHOLE "destroying-keys ", STAYS },
	[WV__STEP_SYNCED] = { BACK, WV__SYNCED },
	[WV__STEP_RETURN_REQUESTED] = { "synced ", STAYS },
	[WV__STEP_RENEWED] = { "return-approved destroying-keys ", STAYS },
	[WV__STEP_RETURN_APPROVED] = { "synced ", WV__RETURN_APPROVED },
	[WV__STEP_DESTROYING_KEYS] = { "return-approved destroying-keys ", WV__DESTROYING_KEYS },
	[WV__STEP_KEYS_DESTROYED] = { "destroying-keys ", WV__KEYS_DESTROYED },
	[WV__STEP_WIPING] = { "keys-destroyed awaiting-destruction ", STAYS },
	[WV__STEP_WIPED] = { "keys-destroyed awaiting-destruction ", WV__WIPED },
	[WV__STEP_WIPE_FAILED] = { "keys-destroyed awaiting-destruction ", WV__AWAITING_DESTRUCTION },
	[WV__STEP_CERTIFIED] = { "wiped ", WV__CERTIFIED },
	[WV__STEP_CLOSED] = { "certified ", WV__CLOSED },
	[WV__STEP_LOST] = { "prepared " WHOLE "destroying-keys ", WV__LOST },
	[WV__STEP_FOUND] = { "lost ", WV__OUT }, /* where the way above came from */
	[WV__STEP_UNRECOVERABLE_REQUESTED] = { "lost ", STAYS },
	[WV__STEP_UNRECOVERABLE] = { "lost ", STAYS },
};

static bool allowed(enum wv__state from, enum wv__step step)
{
	cleanup_free char *name = wv__printf("%s ", wv__state_name(from));

	for (const char *at = rules[step].from; *at; at = strchr(at, ' ') + 1)
		if (strncmp(at, name, strlen(name)) == 0)
			return true;
	return false;
}

static void take(struct wv__takeout *t, enum wv__step step)
{
	cleanup_doc struct wv_doc *body = NULL;
	static uint64_t n;

	ck_assert_int_eq(wv__doc_build(ctx, &body, M_U64("mark", ++n)), 0);
	ck_assert_msg(wv__takeout_step(t, step, body) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_uint_eq(wv__takeout_u64(t, step, "mark"), n);
}

static struct wv__takeout *bring(enum wv__state state)
{
	struct wv__takeout *t;

	ck_assert_int_eq(wv__takeout_new(st, &t), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		for (size_t k = 0; ways[i].state == state && ways[i].path[k] != WV__STEPS; k++)
			take(t, ways[i].path[k]);
	ck_assert_int_eq(t->state, state);
	return t;
}

/* Read back it is the same: state, the state before a loss, and what each step said. */
static void assert_reloads(struct wv__takeout *t)
{
	cleanup_takeout struct wv__takeout *again = NULL;

	if (t->state == WV__NOWHERE)
		return;
	ck_assert_msg(wv__takeout_load(st, t->id, &again) == 0, "%s", wv_ctx_error(ctx));
	ck_assert_int_eq(again->state, t->state);
	ck_assert_int_eq(again->before_lost, t->before_lost);
	for (size_t i = 0; i < WV__STEPS; i++) {
		ck_assert_int_eq(!again->body[i], !t->body[i]);
		ck_assert_uint_eq(wv__takeout_u64(again, i, "mark"), wv__takeout_u64(t, i, "mark"));
	}
	ck_assert_uint_eq(wv_doc_count(again->amended), wv_doc_count(t->amended));
	for (size_t i = 0; i < wv_doc_count(t->amended); i++)
		ck_assert_uint_eq(wv_doc_u64(wv_doc_at(again->amended, i), "mark"),
				  wv_doc_u64(wv_doc_at(t->amended, i), "mark"));
}

START_TEST(every_step_follows_from_exactly_the_states_that_the_protocol_says)
{
	for (enum wv__state from = 0; from < WV__STATES; from++) {
		for (enum wv__step step = 0; step < WV__STEPS; step++) {
			cleanup_takeout struct wv__takeout *t = bring(from);
			const enum wv__state to = rules[step].to == STAYS ? from : rules[step].to;
			const uint64_t before = records();
			const bool may = allowed(from, step);

			ck_assert_msg(wv__takeout_may(t, step) == may, "step %d in %s", step,
				      wv__state_name(from));
			if (may) {
				take(t, step);
				ck_assert_msg(t->state == to, "step %d in %s leads to %s", step,
					      wv__state_name(from), wv__state_name(t->state));
			} else {
				ck_assert_int_eq(wv__takeout_step(t, step, NULL), -EPERM);
				ck_error_has("cannot follow");
				ck_assert_int_eq(t->state, from);
				ck_assert_uint_eq(records(), before);
			}
			assert_reloads(t);
		}
	}
}
END_TEST

START_TEST(only_without_its_keys_is_a_volume_harmless)
{
	for (enum wv__state s = 0; s < WV__STATES; s++)
		ck_assert_int_eq(wv__state_is_harmless(s),
				 s >= WV__KEYS_DESTROYED && s != WV__LOST);
}
END_TEST

START_TEST(a_reopened_takeout_has_no_receipt_and_no_approval)
{
	static const enum wv__step void_[] = { WV__STEP_CHECKED, WV__STEP_NONCE, WV__STEP_SYNCED,
					       WV__STEP_RETURN_REQUESTED, WV__STEP_RENEWED,
					       WV__STEP_RETURN_APPROVED, WV__STEP_DESTROYING_KEYS };
	static const enum wv__step path[] = { WV__STEP_CHECKED, WV__STEP_NONCE, WV__STEP_SYNCED,
					      WV__STEP_RETURN_REQUESTED, WV__STEP_RETURN_APPROVED,
					      WV__STEP_RENEWED, WV__STEP_DESTROYING_KEYS,
					      WV__STEP_REOPENED };
	cleanup_takeout struct wv__takeout *t = bring(WV__OUT);

	take(t, WV__STEP_AMENDED);
	for (size_t i = 0; i < ARRAY_SIZE(path); i++)
		take(t, path[i]);
	for (size_t i = 0; i < ARRAY_SIZE(void_); i++)
		ck_assert_ptr_null(t->body[void_[i]]);
	ck_assert_uint_eq(wv_doc_count(t->amended), 1);
	ck_assert_ptr_nonnull(t->body[WV__STEP_PREPARED]);
	assert_reloads(t);
}
END_TEST

START_TEST(a_new_receipt_needs_a_new_approval)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__RETURN_APPROVED);

	take(t, WV__STEP_SYNCED);
	ck_assert_int_eq(t->state, WV__SYNCED);
	ck_assert_ptr_null(t->body[WV__STEP_RETURN_APPROVED]);
	assert_reloads(t);
}
END_TEST

START_TEST(what_is_found_is_where_it_was_when_it_was_lost)
{
	static const enum wv__state whence[] = { WV__PREPARED, WV__OUT, WV__CHECKED, WV__SYNCED,
						 WV__RETURN_APPROVED, WV__DESTROYING_KEYS };

	for (size_t i = 0; i < ARRAY_SIZE(whence); i++) {
		cleanup_takeout struct wv__takeout *t = bring(whence[i]);

		take(t, WV__STEP_LOST);
		assert_reloads(t);
		take(t, WV__STEP_FOUND);
		ck_assert_int_eq(t->state, whence[i]);
		assert_reloads(t);
	}
}
END_TEST

static void take_begin(struct wv__takeout *t)
{
	cleanup_doc struct wv_doc *body = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &body, M_STR("unrecoverable", "digest")), 0);
	ck_assert_msg(wv__takeout_step(t, WV__STEP_DESTROYING_KEYS, body) == 0, "%s", wv_ctx_error(ctx));
}

START_TEST(only_what_is_given_up_loses_its_keys_while_it_is_lost)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__LOST);

	take(t, WV__STEP_UNRECOVERABLE_REQUESTED);
	ck_assert(!wv__takeout_is_given_up(t));
	ck_assert_int_eq(wv__takeout_step(t, WV__STEP_DESTROYING_KEYS, NULL), -EPERM);
	take(t, WV__STEP_UNRECOVERABLE);
	ck_assert(wv__takeout_is_given_up(t));
	take(t, WV__STEP_UNRECOVERABLE_REQUESTED); /* another question has no answer yet */
	ck_assert(!wv__takeout_is_given_up(t));
	take(t, WV__STEP_UNRECOVERABLE);
	take_begin(t);
	ck_assert_int_eq(t->state, WV__DESTROYING_KEYS);
	ck_assert(wv__takeout_is_given_up(t));
	ck_assert_int_eq(wv__takeout_step(t, WV__STEP_REOPENED, NULL), -EPERM);
	assert_reloads(t);
}
END_TEST

START_TEST(what_is_found_is_not_given_up_unless_it_has_begun)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__LOST);

	take(t, WV__STEP_UNRECOVERABLE_REQUESTED);
	take(t, WV__STEP_UNRECOVERABLE);
	take(t, WV__STEP_FOUND);
	ck_assert_ptr_null(t->body[WV__STEP_UNRECOVERABLE_REQUESTED]);
	take(t, WV__STEP_LOST);
	ck_assert(!wv__takeout_is_given_up(t));
	take(t, WV__STEP_UNRECOVERABLE_REQUESTED);
	take(t, WV__STEP_UNRECOVERABLE);
	take_begin(t);
	take(t, WV__STEP_LOST);
	ck_assert_int_eq(wv__takeout_step(t, WV__STEP_UNRECOVERABLE_REQUESTED, NULL), -EPERM);
	take(t, WV__STEP_FOUND);
	ck_assert_int_eq(t->state, WV__DESTROYING_KEYS);
	ck_assert_ptr_nonnull(t->body[WV__STEP_UNRECOVERABLE]);
	ck_assert(wv__takeout_is_given_up(t));
	assert_reloads(t);
}
END_TEST

START_TEST(a_carried_takeout_has_the_amendments_that_came_with_it)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_doc struct wv_doc *bodies = NULL;
	cleanup_doc struct wv_doc *one = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &one, M_U64("mark", 77)), 0);
	ck_assert_int_eq(wv__doc_array(ctx, &bodies), 0);
	ck_assert_int_eq(wv__doc_append(ctx, bodies, one), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &body, M_DOC("amendments", bodies)), 0);
	ck_assert_int_eq(wv__takeout_new(st, &t), 0);
	ck_assert_int_eq(wv__takeout_step(t, WV__STEP_CARRIED, body), 0);
	take(t, WV__STEP_AMENDED);
	ck_assert_uint_eq(wv_doc_count(t->amended), 2);
	assert_reloads(t);
}
END_TEST

/* A walk of 60 draws; the seed says which. */
START_TEST(any_sequence_of_steps_reads_back_as_it_was_taken)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	uint32_t random = 2654435761u * (_i + 1);
	int taken = 0;

	ck_assert_int_eq(wv__takeout_new(st, &t), 0);
	for (int i = 0; i < 400 && taken < 60; i++) {
		random = random * 1664525u + 1013904223u;
		const enum wv__step step = (random >> 16) % WV__STEPS;

		if (!wv__takeout_may(t, step))
			continue;
		take(t, step);
		taken++;
		assert_reloads(t);
	}
	ck_assert_int_ge(taken, 3);
}
END_TEST

START_TEST(a_step_that_cannot_follow_is_a_broken_ledger)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__OUT);
	struct wv__takeout *again = NULL;

	ck_assert_int_eq(wv__ledger_append(ctx, st->ledger, "takeout.keys-destroyed", t->id, NULL, NULL), 0);
	ck_assert_int_eq(wv__takeout_load(st, t->id, &again), -EBADMSG);
	ck_error_has("takeout.keys-destroyed");
	ck_assert_ptr_null(again);
}
END_TEST

START_TEST(records_of_other_kinds_change_no_state)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__OUT);

	ck_assert_int_eq(wv__ledger_append(ctx, st->ledger, "return.begin", t->id, NULL, NULL), 0);
	ck_assert_int_eq(wv__ledger_append(ctx, st->ledger, "takeout.whatever", t->id, NULL, NULL), 0);
	assert_reloads(t);
}
END_TEST

START_TEST(one_process_at_a_time_works_on_a_takeout)
{
	cleanup_takeout struct wv__takeout *t = bring(WV__OUT);
	cleanup_takeout struct wv__takeout *other = NULL;

	make_papers(t);
	ck_assert_int_eq(wv__takeout_load(st, t->id, &other), 0);
	ck_assert_int_eq(wv__takeout_claim(&t), 0);
	ck_assert_int_eq(wv__takeout_claim(&t), 0); /* by the one that has it */
	ck_assert_int_eq(wv__takeout_claim(&other), -EBUSY);
	take(t, WV__STEP_CHECKED);
	wv__takeout_free(take_ptr(t));
	ck_assert_int_eq(wv__takeout_claim(&other), 0);
	ck_assert_int_eq(other->state, WV__CHECKED); /* what happened meanwhile is known */
}
END_TEST

#define ID "01234567-89ab-4cde-8f01-23456789abcd"

START_TEST(a_takeout_of_another_station_is_adopted_once)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	struct wv__takeout *other = NULL;

	ck_assert_int_eq(wv__takeout_adopt(st, ID, &t), 0);
	ck_assert_int_eq(wv__takeout_adopt(st, ID, &other), -EBUSY);
	take(t, WV__STEP_CARRIED);
	wv__takeout_free(take_ptr(t));
	ck_assert_int_eq(wv__takeout_adopt(st, ID, &other), -EEXIST);
	ck_assert_ptr_null(other);
}
END_TEST

START_TEST(a_step_survives_every_failure)
{
	int n;

	for (n = 0;; n++) {
		cleanup_takeout struct wv__takeout *t = bring(WV__OUT);
		cleanup_takeout struct wv__takeout *again = NULL;
		const int fds = open_fds();
		bool fired;
		int r;

		fault_after(n);
		r = wv__takeout_step(t, WV__STEP_CHECKED, NULL);
		fired = fault_fired();
		ck_assert_int_eq(open_fds(), fds);
		ck_assert_int_eq(t->state, r < 0 ? WV__OUT : WV__CHECKED);
		ck_assert_int_eq(wv__takeout_load(st, t->id, &again), 0);
		if (r == 0)
			ck_assert_int_eq(again->state, WV__CHECKED);
		if (!fired)
			break;
	}
	ck_assert_int_ge(n, 5);
}
END_TEST

START_TEST(loading_and_claiming_survive_every_failure)
{
	struct wv__takeout *made = bring(WV__SYNCED);
	char id[37];
	int n;

	make_papers(made);
	memcpy(id, made->id, sizeof(id));
	wv__takeout_free(made);
	for (n = 0;; n++) {
		const int fds = open_fds();
		struct wv__takeout *t = NULL;
		bool fired;
		int r;

		fault_after(n);
		r = wv__takeout_load(st, id, &t);
		if (r == 0)
			r = wv__takeout_claim(&t);
		fired = fault_fired();
		if (t)
			ck_assert_int_eq(t->state, WV__SYNCED);
		wv__takeout_free(t);
		ck_assert_int_eq(open_fds(), fds);
		if (!fired)
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_ge(n, 5);
}
END_TEST

START_TEST(adopting_survives_every_failure)
{
	int n;

	for (n = 0;; n++) {
		const int fds = open_fds();
		struct wv__takeout *t = NULL;
		bool fired;
		int r;

		fault_after(n);
		r = wv__takeout_adopt(st, ID, &t);
		fired = fault_fired();
		ck_assert_int_eq(!t, r < 0);
		wv__takeout_free(t);
		ck_assert_int_eq(open_fds(), fds);
		if (!fired)
			break;
		ck_assert_int_le(r, 0);
	}
	ck_assert_int_ge(n, 5);
}
END_TEST

static Suite *takeout_suite(void)
{
	const TTest *const tests[] = {
		every_step_follows_from_exactly_the_states_that_the_protocol_says,
		only_without_its_keys_is_a_volume_harmless,
		a_reopened_takeout_has_no_receipt_and_no_approval,
		a_new_receipt_needs_a_new_approval,
		what_is_found_is_where_it_was_when_it_was_lost,
		only_what_is_given_up_loses_its_keys_while_it_is_lost,
		what_is_found_is_not_given_up_unless_it_has_begun,
		a_carried_takeout_has_the_amendments_that_came_with_it,
		a_step_that_cannot_follow_is_a_broken_ledger,
		records_of_other_kinds_change_no_state,
		one_process_at_a_time_works_on_a_takeout,
		a_takeout_of_another_station_is_adopted_once,
		a_step_survives_every_failure,
		loading_and_claiming_survive_every_failure,
		adopting_survives_every_failure,
	};
	TCase *tcase;
	Suite *suite = station_suite("takeout", station_set_up, station_tear_down, tests, ARRAY_SIZE(tests),
				     &tcase);

	tcase_add_loop_test(tcase, any_sequence_of_steps_reads_back_as_it_was_taken, 0, 12);
	return suite;
}

int main(void)
{
	return run_suite(takeout_suite());
}
