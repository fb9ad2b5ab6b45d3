/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_table.c - the settings, one row each, and how a value is checked
 */
#include <string.h>

#include "../base/buf.h"
#include "../base/fs.h"
#include "ledger_uri.h"
#include "policy_table.h"

/* Behind the member: the default, and the default in a lab where it differs. */
#define ROW(name, type, member, ...) \
	{ .key = (name), .kind = WV__SET_##type, .offset = offsetof(struct wv__policy, member), __VA_ARGS__ }

/* In the order of the enums of policy.h. */
static const char *const signatures[] = { "required", "station", NULL };
static const char *const hidden[] = { "report", "lift", NULL };
static const char *const exposed[] = { "warn", "refuse", NULL };
static const char *const on_insert[] = { "notify", "ignore", "prompt", "read-only", "refuse", NULL };
static const char *const mappers[] = { "auto", "kernel", "fuse", NULL };
static const char *const verify[] = { "none", "last", "all", "sample", NULL };

/* How strict each of the choices is. */
static const unsigned char on_insert_ranks[] = { 1, 0, 1, 2, 3 };
static const unsigned char verify_ranks[] = { 0, 2, 3, 1 };

/* Each is explained in workvol.conf(5). */
const struct wv__setting wv__settings[] = {
	ROW("lab", BOOL, lab, "no"),
	ROW("station", NAME, station, "station"),
	ROW("client", TEXT, client),
	ROW("contact", TEXT, contact),
	ROW("organization", TEXT, organization),
	ROW("location", TEXT, location),
	ROW("phone", TEXT, phone),
	ROW("operator-title", TEXT, operator_title),
	/* state-dir stands before the paths whose default lies in it */
	ROW("state-dir", PATH, state_dir, "/var/lib/workvol"),
	ROW("ledger", LEDGER, ledger, "ledger.db"),
	ROW("roster", STATE, roster, "roster"),
	ROW("station-key", STATE, station_key, "station_key"),
	ROW("receipt-key", PATH, receipt_key),
	ROW("server", SERVER, server),
	ROW("server-hostkey", PATH, server_hostkey),
	ROW("server-key", PATH, server_key),
	ROW("server-identity", PATH, server_identity),
	ROW("self-approval", BOOL, self_approval, "no", .stricter = WV__LESS),
	ROW("holder-signature", CHOICE, holder_signature, "required", .choices = signatures, .stricter = WV__LESS),
	ROW("approval-hours", NUMBER, approval_hours, "72", .min = 1, .max = 8760, .stricter = WV__LESS),
	ROW("receipt-minutes", NUMBER, receipt_minutes, "60", .min = 1, .max = 1440, .stricter = WV__LESS),
	ROW("incident-minutes", NUMBER, incident_minutes, "60", .min = 1, .max = 1440, .stricter = WV__LESS),
	ROW("training-days", NUMBER, training_days, "0", .min = 0, .max = 3660, .stricter = WV__LESS_BUT_0),
	ROW("storage-register", BOOL, storage_register, "no", .stricter = WV__MORE),
	ROW("method", TEXT, method, "random"),
	ROW("verify", TEXT, verify, "last", .choices = verify, .stricter = WV__RANKED, .ranks = verify_ranks),
	ROW("prewipe", BOOL, prewipe, "yes", .stricter = WV__MORE),
	ROW("hidden", CHOICE, hidden, "report", .choices = hidden, .stricter = WV__MORE),
	ROW("exposed-host", CHOICE, exposed_host, "warn", .choices = exposed, .stricter = WV__MORE),
	ROW("search-dirs", TEXT, search_dirs, "home:/tmp:/var/tmp", .stricter = WV__ALL_OF),
	ROW("search-minutes", NUMBER, search_minutes, "30", .min = 1, .max = 1440, .stricter = WV__MORE),
	/* The ranges are libcryptsetup's. */
	ROW("pbkdf-memory", NUMBER, pbkdf_memory, "1048576", "32", .min = 32, .max = 4194304, .stricter = WV__MORE),
	ROW("pbkdf-iterations", NUMBER, pbkdf_iterations, "4", .min = 4, .max = 1000, .stricter = WV__MORE),
	ROW("pbkdf-threads", NUMBER, pbkdf_threads, "4", "1", .min = 1, .max = 4),
	ROW("mapper", CHOICE, mapper, "auto", .choices = mappers),
	ROW("on-insert", CHOICE, on_insert, "notify", .choices = on_insert, .stricter = WV__RANKED, .ranks = on_insert_ranks),
};
const size_t wv__settings_count = ARRAY_SIZE(wv__settings);

const struct wv__setting *wv__setting_find(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(wv__settings); i++)
		if (strcmp(wv__settings[i].key, key) == 0)
			return &wv__settings[i];
	return NULL;
}

