/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_amendment.c - amendments: made, signed, recorded, applied, and refused
 * when they do not fit
 */
#include <fcntl.h>

#include "../../lib/flow/takeout/amendment.h"
#include "../../lib/trust/namespaces.h"
#include "station_world.h"

static struct wv__takeout *t;

/* SHA-256 of "abc" and of nothing */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char declared[] = "# workvol declaration 1\n"
			       "# created 2026-11-25T08:00:00Z\n"
			       "# output 100 results/*\n"
			       "# total 2 files, 1 directories, 3 bytes\n"
			       "# dir data\n"
			       "# size 3\n" ABC "  data/a\n"
			       "# size 0\n" NOTHING "  data/b\n";

static void step(enum wv__step step_, struct wv_doc *body)
{
	ck_assert_msg(wv__takeout_step(t, step_, body) == 0, "%s", wv_ctx_error(ctx));
}

/* A take-out that is out, with the declaration above. */
static void set_up(void)
{
	cleanup_free char *path = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];

	station_set_up();
	ck_assert_int_eq(wv__takeout_new(st, &t), 0);
	make_papers(t);
	path = wv__paper_path(t, "declaration");
	ck_assert_int_eq(wv__write_file(ctx, AT_FDCWD, path, declared, strlen(declared), 0600), 0);
	ck_assert_int_eq(wv__sha256_hex(declared, strlen(declared), digest), 0);
	ck_assert_int_eq(wv__doc_build(ctx, &body, M_STR("declaration", digest)), 0);
	step(WV__STEP_DECLARED, body);
	step(WV__STEP_APPROVED, NULL);
	step(WV__STEP_PREPARED, NULL);
	step(WV__STEP_OUT, NULL);
}

static void tear_down(void)
{
	wv__takeout_free(t);
	station_tear_down();
}

/* Changes as JSON; and an amendment that has nothing else. */
static struct wv_doc *changes(const char *json)
{
	struct wv_doc *doc;

	ck_assert_msg(wv__doc_parse(ctx, json, strlen(json), "changes", &doc) == 0, "%s",
		      wv_ctx_error(ctx));
	return doc;
}

static int apply(const char *json, struct wv__declaration *decl)
{
	cleanup_doc struct wv_doc *list = changes(json);
	cleanup_doc struct wv_doc *amendment = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &amendment, M_DOC("changes", list)), 0);
	return wv__amendment_apply(ctx, amendment, decl);
}

static int make(const char *json)
{
	cleanup_doc struct wv_doc *list = changes(json);

	return wv__amendment_make(t, list, "field work", "holder", st->policy->station_key);
}

static struct wv__declaration *effective(void)
{
	struct wv__declaration *decl;

	ck_assert_msg(wv__takeout_declaration(t, &decl) == 0, "%s", wv_ctx_error(ctx));
	return decl;
}

#define NEW(size, sha) "\"new\":{\"sha256\":\"" sha "\",\"size\":" #size "}"
#define ADD(path, size, sha) "{\"action\":\"add\"," NEW(size, sha) ",\"path\":\"" path "\"}"
#define MODIFY(path, size, sha) "{\"action\":\"modify\"," NEW(size, sha) ",\"path\":\"" path "\"}"
#define REMOVE(path) "{\"action\":\"remove\",\"path\":\"" path "\"}"
#define MKDIR(path) "{\"action\":\"add\",\"new\":{\"size\":0},\"path\":\"" path "\"}"

START_TEST(what_is_added_modified_and_removed_is_declared_so)
{
	cleanup(wv__declaration_freep) struct wv__declaration *decl = effective();

	ck_assert_int_eq(apply("[" REMOVE("data/b") "," MODIFY("data/a", 0, NOTHING) "," MKDIR("more") ","
			       ADD("more/c", 3, ABC) "]", decl), 0);
	ck_assert_uint_eq(decl->entries.count, 4);
	ck_assert_uint_eq(wv__declaration_find(decl, "data/a")->size, 0);
	ck_assert_ptr_null(wv__declaration_find(decl, "data/b"));
	ck_assert(wv__declaration_find(decl, "more")->is_dir);
	ck_assert_uint_eq(wv__declaration_find(decl, "more/c")->size, 3);
	ck_assert_int_eq(wv__declaration_find(decl, "more/c")->sha256[0], 0xba);
}
END_TEST

