/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_request.c - what is asked for, once for one plan
 */
#include "../../lib/flow/medium/destination.h"
#include "flow_world.h"

static char holder[PATH_MAX];

static struct wv_prepare_opts plan_opts(void)
{
	struct wv_prepare_opts opts = prepare_opts();

	snprintf(holder, sizeof(holder), "suzuki=%s.pub", w.holder);
	opts.holder = holder;
	return opts;
}

static int read_plan(const struct wv_prepare_opts *opts, struct wv__plan *ret)
{
	return wv__plan_read(w.st, opts, ret);
}

static int find(const struct wv_prepare_opts *opts, char ret_id[37])
{
	cleanup_plan struct wv__plan plan = { 0 };
	cleanup_takeout struct wv__takeout *t = NULL;
	int r;

	r = read_plan(opts, &plan);
	if (r == 0)
		r = wv__destination(ctx, w.volume, opts->size, &plan.identity);
	if (r == 0)
		r = wv__request_find(w.st, &plan, &t);
	if (r == 0)
		memcpy(ret_id, t->id, sizeof(t->id));
	return r;
}

/* Each one thing wrong, and what is said of it. */
static const struct {
	size_t at; /* of the option */
	const char *value;
	int r;
	const char *sentence;
} wrong[] = {
#define AT(member) offsetof(struct wv_prepare_opts, member)
	{ AT(declaration), NULL, -EINVAL, "needs a declaration" },
	{ AT(declaration), "/nowhere", -ENOENT, "/nowhere" },
	{ AT(source), NULL, -EINVAL, "a source" },
	{ AT(key_file), NULL, -EINVAL, "a key file" },
	{ AT(holder), NULL, -EINVAL, "--holder" },
	{ AT(holder), "", -EINVAL, "--holder" },
	{ AT(holder), "=x.pub", -EINVAL, "--holder" },
	{ AT(holder), "suzuki", -EINVAL, "needs a key here" },
	{ AT(holder), "\xff=x.pub", -EINVAL, "not UTF-8" },
	{ AT(holder), "suzuki=/nowhere.pub", -ENOENT, "/nowhere.pub" },
	{ AT(due), NULL, -EINVAL, "(none)" },
	{ AT(due), "tomorrow", -EINVAL, "is not YYYY-MM-DD" },
	{ AT(due), "2020-01-01", -EINVAL, "has passed" },
	{ AT(client_approval), NULL, -EINVAL, "--client-approval" },
	{ AT(client_approval), "", -EINVAL, "--client-approval" },
	{ AT(client_approval), ",scope", -EINVAL, "is not NUMBER" },
	{ AT(client_approval), "C,s,2099-01-01,more", -EINVAL, "is not NUMBER" },
	{ AT(client_approval), "C,s,soon", -EINVAL, "soon is not a date" },
	{ AT(client_approval), "C,s,2020-01-01", -EPERM, "expired on 2020-01-01" },
};

START_TEST(what_is_wrong_with_a_plan_is_said_in_one_sentence)
{
	struct wv_prepare_opts opts = plan_opts();
	cleanup_plan struct wv__plan plan = { 0 };
	int r;

	stage("new");
	opts.passphrase = w.passphrase;
	*(const char **)((char *)&opts + wrong[_i].at) = wrong[_i].value;
	r = read_plan(&opts, &plan);
	ck_assert_msg(r == wrong[_i].r, "%s: %d", wrong[_i].sentence, r);
	ck_error_has(wrong[_i].sentence);
}
END_TEST

START_TEST(a_plan_has_all_that_the_approver_reads)
{
	struct wv_prepare_opts opts = plan_opts();
	cleanup_plan struct wv__plan plan = { 0 };

	stage("new");
	opts.passphrase = w.passphrase;
	opts.client_approval = "C-9,survey data,2099-01-31";
	ck_done(read_plan(&opts, &plan));
	ck_assert_str_eq(plan.due, "2099-12-31T23:59:59Z");
	ck_assert_str_eq(wv_doc_str(plan.holder, "name"), "suzuki");
	ck_assert(strncmp(wv_doc_str(plan.holder, "fingerprint"), "SHA256:", 7) == 0);
	ck_assert_str_eq(wv_doc_str(plan.client_approval, "number"), "C-9");
	ck_assert_str_eq(wv_doc_str(plan.client_approval, "scope"), "survey data");
	ck_assert_str_eq(wv_doc_str(plan.client_approval, "expiry"), "2099-01-31T23:59:59Z");
}
END_TEST