static void *field(const struct wv__setting *setting, const struct wv__policy *policy)
{
	return (char *)policy + setting->offset;
}

static bool is_text(enum wv__setting_kind kind)
{
	return kind <= WV__SET_SERVER;
}

/* Takes over text. */
static int keep_text(struct wv_ctx *ctx, char **kept, char *text)
{
	if (!text)
		return wv__fail_memory(ctx);
	free(*kept);
	*kept = text;
	return 0;
}

static int not_one_of(struct wv_ctx *ctx, const struct wv__setting *setting)
{
	cleanup_buf struct wv_buf names = WV_BUF_INIT;

	for (const char *const *name = setting->choices; *name; name++)
		if (wv__buf_printf(&names, "%s%s", names.len ? ", " : "", *name) < 0)
			return wv__fail_memory(ctx);
	return wv__fail(ctx, -EINVAL, "%s is not one of %s", setting->key, wv__buf_str(&names));
}

static int find_choice(const struct wv__setting *setting, const char *value)
{
	for (int i = 0; setting->choices[i]; i++)
		if (strcmp(setting->choices[i], value) == 0)
			return i;
	return -1;
}

static int set_choice(struct wv_ctx *ctx, const struct wv__setting *setting, unsigned int *ret,
		      const char *value)
{
	const int choice = find_choice(setting, value);

	if (choice < 0)
		return not_one_of(ctx, setting);
	*ret = choice;
	return 0;
}

static int set_number(struct wv_ctx *ctx, const struct wv__setting *setting, uint64_t *ret,
		      const char *value)
{
	const bool digits = strspn(value, "0123456789") == strlen(value) && strlen(value) <= 18;
	const uint64_t number = digits ? strtoull(value, NULL, 10) : 0;

	if (!digits || number < setting->min || number > setting->max)
		return wv__fail(ctx, -EINVAL,
				"%s is not a whole number from %" PRIu64 " to %" PRIu64,
				setting->key, setting->min, setting->max);
	*ret = number;
	return 0;
}

static int set_bool(struct wv_ctx *ctx, const struct wv__setting *setting, bool *ret,
		    const char *value)
{
	const bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return wv__fail(ctx, -EINVAL, "%s is neither yes nor no", setting->key);
	*ret = yes;
	return 0;
}

static int set_name(struct wv_ctx *ctx, const struct wv__setting *setting, char **ret,
		    const char *value)
{
	if (strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-") !=
	    strlen(value))
		return wv__fail(ctx, -EINVAL, "%s holds more than letters, digits and . _ @ -",
				setting->key);
	return keep_text(ctx, ret, strdup(value));
}

static int set_text(struct wv_ctx *ctx, const struct wv__setting *setting, char **ret,
		    const char *value)
{
	if (setting->choices && find_choice(setting, value) < 0)
		return not_one_of(ctx, setting);
	return keep_text(ctx, ret, strdup(value));
}