START_TEST(a_path_that_is_not_utf8_comes_in_base64)
{
	cleanup(wv__declaration_freep) struct wv__declaration *decl = effective();

	ck_assert_int_eq(apply("[{\"action\":\"add\"," NEW(3, ABC) ",\"path_b64\":\"Yv9k\"}]", decl), 0);
	ck_assert_ptr_nonnull(wv__declaration_find(decl, "b\xff" "d"));
}
END_TEST

START_TEST(a_change_that_does_not_fit_is_refused)
{
	static const char *const bad[] = {
		"[" ADD("data/a", 3, ABC) "]",
		"[" MODIFY("data/c", 3, ABC) "]",
		"[" REMOVE("data/c") "]",
		"[" ADD("../x", 3, ABC) "]",
		"[" ADD("/x", 3, ABC) "]",
		"[" ADD("", 3, ABC) "]",
		"[" ADD("a\\nb", 3, ABC) "]",
		"[" ADD("x", 3, "abc") "]",
		"[{\"action\":\"add\"," NEW(3, ABC) "}]",
		"[{\"action\":\"add\"," NEW(3, ABC) ",\"path_b64\":\"Y\"}]",
		"[{\"action\":\"move\"," NEW(3, ABC) ",\"path\":\"x\"}]",
		"[{" NEW(3, ABC) ",\"path\":\"x\"}]",
		"[[]]",
		"[" ADD("x", 3, ABC) "," ADD("x", 3, ABC) "]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cleanup(wv__declaration_freep) struct wv__declaration *decl = effective();

		ck_assert_msg(apply(bad[i], decl) == -EBADMSG, "%s", bad[i]);
	}
}
END_TEST

START_TEST(amendments_add_up_in_their_order)
{
	cleanup(wv__declaration_freep) struct wv__declaration *before = NULL;
	cleanup(wv__declaration_freep) struct wv__declaration *after = NULL;
	cleanup_takeout struct wv__takeout *again = NULL;

	ck_assert_int_eq(make("[" ADD("c", 3, ABC) "]"), 0);
	ck_assert_int_eq(make("[" MODIFY("c", 0, NOTHING) "]"), 0);
	before = effective();
	ck_assert_uint_eq(wv__declaration_find(before, "c")->size, 0);
	ck_assert_int_eq(make("[" REMOVE("c") "]"), 0);
	after = effective();
	ck_assert_ptr_null(wv__declaration_find(after, "c"));
	ck_assert_int_eq(wv__takeout_load(st, t->id, &again), 0);
	ck_assert_uint_eq(wv_doc_count(again->amended), 3);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(again->amended, 2), "paper"), "amendment-3.json");
}
END_TEST

START_TEST(one_that_does_not_fit_is_not_made)
{
	cleanup_free char *path = wv__paper_path(t, "amendment-1.json");
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	const uint64_t before = records();

	ck_assert_int_eq(make("[" REMOVE("nowhere") "]"), -EBADMSG);
	ck_assert_int_eq(make("[" ADD("c", 18446744073709551615, ABC) "]"), -EOVERFLOW);
	ck_assert_uint_eq(records(), before);
	ck_assert_int_lt(access(path, F_OK), 0);
	decl = effective();
	ck_assert_uint_eq(decl->entries.count, 3);
}
END_TEST

START_TEST(it_is_signed_for_the_holder_and_a_changed_one_is_found)
{
	cleanup_free char *path = wv__paper_path(t, "amendment-1.json");
	cleanup_free char *check = NULL;
	struct wv__declaration *decl = NULL;

	ck_assert_int_eq(make("[" ADD("c", 3, ABC) "]"), 0);
	check = wv__printf("(printf 'x '; cat '%s.pub') >'%s.allowed' && ssh-keygen -Y verify -f '%s.allowed' "
			   "-I x -n " WV_NS_HOLDER " -s '%s.sig' <'%s' >/dev/null && "
			   "sed -i s/field/other/ '%s'",
			   st->policy->station_key, path, path, path, path, path);
	ck_assert_int_eq(system(check), 0);
	ck_assert_int_eq(wv__takeout_declaration(t, &decl), -EBADMSG);
	ck_assert_ptr_null(decl);
}
END_TEST

