/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_policy_doc.c - tests of lib/policy/policy_doc.c
 */
#include <sys/stat.h>

#include "../../lib/policy/policy.h"
#include "../../lib/base/util.h"
#include "support.h"

static struct wv__policy *load(const char *path)
{
	struct wv__policy *policy = NULL;
	const int r = wv__policy_load(ctx, path, &policy);

	ck_assert_msg(r == 0, "%d %s", r, wv_ctx_error(ctx));
	return policy;
}

static struct wv_doc *find(struct wv_doc *list, const char *key)
{
	for (size_t i = 0; i < wv_doc_count(list); i++)
		if (strcmp(wv_doc_str(wv_doc_at(list, i), "key"), key) == 0)
			return wv_doc_at(list, i);
	ck_abort_msg("%s is not in the list", key);
}

START_TEST(the_list_tells_each_value_and_where_it_is_written)
{
	cleanup_free char *path = make_file("workvol.conf", "\nlab = yes\nmapper = fuse\n");
	cleanup(wv__policy_freep) struct wv__policy *policy = load(path);
	cleanup_doc struct wv_doc *list = NULL;
	struct wv_doc *item;

	ck_assert_int_eq(wv__policy_list(ctx, policy, &list), 0);
	item = find(list, "mapper");
	ck_assert_str_eq(wv_doc_str(item, "value"), "fuse");
	ck_assert_str_eq(wv_doc_str(item, "file"), path);
	ck_assert_uint_eq(wv_doc_u64(item, "line"), 3);
	item = find(list, "pbkdf-memory");
	ck_assert_str_eq(wv_doc_str(item, "value"), "32");
	ck_assert_ptr_null(wv_doc_get(item, "file"));
	ck_assert_uint_eq(wv_doc_u64(item, "line"), 0);
	ck_assert_ptr_null(wv_doc_get(find(list, "client"), "value"));
	ck_assert_str_eq(wv_doc_str(find(list, "prewipe"), "value"), "yes");
}
END_TEST

START_TEST(the_digest_follows_the_values_and_not_the_places)
{
	cleanup_free char *a = make_file("a.conf", "method = zero\nclient = x\n");
	cleanup_free char *b = make_file("b.conf", "# other\nclient = x\n\nmethod = zero\n");
	cleanup_free char *c = make_file("c.conf", "method = one\nclient = x\n");
	cleanup(wv__policy_freep) struct wv__policy *first = load(a);
	cleanup(wv__policy_freep) struct wv__policy *second = load(b);
	cleanup(wv__policy_freep) struct wv__policy *third = load(c);
	char digests[3][65];

	ck_assert_int_eq(wv__policy_digest(ctx, first, digests[0]), 0);
	ck_assert_int_eq(wv__policy_digest(ctx, second, digests[1]), 0);
	ck_assert_int_eq(wv__policy_digest(ctx, third, digests[2]), 0);
	ck_assert_str_eq(digests[0], digests[1]);
	ck_assert_str_ne(digests[0], digests[2]);
}
END_TEST

START_TEST(a_new_file_is_read_back_as_it_was_meant)
{
	const struct wv__policy_value values[] = {
		{ "lab", "yes" }, { "client", "Town = Office" }, { "contact", NULL },
		{ "server", "srv" }, { NULL, NULL }
	};
	cleanup_free char *path = test_path("new.conf");
	cleanup_free char *server = test_path("srv");
	cleanup(wv__policy_freep) struct wv__policy *policy = NULL;

	ck_assert_int_eq(wv__policy_write_new(ctx, path, values), 0);
	policy = load(path);
	ck_assert(policy->lab);
	ck_assert_str_eq(policy->client, "Town = Office");
	ck_assert_str_eq(policy->server, server);
	ck_assert_ptr_null(policy->contact);
	ck_assert_int_eq(wv__policy_write_new(ctx, path, values), -EEXIST);
}
END_TEST

START_TEST(what_could_not_be_read_back_is_not_written)
{
	static const struct wv__policy_value bad[] = {
		{ "client", "a # b" },	{ "client", "\"a\"" }, { "client", " a" },
		{ "client", "a " },	{ "client", "a\nlab = yes" }, { "client", "a\\" },
		{ "unknown", "a" },	{ "lab", "perhaps" },  { "client", "" },
	};
	cleanup_free char *path = test_path("bad.conf");

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct wv__policy_value values[] = { bad[i], { NULL, NULL } };

		ck_assert_int_eq(wv__policy_write_new(ctx, path, values), -EINVAL);
		ck_error_has(bad[i].key);
		ck_assert_int_lt(access(path, F_OK), 0);
	}
}
END_TEST

START_TEST(writing_survives_every_failure)
{
	const struct wv__policy_value values[] = { { "lab", "yes" }, { "client", "a" }, { NULL, NULL } };
	const int fds = open_fds();
	cleanup_free char *path = test_path("fault.conf");
	int r, n = 0;

	for (;; n++) {
		fault_after(n);
		r = wv__policy_write_new(ctx, path, values);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_int_eq(open_fds(), fds);
		unlink(path); /* there when only the directory's fsync failed */
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 8);
}
END_TEST

START_TEST(listing_survives_every_failure)
{
	cleanup_free char *path = make_file("workvol.conf", "lab = yes\n");
	cleanup(wv__policy_freep) struct wv__policy *policy = load(path);
	cleanup_doc struct wv_doc *list = NULL;
	char digest[65] = "";
	int r, n = 0;

	for (;; n++) {
		fault_after(n);
		r = wv__policy_list(ctx, policy, &list);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_null(list);
	}
	ck_assert_int_ge(n, 20);
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__policy_digest(ctx, policy, digest);
		if (!fault_fired())
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_str_eq(digest, "");
	}
	ck_assert_int_ge(n, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_doc");
	TCase *tc = tcase_create("policy_doc");

	tcase_add_test(tc, the_list_tells_each_value_and_where_it_is_written);
	tcase_add_test(tc, the_digest_follows_the_values_and_not_the_places);
	tcase_add_test(tc, a_new_file_is_read_back_as_it_was_meant);
	tcase_add_test(tc, what_could_not_be_read_back_is_not_written);
	tcase_add_test(tc, writing_survives_every_failure);
	tcase_add_test(tc, listing_survives_every_failure);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
