/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_policy_table.c - tests of lib/policy/policy_table.c
 */
#include <string.h>

#include "../../lib/policy/policy_table.h"
#include "support.h"

static struct wv__policy policy;

static int set(const char *key, const char *value)
{
	return wv__setting_set(ctx, wv__setting_find(key), &policy, value, "/dir");
}

static void gives(const char *key, const char *expected)
{
	cleanup_free char *text = NULL;

	ck_assert_int_eq(wv__setting_text(ctx, wv__setting_find(key), &policy, &text), 0);
	if (expected)
		ck_assert_str_eq(text, expected);
	else
		ck_assert_ptr_null(text);
}

START_TEST(every_default_is_a_value_that_could_be_written)
{
	for (size_t i = 0; i < wv__settings_count; i++) {
		const struct wv__setting *setting = &wv__settings[i];

		ck_assert_ptr_eq(wv__setting_find(setting->key), setting);
		if (setting->fallback)
			ck_assert_int_eq(set(setting->key, setting->fallback), 0);
		if (setting->lab_fallback)
			ck_assert_int_eq(set(setting->key, setting->lab_fallback), 0);
	}
	ck_assert_ptr_null(wv__setting_find("no-such"));
	wv__settings_clear(&policy);
}
END_TEST

/* Is "KEY = NOW" looser than "KEY = BOUND"? */
static bool looser(const char *key, const char *now, const char *bound)
{
	const struct wv__setting *setting = wv__setting_find(key);
	struct wv__policy a = { 0 }, b = { 0 };
	bool answer;

	ck_assert_int_eq(wv__setting_set(ctx, setting, &a, now, "/"), 0);
	ck_assert_int_eq(wv__setting_set(ctx, setting, &b, bound, "/"), 0);
	answer = wv__setting_looser(setting, &a, &b);
	wv__settings_clear(&a);
	wv__settings_clear(&b);
	return answer;
}