/* A value is one line of UTF-8, and something. */
static int check_value(struct wv_ctx *ctx, const struct wv__setting *setting, const char *value)
{
	if (!*value)
		return wv__fail(ctx, -EINVAL, "%s is empty", setting->key);
	for (const unsigned char *c = (const unsigned char *)value; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			return wv__fail(ctx, -EINVAL, "%s holds a control character", setting->key);
	if (!wv__is_utf8(value, strlen(value)))
		return wv__fail(ctx, -EINVAL, "%s is not UTF-8", setting->key);
	return 0;
}

static int set_path(struct wv_ctx *ctx, char **ret, const char *value, const char *dir)
{
	return keep_text(ctx, ret, *value == '/' ? strdup(value) : wv__path_join(dir, value));
}

static int set_ledger(struct wv_ctx *ctx, const struct wv__setting *setting, char **ret, const char *value,
		      const char *dir)
{
	int r;

	if (!wv__ledger_uri_is(value))
		return set_path(ctx, ret, value, dir);
	r = wv__ledger_uri_check(ctx, setting->key, value);
	return r < 0 ? r : keep_text(ctx, ret, strdup(value));
}

int wv__setting_set(struct wv_ctx *ctx, const struct wv__setting *setting,
		    struct wv__policy *policy, const char *value, const char *dir)
{
	const int r = check_value(ctx, setting, value);
	void *to = field(setting, policy);

	if (r < 0)
		return r;
	switch (setting->kind) {
	case WV__SET_TEXT:
		return set_text(ctx, setting, to, value);
	case WV__SET_NAME:
		return set_name(ctx, setting, to, value);
	case WV__SET_LEDGER:
		return set_ledger(ctx, setting, to, value, dir);
	case WV__SET_SERVER:
		if (strncmp(value, "ssh://", 6) == 0)
			return keep_text(ctx, to, strdup(value));
		__attribute__((fallthrough));
	case WV__SET_PATH:
	case WV__SET_STATE:
		return set_path(ctx, to, value, dir);
	case WV__SET_NUMBER:
		return set_number(ctx, setting, to, value);
	case WV__SET_CHOICE:
		return set_choice(ctx, setting, to, value);
	case WV__SET_BOOL:
		return set_bool(ctx, setting, to, value);
	}
	return -EINVAL;
}

int wv__setting_text(struct wv_ctx *ctx, const struct wv__setting *setting,
		     const struct wv__policy *policy, char **ret)
{
	const void *from = field(setting, policy);
	char *text;

	if (is_text(setting->kind) && !*(char *const *)from) {
		*ret = NULL;
		return 0;
	}
	if (setting->kind == WV__SET_NUMBER)
		text = wv__printf("%" PRIu64, *(const uint64_t *)from);
	else if (setting->kind == WV__SET_CHOICE)
		text = strdup(setting->choices[*(const unsigned int *)from]);
	else if (setting->kind == WV__SET_BOOL)
		text = strdup(*(const bool *)from ? "yes" : "no");
	else
		text = strdup(*(char *const *)from);
	if (!text)
		return wv__fail_memory(ctx);
	*ret = text;
	return 0;
}

/* One directory of a list with colons between. */
static bool has_dir(const char *list, const char *dir, size_t len)
{
	while (list) {
		const size_t n = strcspn(list, ":");

		if (n == len && strncmp(list, dir, len) == 0)
			return true;
		list = list[n] ? list + n + 1 : NULL;
	}
	return false;
}

bool wv__policy_dirs_have(const char *list, const char *wanted)
{
	while (wanted && *wanted) {
		const size_t n = strcspn(wanted, ":");

		if (n && !has_dir(list, wanted, n))
			return false;
		wanted += n + (wanted[n] == ':');
	}
	return true;
}

/* How much of it there is; of one that is ranked: how strict it is. */
static uint64_t measure(const struct wv__setting *setting, const struct wv__policy *policy)
{
	const void *at = field(setting, policy);
	uint64_t value;

	if (setting->kind == WV__SET_NUMBER)
		value = *(const uint64_t *)at;
	else if (setting->kind == WV__SET_CHOICE)
		value = *(const unsigned int *)at;
	else if (setting->kind == WV__SET_BOOL)
		value = *(const bool *)at;
	else
		value = (uint64_t)find_choice(setting, *(char *const *)at);
	return setting->stricter == WV__RANKED ? setting->ranks[value] : value;
}

bool wv__setting_looser(const struct wv__setting *setting, const struct wv__policy *now,
			const struct wv__policy *bound)
{
	switch (setting->stricter) {
	case WV__LESS:
		return measure(setting, now) > measure(setting, bound);
	case WV__LESS_BUT_0: /* one below 0 is the most that there is */
		return measure(setting, now) - 1 > measure(setting, bound) - 1;
	case WV__MORE:
	case WV__RANKED:
		return measure(setting, now) < measure(setting, bound);
	case WV__ALL_OF:
		return !wv__policy_dirs_have(*(char *const *)field(setting, now),
					     *(char *const *)field(setting, bound));
	case WV__NOT_INSTRUCTED:
		break;
	}
	return true;
}

void wv__settings_clear(struct wv__policy *policy)
{
	for (size_t i = 0; i < ARRAY_SIZE(wv__settings); i++)
		if (is_text(wv__settings[i].kind))
			free(*(char **)field(&wv__settings[i], policy));
}
