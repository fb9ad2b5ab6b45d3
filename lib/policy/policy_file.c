/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_file.c - one file of settings, as it is written. The only file that
 * knows libeconf.
 *
 * libeconf forgives: it keeps the first of two settings of one name, joins a
 * line without "=" to the value above, and drops a line without a name. In a
 * policy that would be a wish silently not followed, so every line that says
 * something must be the line of a setting.
 */
#include <fcntl.h>
#include <libeconf.h>
#include <libeconf_ext.h>
#include <string.h>

#include "../base/fs.h"
#include "policy_file.h"

#define FILE_MAX (64 * KiB)
#define LINE_LONGEST 4096 /* libeconf reads the rest of a line above 8191 as one of its own */

static void econf_filep(econf_file **file)
{
	econf_freeFile(*file);
}

static void econf_arrayp(char ***array)
{
	if (*array)
		econf_freeArray(*array);
}

static void econf_extp(econf_ext_value **value)
{
	if (*value)
		econf_freeExtValue(*value);
}

/* The number of the first line, from 1, that says something and is not claimed; 0: none. */
static size_t find_unclaimed(const char *text, const unsigned char *claimed)
{
	for (size_t line = 1; *text; line++) {
		text += strspn(text, " \t\r");
		if (*text != '\n' && *text != '#' && *text && !claimed[line])
			return line;
		text = strchrnul(text, '\n');
		if (*text)
			text++;
	}
	return 0;
}

/* The number of the first line that is too long; 0: none. */
static size_t find_overlong(const char *text)
{
	for (size_t line = 1; *text; line++) {
		const char *end = strchrnul(text, '\n');

		if (end - text > LINE_LONGEST)
			return line;
		text = *end ? end + 1 : end;
	}
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int parse_failed(struct wv_ctx *ctx, const char *path, econf_err err)
{
	cleanup_free char *where = NULL;
	uint64_t line = 0;

	if (err == ECONF_NOMEM)
		return wv__fail_memory(ctx);
	econf_errLocation(&where, &line);
	return wv__fail(ctx, -EINVAL, "%s:%" PRIu64 ": %s", path, line, econf_errString(err));
}

static int read_entry(struct wv_ctx *ctx, const char *path, econf_file *file, const char *key,
		      wv__policy_entry_fn entry, void *data, uint64_t *ret_line)
{
	cleanup(econf_extp) econf_ext_value *where = NULL;
	cleanup_free char *value = NULL;
	int r;

	if (econf_getExtValue(file, NULL, key, &where) != ECONF_SUCCESS ||
	    econf_getStringValue(file, NULL, key, &value) != ECONF_SUCCESS)
		return wv__fail(ctx, -EINVAL, "%s: cannot read the setting %s", path, key);
	r = entry(data, key, value ? value : "", where->line_number);
	if (r < 0) {
		wv__fail_prefix(ctx, "%s:%" PRIu64, path, where->line_number);
		return r;
	}
	*ret_line = where->line_number;
	return 0;
}

/* Read it first as bytes: errors are then the system's own, and the lines can be counted. */
int wv__policy_read_file(struct wv_ctx *ctx, const char *path, wv__policy_entry_fn entry,
			 void *data)
{
	cleanup(econf_filep) econf_file *file = NULL;
	cleanup(econf_arrayp) char **keys = NULL;
	cleanup_free unsigned char *claimed = NULL;
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	size_t count = 0, lines, bad;
	econf_err err;
	int r;

	r = wv__read_file(ctx, AT_FDCWD, path, FILE_MAX, &text);
	if (r < 0)
		return r;
	if (memchr(text.data, '\0', text.len))
		return wv__fail(ctx, -EINVAL, "%s holds a NUL", path);
	bad = find_overlong(text.data);
	if (bad)
		return wv__fail(ctx, -EINVAL, "%s:%zu: longer than %d bytes", path, bad, LINE_LONGEST);
	lines = count_lines(text.data);
	claimed = calloc(lines + 1, 1);
	if (!claimed)
		return wv__fail_memory(ctx);

	err = econf_readFile(&file, path, "=", "#");
	if (err == ECONF_SUCCESS)
		err = econf_getKeys(file, NULL, &count, &keys);
	if (err == ECONF_NOKEY)
		count = 0;
	else if (err != ECONF_SUCCESS)
		return parse_failed(ctx, path, err);
	for (size_t i = 0; i < count; i++) {
		uint64_t line = 0;

		r = read_entry(ctx, path, file, keys[i], entry, data, &line);
		if (r < 0)
			return r;
		if (line <= lines)
			claimed[line] = 1;
	}
	bad = find_unclaimed(text.data, claimed);
	if (bad)
		return wv__fail(ctx, -EINVAL,
				"%s:%zu: not a setting of its own (KEY = VALUE, each key once)",
				path, bad);
	return 0;
}
