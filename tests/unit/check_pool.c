/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_pool.c - tests of lib/declare/pool.c
 */
#include "../../lib/declare/pool.h"
#include "tree_world.h"

#define MANY 20000

static int count(struct wv__worker *worker, void *data, struct wv__entry *entry)
{
	atomic_int *counted = data;

	*counted += 1;
	if (strcmp(entry->path, "bad") == 0)
		return wv__worker_fail(worker, -EBADMSG, "%s is bad", entry->path);
	if (strcmp(entry->path, "sys") == 0)
		return wv__worker_fail_sys(worker, -EACCES, "cannot open %s", entry->path);
	return wv__worker_done(worker, 3);
}

/* Feed MANY entries, with another one in the middle. */
static int feed(struct wv__pool *pool, const char *middle)
{
	static struct wv__entries kept; /* workers may have them when this returns */
	struct wv__entry *good = wv__entry_new("good", false);
	struct wv__entry *other = wv__entry_new(middle, false);
	int r = 0;

	wv__entries_append(&kept, good);
	wv__entries_append(&kept, other);
	for (int i = 0; r == 0 && i < MANY; i++)
		r = wv__pool_put(pool, i == MANY / 2 ? other : good);
	return r;
}

static _Atomic uint64_t told;

/* The queue fills, and stays so until progress was told of the first. */
static int count_until_told(struct wv__worker *worker, void *data, struct wv__entry *entry)
{
	const atomic_int *counted = data;

	while (*counted >= 100 && !told)
		usleep(1000);
	return count(worker, data, entry);
}

static void tell(void *data, const struct wv_progress *progress)
{
	(void)data;
	told = progress->done;
	ck_assert_str_eq(progress->step, "test");
}

START_TEST(every_entry_is_done_once)
{
	atomic_int counted = 0;
	struct wv__pool *pool = NULL;

	wv_ctx_set_progress(ctx, tell, NULL);
	ck_assert_int_eq(wv__pool_start(ctx, count_until_told, &counted, "test", 0, &pool), 0);
	ck_assert_int_eq(feed(pool, "good"), 0);
	ck_assert_int_eq(wv__pool_finish(pool, 0), 0);
	ck_assert_int_eq(counted, MANY);
	ck_assert_uint_gt(told, 0);
	ck_assert_uint_le(told, 3 * MANY);
}
END_TEST

START_TEST(the_first_failure_stops_all_and_keeps_its_sentence)
{
	atomic_int counted = 0;
	struct wv__pool *pool = NULL;
	int r;

	ck_assert_int_eq(wv__pool_start(ctx, count, &counted, "test", 0, &pool), 0);
	r = feed(pool, "bad");
	ck_assert(r == 0 || r == -EBADMSG);
	ck_assert_int_eq(wv__pool_finish(pool, r), -EBADMSG);
	ck_assert_str_eq(wv_ctx_error(ctx), "bad is bad");

	ck_assert_int_eq(wv__pool_start(ctx, count, &counted, "test", 0, &pool), 0);
	ck_assert_int_eq(wv__pool_finish(pool, feed(pool, "sys")), -EIO);
	ck_error_has("cannot open sys: Permission denied");
}
END_TEST

START_TEST(the_feeders_own_failure_keeps_its_sentence)
{
	atomic_int counted = 0;
	struct wv__pool *pool = NULL;

	ck_assert_int_eq(wv__pool_start(ctx, count, &counted, "test", 0, &pool), 0);
	ck_assert_int_eq(wv__pool_finish(pool, wv__fail(ctx, -EXDEV, "mine")), -EXDEV);
	ck_assert_str_eq(wv_ctx_error(ctx), "mine");
}
END_TEST

START_TEST(a_wish_to_stop_ends_feeding_and_working)
{
	atomic_int counted = 0;
	struct wv__pool *pool = NULL;

	ck_assert_int_eq(wv__pool_start(ctx, count, &counted, "test", 0, &pool), 0);
	wv_ctx_cancel(ctx);
	ck_assert_int_eq(feed(pool, "good"), -ECANCELED);
	ck_assert_int_eq(wv__pool_finish(pool, -ECANCELED), -ECANCELED);
	ck_error_has("interrupted");
}
END_TEST

START_TEST(starting_survives_every_failure)
{
	atomic_int counted = 0;
	struct wv__pool *pool = NULL;
	int n, r;

	for (n = 0;; n++) {
		bool fired;

		fault_after(n);
		r = wv__pool_start(ctx, count, &counted, "test", 0, &pool);
		fired = fault_fired();
		if (r == 0) /* fewer threads, or no fault */
			ck_assert_int_eq(wv__pool_finish(take_ptr(pool), 0), 0);
		ck_assert_ptr_null(pool);
		if (!fired)
			break;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 3);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_entry_is_done_once,
		the_first_failure_stops_all_and_keeps_its_sentence,
		the_feeders_own_failure_keeps_its_sentence,
		a_wish_to_stop_ends_feeding_and_working,
		starting_survives_every_failure,
	};

	return run_suite(suite_of("pool", tests, ARRAY_SIZE(tests)));
}
