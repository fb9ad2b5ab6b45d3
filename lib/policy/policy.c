/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.c - a station's settings, read in layers
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "../base/buf.h"
#include "../base/fs.h"
#include "policy_file.h"
#include "policy_origin.h"
#include "policy_table.h"

static const char *const system_layers[] = { "/usr/lib/workvol/workvol.conf",
					     "/etc/workvol/workvol.conf", NULL };

/* What an entry needs to know of the file that it stands in. */
struct reading {
	struct wv_ctx *ctx;
	struct wv__policy *policy;
	const char *file;
	const char *dir;
	struct wv__policy *scratch; /* of an instruction: its values alone; NULL: of a policy */
	bool refuse;		    /* of an instruction: what is looser */
};

static int keep_origin(const struct reading *reading, const struct wv__setting *setting, uint64_t line)
{
	struct wv__policy_origin *origin = &reading->policy->origins[setting - wv__settings];
	char *file = strdup(reading->file);

	if (!file)
		return wv__fail_memory(reading->ctx);
	free(origin->file);
	origin->file = file;
	origin->line = line;
	return 0;
}

static int take_entry(void *data, const char *key, const char *value, uint64_t line)
{
	const struct reading *reading = data;
	const struct wv__setting *setting = wv__setting_find(key);
	int r;

	if (!setting)
		return wv__fail(reading->ctx, -EINVAL, "there is no setting %s", key);
	r = wv__setting_set(reading->ctx, setting, reading->policy, value, reading->dir);
	return r < 0 ? r : keep_origin(reading, setting, line);
}

static int is_conf(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".conf") == 0;
}

/* alphasort() would follow the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_drop_ins(struct reading *reading, const char *path)
{
	cleanup_free char *dir = wv__printf("%s.d", path);
	struct dirent **entries = NULL;
	int count, r = 0;

	if (!dir)
		return wv__fail_memory(reading->ctx);
	count = scandir(dir, &entries, is_conf, by_bytes);
	if (count < 0)
		return errno == ENOENT ? 0 :
					 wv__fail_sys(reading->ctx, -errno, "cannot read %s", dir);
	for (int i = 0; i < count; i++) {
		cleanup_free char *file = r < 0 ? NULL : wv__path_join(dir, entries[i]->d_name);

		if (file) {
			reading->file = file;
			r = wv__policy_read_file(reading->ctx, file, take_entry, reading);
		} else if (r == 0) {
			r = wv__fail_memory(reading->ctx);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* A file and its drop-ins. */
static int read_layer(struct wv_ctx *ctx, struct wv__policy *policy, const char *path)
{
	struct reading reading = { .ctx = ctx, .policy = policy, .file = path };
	cleanup_free char *real = NULL;
	cleanup_free char *dir = NULL;
	int r;

	r = wv__real_path(ctx, path, &real);
	if (r < 0)
		return r;
	dir = strndup(real, strrchr(real, '/') - real);
	if (!dir)
		return wv__fail_memory(ctx);
	reading.dir = *dir ? dir : "/";
	r = wv__policy_read_file(ctx, path, take_entry, &reading);
	return r < 0 ? r : read_drop_ins(&reading, path);
}

static int set_defaults(struct wv_ctx *ctx, struct wv__policy *policy)
{
	for (size_t i = 0; i < wv__settings_count; i++) {
		const struct wv__setting *setting = &wv__settings[i];
		const char *value = policy->lab && setting->lab_fallback ? setting->lab_fallback :
									   setting->fallback;
		int r;

		if (policy->origins[i].file || !value)
			continue;
		r = wv__setting_set(ctx, setting, policy, value, policy->state_dir);
		if (r < 0)
			return r;
	}
	return 0;
}

int wv__policy_load(struct wv_ctx *ctx, const char *path, struct wv__policy **ret)
{
	const char *const given[] = { path, NULL };
	cleanup(wv__policy_freep) struct wv__policy *policy = NULL;
	bool found = false;
	int r;

	policy = calloc(1, sizeof(*policy));
	if (!policy)
		return wv__fail_memory(ctx);
	policy->origins = calloc(wv__settings_count, sizeof(*policy->origins));
	if (!policy->origins)
		return wv__fail_memory(ctx);
	for (const char *const *layer = path ? given : system_layers; *layer; layer++) {
		if (!path && access(*layer, F_OK) < 0 && errno == ENOENT)
			continue;
		r = read_layer(ctx, policy, *layer);
		if (r < 0)
			return r;
		found = true;
	}
	if (!found)
		return wv__fail(ctx, -ENOENT, "there is no %s: workvol init makes one",
				system_layers[1]);
	r = set_defaults(ctx, policy);
	if (r < 0)
		return r;
	*ret = take_ptr(policy);
	return 0;
}

/* ---- further instructions ------------------------------------------------------------------ */

/* Neither list has all of the other: both are searched. */
static char *joined(const struct wv__setting *setting, const struct wv__policy *policy, const char *value)
{
	return setting->stricter == WV__ALL_OF && !wv__policy_dirs_have(policy->search_dirs, value) ?
		       wv__printf("%s:%s", policy->search_dirs, value) : NULL;
}

static int tighten(void *data, const char *key, const char *value, uint64_t line)
{
	const struct reading *reading = data;
	const struct wv__setting *setting = wv__setting_find(key);
	cleanup_free char *both = NULL;
	int r;

	if (!setting)
		return wv__fail(reading->ctx, -EINVAL, "there is no setting %s", key);
	if (setting->stricter == WV__NOT_INSTRUCTED)
		return wv__fail(reading->ctx, -EPERM, "%s is nothing that an instruction makes stricter", key);
	r = wv__setting_set(reading->ctx, setting, reading->scratch, value, reading->dir);
	if (r < 0)
		return r;
	if (wv__setting_looser(setting, reading->scratch, reading->policy)) {
		if (reading->refuse)
			return wv__fail(reading->ctx, -EPERM, "%s = %s is looser than the policy: an instruction may only be stricter",
					key, value);
		both = joined(setting, reading->policy, value);
		if (!both)
			return 0;
		value = both;
	}
	r = wv__setting_set(reading->ctx, setting, reading->policy, value, reading->dir);
	return r < 0 ? r : keep_origin(reading, setting, line);
}

int wv__policy_instruct(struct wv_ctx *ctx, struct wv__policy *policy, const char *path, bool refuse)
{
	cleanup(wv__policy_freep) struct wv__policy *scratch = calloc(1, sizeof(*scratch));
	struct reading reading = { .ctx = ctx, .policy = policy, .file = path, .dir = "/",
				   .scratch = scratch, .refuse = refuse };

	return scratch ? wv__policy_read_file(ctx, path, tighten, &reading) : wv__fail_memory(ctx);
}

void wv__policy_free(struct wv__policy *policy)
{
	if (!policy)
		return;
	wv__settings_clear(policy);
	for (size_t i = 0; policy->origins && i < wv__settings_count; i++)
		free(policy->origins[i].file);
	free(policy->origins);
	free(policy);
}

void wv__policy_freep(struct wv__policy **policy)
{
	wv__policy_free(*policy);
}