START_TEST(each_setting_that_can_be_stricter_knows_which_way)
{
	static const struct {
		const char *key, *loose, *strict;
	} pairs[] = {
		{ "self-approval", "yes", "no" }, { "holder-signature", "station", "required" },
		{ "approval-hours", "73", "72" }, { "receipt-minutes", "60", "1" },
		{ "incident-minutes", "60", "30" }, { "training-days", "366", "365" },
		{ "training-days", "0", "3660" }, { "storage-register", "no", "yes" },
		{ "verify", "none", "sample" }, { "verify", "sample", "last" }, { "verify", "last", "all" },
		{ "prewipe", "no", "yes" }, { "hidden", "report", "lift" }, { "exposed-host", "warn", "refuse" },
		{ "search-dirs", "home:/tmp", "/srv:/tmp:home" }, { "search-dirs", "/srv/a:/tmp", "/srv:/tmp" },
		{ "search-minutes", "30", "31" }, { "pbkdf-memory", "32", "33" }, { "pbkdf-iterations", "4", "5" },
		{ "on-insert", "ignore", "notify" }, { "on-insert", "prompt", "read-only" },
		{ "on-insert", "read-only", "refuse" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		ck_assert_msg(looser(pairs[i].key, pairs[i].loose, pairs[i].strict), "%s", pairs[i].key);
		ck_assert_msg(!looser(pairs[i].key, pairs[i].strict, pairs[i].strict), "%s", pairs[i].key);
		if (strcmp(pairs[i].loose, "/srv/a:/tmp") != 0) /* neither has all of the other */
			ck_assert_msg(!looser(pairs[i].key, pairs[i].strict, pairs[i].loose), "%s", pairs[i].key);
	}
}
END_TEST

START_TEST(a_ledger_is_a_file_or_a_uri_without_a_password)
{
	static const char *const fine[] = {
		"postgresql://", "postgres://db/workvol", "postgresql://me@db:5432/workvol?sslmode=verify-full",
		"postgresql://db1:5432,db2:5433/workvol?passfile=/etc/pgpass&target_session_attrs=any",
		"postgresql://[::1]:5432/workvol", "postgresql://me@/workvol?host=/run/a:b",
	};
	static const char *const secret[] = {
		"postgresql://me:abc@db/workvol", "postgresql://:abc@db", "postgres://db?x:abc@y",
		"postgresql://db/workvol?password=abc", "postgresql://db?a=b&password=abc",
		"postgresql://db?sslpassword=abc", "postgresql://db?a=b&p%61ssword=abc", "postgresql://db?=abc&password=abc",
	};

	ck_assert_int_eq(set("ledger", "here.db"), 0);
	gives("ledger", "/dir/here.db");
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		ck_assert_msg(set("ledger", fine[i]) == 0, "%s: %s", fine[i], wv_ctx_error(ctx));
		gives("ledger", fine[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(secret); i++) {
		ck_assert_msg(set("ledger", secret[i]) == -EINVAL, "%s", secret[i]);
		ck_assert_ptr_null(strstr(wv_ctx_error(ctx), "abc"));
	}
	wv__settings_clear(&policy);
}
END_TEST

START_TEST(the_choices_stand_in_the_order_of_their_enums)
{
	ck_assert_int_eq(set("mapper", "auto"), 0);
	ck_assert_int_eq(policy.mapper, WV__CHOOSE_MAPPER);
	ck_assert_int_eq(set("mapper", "kernel"), 0);
	ck_assert_int_eq(policy.mapper, WV__CHOOSE_KERNEL);
	ck_assert_int_eq(set("mapper", "fuse"), 0);
	ck_assert_int_eq(policy.mapper, WV__CHOOSE_FUSE);
	ck_assert_int_eq(set("on-insert", "notify"), 0);
	ck_assert_int_eq(policy.on_insert, WV__INSERT_NOTIFY);
	ck_assert_int_eq(set("on-insert", "ignore"), 0);
	ck_assert_int_eq(policy.on_insert, WV__INSERT_IGNORE);
	ck_assert_int_eq(set("on-insert", "prompt"), 0);
	ck_assert_int_eq(policy.on_insert, WV__INSERT_PROMPT);
	ck_assert_int_eq(set("on-insert", "read-only"), 0);
	ck_assert_int_eq(policy.on_insert, WV__INSERT_READ_ONLY);
	ck_assert_int_eq(set("on-insert", "refuse"), 0);
	ck_assert_int_eq(policy.on_insert, WV__INSERT_REFUSE);
	ck_assert_int_eq(set("holder-signature", "required"), 0);
	ck_assert_int_eq(policy.holder_signature, WV__HOLDER_REQUIRED);
	ck_assert_int_eq(set("holder-signature", "station"), 0);
	ck_assert_int_eq(policy.holder_signature, WV__HOLDER_STATION);
	ck_assert_int_eq(set("hidden", "lift"), 0);
	ck_assert_int_eq(policy.hidden, WV__HIDDEN_LIFT);
}
END_TEST

START_TEST(what_is_set_is_told_and_a_bad_value_changes_nothing)
{
	gives("client", NULL);
	ck_assert_int_eq(set("client", "one"), 0);
	ck_assert_int_eq(set("client", "two"), 0);
	ck_assert_int_eq(set("client", "a\tb"), -EINVAL);
	gives("client", "two");
	ck_assert_int_eq(set("roster", "r"), 0);
	ck_assert_int_eq(set("roster", ""), -EINVAL);
	gives("roster", "/dir/r");
	ck_assert_int_eq(set("approval-hours", "0048"), 0);
	ck_assert_int_eq(set("approval-hours", "0"), -EINVAL);
	gives("approval-hours", "48");
	ck_assert_int_eq(set("lab", "yes"), 0);
	ck_assert_int_eq(set("lab", "YES"), -EINVAL);
	gives("lab", "yes");
	ck_assert_int_eq(set("hidden", "lift"), 0);
	ck_assert_int_eq(set("hidden", "lif"), -EINVAL);
	gives("hidden", "lift");
	wv__settings_clear(&policy);
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
	ck_assert_int_eq(set("client", "one"), 0);
	fault_after(0);
	ck_assert_int_eq(set("client", "two"), -ENOMEM);
	ck_assert(fault_fired());
	gives("client", "one");
	fault_after(0);
	ck_assert_int_eq(set("mapper", "bad"), -ENOMEM); /* for the list of names */
	ck_assert(fault_fired());
	wv__settings_clear(&policy);
}
END_TEST

START_TEST(the_manual_explains_every_setting)
{
	FILE *page = fopen("docs/man/workvol.conf.5", "re");
	static char text[65536];

	if (!page)
		return; /* not run from the top of the source tree */
	text[fread(text, 1, sizeof(text) - 1, page)] = '\0';
	fclose(page);
	for (size_t i = 0; i < wv__settings_count; i++) {
		char item[64];

		snprintf(item, sizeof(item), "\n.It Cm %s No = ", wv__settings[i].key);
		ck_assert_msg(strstr(text, item), "%s", item);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_table");
	TCase *tc = tcase_create("policy_table");

	tcase_add_test(tc, every_default_is_a_value_that_could_be_written);
	tcase_add_test(tc, each_setting_that_can_be_stricter_knows_which_way);
	tcase_add_test(tc, a_ledger_is_a_file_or_a_uri_without_a_password);
	tcase_add_test(tc, the_choices_stand_in_the_order_of_their_enums);
	tcase_add_test(tc, what_is_set_is_told_and_a_bad_value_changes_nothing);
	tcase_add_test(tc, without_memory_nothing_changes);
	tcase_add_test(tc, the_manual_explains_every_setting);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