START_TEST(outputs_are_declared_with_the_directories_that_lead_to_them)
{
	cleanup_doc struct wv_doc *outputs =
		changes("[{\"path\":\"results\",\"size\":0},"
			"{\"path\":\"results/x\",\"sha256\":\"" ABC "\",\"size\":3},"
			"{\"path_b64\":\"cmVzdWx0cy//\",\"sha256\":\"" ABC "\",\"size\":3}]");
	cleanup_doc struct wv_doc *none = changes("[]");
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;

	ck_assert_int_eq(wv__amend_outputs(t, none), 0);
	ck_assert_uint_eq(wv_doc_count(t->amended), 0);
	ck_assert_int_eq(wv__amend_outputs(t, outputs), 1);
	ck_assert_str_eq(wv_doc_str(wv_doc_at(t->amended, 0), "origin"), "output");
	decl = effective();
	ck_assert(wv__declaration_find(decl, "results")->is_dir);
	ck_assert_uint_eq(wv__declaration_find(decl, "results/x")->size, 3);
	ck_assert_ptr_nonnull(wv__declaration_find(decl, "results/\xff"));
}
END_TEST

START_TEST(making_one_survives_every_failure)
{
	cleanup_doc struct wv_doc *add = changes("[" ADD("c", 3, ABC) "]");
	cleanup_doc struct wv_doc *modify = changes("[" MODIFY("c", 3, ABC) "]");
	uint64_t made = 0;
	int n, r;

	for (n = 0;; n++) {
		cleanup_takeout struct wv__takeout *again = NULL;
		cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
		const int fds = open_fds();
		bool fired;

		fault_after(n);
		r = wv__amendment_make(t, made ? modify : add, "x", "holder", st->policy->station_key);
		fired = fault_fired();
		ck_assert_int_eq(open_fds(), fds);
		/* also after a failure it is there whole, or not at all */
		ck_assert_int_eq(wv__takeout_load(st, t->id, &again), 0);
		wv__takeout_free(t);
		t = take_ptr(again);
		decl = effective();
		ck_assert_int_eq(!wv__declaration_find(decl, "c"), !wv_doc_count(t->amended));
		if (r == 0)
			ck_assert_uint_gt(wv_doc_count(t->amended), made);
		made = wv_doc_count(t->amended);
		if (!fired)
			break;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 20);
}
END_TEST

START_TEST(applying_survives_every_failure)
{
	int n, r;

	ck_assert_int_eq(make("[" ADD("c", 3, ABC) "]"), 0);
	for (n = 0;; n++) {
		struct wv__declaration *decl = NULL;
		const int fds = open_fds();
		bool fired;

		fault_after(n);
		r = wv__takeout_declaration(t, &decl);
		fired = fault_fired();
		ck_assert_int_eq(!decl, r < 0);
		wv__declaration_free(decl);
		ck_assert_int_eq(open_fds(), fds);
		if (!fired)
			break;
		ck_assert_int_lt(r, 0);
	}
	ck_assert_int_ge(n, 10);
}
END_TEST

static Suite *amendment_suite(void)
{
	const TTest *const tests[] = {
		what_is_added_modified_and_removed_is_declared_so,
		a_path_that_is_not_utf8_comes_in_base64,
		a_change_that_does_not_fit_is_refused,
		amendments_add_up_in_their_order,
		one_that_does_not_fit_is_not_made,
		it_is_signed_for_the_holder_and_a_changed_one_is_found,
		outputs_are_declared_with_the_directories_that_lead_to_them,
		making_one_survives_every_failure,
		applying_survives_every_failure,
	};

	return station_suite("amendment", set_up, tear_down, tests, ARRAY_SIZE(tests), NULL);
}

int main(void)
{
	return run_suite(amendment_suite());
}