START_TEST(the_same_plan_is_asked_for_once_and_another_anew)
{
	struct wv_prepare_opts opts = plan_opts();
	struct wv_prepare_opts other;
	char first[37], again[37];

	stage("new");
	opts.passphrase = w.passphrase;
	ck_done(find(&opts, first));
	ck_done(find(&opts, again));
	ck_assert_str_eq(first, again);
	other = opts;
	other.due = "2099-12-30";
	ck_done(find(&other, again));
	ck_assert_str_ne(first, again);
	other = opts;
	other.client_approval = "C-2";
	ck_done(find(&other, again));
	ck_assert_str_ne(first, again);
	other = opts;
	other.size = WORLD_SIZE + MiB;
	ck_done(find(&other, again));
	ck_assert_str_ne(first, again);
	ck_done(find(&opts, again));
	ck_assert_str_eq(first, again);
	w.st->policy_digest[0] ^= 1; /* another policy */
	ck_done(find(&opts, again));
	ck_assert_str_ne(first, again);
}
END_TEST

START_TEST(an_expired_request_is_asked_for_anew)
{
	struct wv_prepare_opts opts = plan_opts();
	char first[37], again[37];

	stage("new");
	opts.passphrase = w.passphrase;
	w.st->policy->approval_hours = UINT64_MAX; /* an hour ago */
	ck_done(find(&opts, first));
	w.st->policy->approval_hours = 1;
	ck_done(find(&opts, again));
	ck_assert_str_ne(first, again);
}
END_TEST

START_TEST(the_request_says_what_it_binds)
{
	struct wv_prepare_opts opts = plan_opts();
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *request = NULL;
	char id[37];

	stage("new");
	opts.passphrase = w.passphrase;
	ck_done(find(&opts, id));
	ck_done(wv__takeout_load(w.st, id, &t));
	ck_done(wv__paper_load(t, WV__REQUEST, wv__takeout_str(t, WV__STEP_DECLARED, "request"), &request));
	ck_assert_str_eq(wv_doc_str(request, "type"), "takeout-request");
	ck_assert_str_eq(wv_doc_str(request, "takeout"), id);
	ck_assert_str_eq(wv_doc_str(request, "policy"), w.st->policy_digest);
	ck_assert_str_eq(wv_doc_str(request, "purpose"), "site survey");
	ck_assert_uint_eq(strlen(wv_doc_str(request, "nonce")), 32);
	ck_assert(wv_doc_bool(request, "lab") && wv_doc_bool(request, "self_verified"));
	ck_assert_str_eq(wv_doc_str(wv_doc_get(request, "target"), "path"), w.volume);
	ck_assert_ptr_nonnull(wv_doc_str(request, "expiry"));
}
END_TEST

static struct wv_prepare_opts asked;

static void new_station(void)
{
	stage("new");
	asked = plan_opts();
}

static int ask(struct wv_doc **ret)
{
	char id[37];

	(void)ret;
	return find(&asked, id);
}

/* What was asked for in vain is asked for again; there is one take-out of it at most. */
static void is_asked_for_once(int n, int r)
{
	char id[37];

	(void)r;
	ck_done(find(&asked, id));
	ck_assert_msg(strcmp(state_now(), "declared") == 0, "fault %d", n);
}

START_TEST(asking_survives_every_failure)
{
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = ask, .before = new_station,
							  .after = is_asked_for_once, .grow = 20 }), 100);
}
END_TEST

int main(void)
{
	const TTest *const once[] = { a_plan_has_all_that_the_approver_reads,
				      the_same_plan_is_asked_for_once_and_another_anew,
				      an_expired_request_is_asked_for_anew, the_request_says_what_it_binds,
				      asking_survives_every_failure };
	Suite *suite = flow_suite("request", world_make, once, ARRAY_SIZE(once));
	TCase *tcase = tcase_create("wrong");

	tcase_add_loop_test(tcase, what_is_wrong_with_a_plan_is_said_in_one_sentence, 0, ARRAY_SIZE(wrong));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
