/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_doc.c - settings as documents and as a new file
 */
#include <fcntl.h>
#include <string.h>

#include "../base/fs.h"
#include "policy_origin.h"
#include "policy_table.h"

int wv__policy_values(struct wv_ctx *ctx, const struct wv__policy *policy, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *values = NULL;
	int r;

	r = wv__doc_build(ctx, &values, { .kind = WV__SKIP });
	if (r < 0)
		return r;
	for (size_t i = 0; i < wv__settings_count; i++) {
		cleanup_free char *value = NULL;

		r = wv__setting_text(ctx, &wv__settings[i], policy, &value);
		if (r == 0)
			r = wv__doc_set(ctx, values, M_STR(wv__settings[i].key, value));
		if (r < 0)
			return r;
	}
	*ret = take_ptr(values);
	return 0;
}

int wv__policy_digest(struct wv_ctx *ctx, const struct wv__policy *policy, char ret[65])
{
	cleanup_doc struct wv_doc *values = NULL;
	const int r = wv__policy_values(ctx, policy, &values);

	return r < 0 ? r : wv__doc_digest(ctx, values, ret);
}

static int append_setting(struct wv_ctx *ctx, const struct wv__policy *policy, size_t i,
			  struct wv_doc *list)
{
	const struct wv__policy_origin *origin = &policy->origins[i];
	cleanup_doc struct wv_doc *item = NULL;
	cleanup_free char *value = NULL;
	int r;

	r = wv__setting_text(ctx, &wv__settings[i], policy, &value);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &item, M_STR("key", wv__settings[i].key), M_STR("value", value),
			  M_PATH("file", origin->file), M_U64("line", origin->line));
	return r < 0 ? r : wv__doc_append(ctx, list, item);
}

int wv__policy_list(struct wv_ctx *ctx, const struct wv__policy *policy, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r;

	r = wv__doc_array(ctx, &list);
	if (r < 0)
		return r;
	for (size_t i = 0; i < wv__settings_count; i++) {
		r = append_setting(ctx, policy, i, list);
		if (r < 0)
			return r;
	}
	*ret = take_ptr(list);
	return 0;
}

/* What libeconf would not give back as it was written. */
static int check_writable(struct wv_ctx *ctx, const char *key, const char *value)
{
	const size_t len = strlen(value);

	if (strpbrk(value, "#\"\\") || (len && (value[0] == ' ' || value[len - 1] == ' ')))
		return wv__fail(ctx, -EINVAL, "%s cannot hold # \" \\ or spaces at its ends", key);
	return 0;
}

int wv__policy_check(struct wv_ctx *ctx, const char *key, const char *value)
{
	cleanup(wv__policy_freep) struct wv__policy *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return wv__fail_memory(ctx);
	return wv__setting_set(ctx, wv__setting_find(key), scratch, value, "/");
}

int wv__policy_write_new(struct wv_ctx *ctx, const char *path,
			 const struct wv__policy_value *values)
{
	cleanup(wv__policy_freep) struct wv__policy *scratch = calloc(1, sizeof(*scratch));
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	if (!scratch || wv__buf_puts(&text, "# see workvol.conf(5)\n") < 0)
		return wv__fail_memory(ctx);
	for (; values->key; values++) {
		const struct wv__setting *setting = wv__setting_find(values->key);

		if (!values->value)
			continue;
		if (!setting)
			return wv__fail(ctx, -EINVAL, "there is no setting %s", values->key);
		r = check_writable(ctx, values->key, values->value);
		if (r == 0)
			r = wv__setting_set(ctx, setting, scratch, values->value, "/");
		if (r < 0)
			return r;
		if (wv__buf_printf(&text, "%s = %s\n", values->key, values->value) < 0)
			return wv__fail_memory(ctx);
	}
	return wv__create_file(ctx, AT_FDCWD, path, text.data, text.len, 0644);
}
