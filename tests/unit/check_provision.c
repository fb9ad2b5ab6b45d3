/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_provision.c - the volume of a take-out: whole, closed and as declared, or
 * not there
 */
#include "../../lib/flow/medium/destination.h"
#include "../../lib/flow/prepare/provision.h"
#include "flow_world.h"

static struct wv__takeout *t;
static struct wv__plan plan;
static struct wv_prepare_opts opts;
static char holder[PATH_MAX];

static void plan_make(void)
{
	opts = prepare_opts();
	snprintf(holder, sizeof(holder), "suzuki=%s.pub", w.holder);
	opts.holder = holder;
	wv__plan_clear(&plan);
	ck_done(wv__plan_read(w.st, &opts, &plan));
	plan.target = w.volume;
	ck_done(wv__destination(ctx, w.volume, opts.size, &plan.identity));
}

/* A take-out that was asked for and approved. */
static void approved(void)
{
	wv__takeout_free(t);
	t = NULL;
	stage("new");
	plan_make();
	ck_done(wv__request_find(w.st, &plan, &t));
	ck_done(wv__takeout_step(t, WV__STEP_APPROVED, NULL));
}

static void end(void)
{
	wv__takeout_free(t);
	wv__plan_clear(&plan);
}

static int provision(struct wv_doc **ret)
{
	cleanup_provision struct wv__provision p = { 0 };

	(void)ret;
	return wv__provision(t, &plan, &p);
}

static bool nothing_is_there(void)
{
	return access(w.volume, F_OK) < 0 && files_below(w.work) == 2; /* the station, the server */
}

START_TEST(it_says_what_was_made)
{
	cleanup_provision struct wv__provision p = { 0 };
	struct stat st;

	approved();
	ck_done(wv__provision(t, &plan, &p));
	ck_assert_uint_eq(strlen(p.volume), 36);
	ck_assert_uint_eq(strlen(p.header), 64);
	ck_assert_uint_eq(p.data_offset, 16 * MiB);
	ck_assert(p.erased);
	ck_assert_str_eq(wv_doc_str(p.target, "path"), w.volume);
	ck_assert_int_eq(stat(w.volume, &st), 0);
	ck_assert_uint_eq(st.st_size, WORLD_SIZE);
	ck_assert_uint_ge((uint64_t)st.st_blocks * 512, WORLD_SIZE); /* never sparse */
	ck_assert_str_eq(wv__takeout_str(t, WV__STEP_PROVISIONING, "volume"), p.volume);
	must("[ \"$(cryptsetup luksUUID '%s')\" = %s ]", w.volume, p.volume);
	must("cryptsetup luksDump '%s' | grep -q 'workvol-2f'", w.volume);
	end();
}
END_TEST

static const struct {
	const char *change;
	const char *said;
} differences[] = {
	{ "echo other >a", "a " },
	{ "rm a", "a " },
	{ "touch more", "more, which is not declared" },
	{ "rm a && ln -s deep a", "a " },
};

START_TEST(a_source_that_is_not_as_declared_leaves_nothing)
{
	cleanup_free char *source = below(w.dir, "changed");

	approved();
	must("mkdir '%s' && cp -a '%s'/. '%s' && cd '%s' && %s", source, w.source, source, source, differences[_i].change);
	opts.source = source;
	ck_assert_int_eq(provision(NULL), -EBADMSG);
	ck_error_has(differences[_i].said);
	ck_assert(nothing_is_there());
	ck_assert_ptr_nonnull(t->body[WV__STEP_ABANDONED]);
	must("rm -rf '%s'", source);
	opts.source = w.source; /* and the same take-out goes on */
	ck_done(provision(NULL));
	end();
}
END_TEST

START_TEST(what_a_killed_run_left_is_removed_first)
{
	cleanup_doc struct wv_doc *body = NULL;
	cleanup_free char *part = wv__printf("%s.01234567-89ab-4cde-8f01-23456789abcd.part", w.volume);

	approved();
	ck_done(wv__doc_build(ctx, &body, M_STR("volume", "01234567-89ab-4cde-8f01-23456789abcd"),
			      M_DOC("target", plan.identity)));
	ck_done(wv__takeout_step(t, WV__STEP_PROVISIONING, body));
	must("head -c 1000000 /dev/urandom >'%s'", part);
	ck_done(provision(NULL));
	ck_assert_int_lt(access(part, F_OK), 0);
	end();
}
END_TEST

START_TEST(a_file_that_came_into_its_place_meanwhile_is_not_replaced)
{
	approved();
	must("echo mine >'%s'", w.volume);
	ck_assert_int_eq(provision(NULL), -EEXIST);
	must("grep -q mine '%s'", w.volume);
	ck_assert_ptr_null(t->body[WV__STEP_PROVISIONING]);
	end();
}
END_TEST

static void is_whole_or_not_there(int n, int r)
{
	cleanup_takeout struct wv__takeout *again = NULL;

	if (r == 0)
		return;
	ck_assert_msg(nothing_is_there(), "fault %d: something is left", n);
	ck_done(wv__takeout_load(w.st, t->id, &again));
	ck_assert_msg(again->state == WV__APPROVED && !again->body[WV__STEP_PROVISIONING], "fault %d", n);
}

START_TEST(provisioning_survives_every_failure)
{
	approved(); /* once before: libcryptsetup keeps its sources of randomness open */
	ck_done(provision(NULL));
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = provision, .before = approved,
							  .after = is_whole_or_not_there, .grow = 4 }), 300);
	end();
}
END_TEST

int main(void)
{
	const TTest *const once[] = { it_says_what_was_made, what_a_killed_run_left_is_removed_first,
				      a_file_that_came_into_its_place_meanwhile_is_not_replaced,
				      provisioning_survives_every_failure };
	Suite *suite = flow_suite("provision", world_make, once, ARRAY_SIZE(once));
	TCase *tcase = tcase_create("differs");

	tcase_add_loop_test(tcase, a_source_that_is_not_as_declared_leaves_nothing, 0,
			    ARRAY_SIZE(differences));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
