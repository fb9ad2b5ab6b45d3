/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exposure.c - what of the memory may come to lie on a disk in clear: swap,
 * hibernation, core dumps
 */
#include <string.h>

#include "host.h"
#include "../media/swaps.h"

struct look {
	struct wv_ctx *ctx;
	const char *root;
	struct wv_doc *warnings;
	struct wv_doc *areas;
	int swap; /* the worst of the areas */
};

static void look_clear(struct look *look)
{
	wv_doc_free(look->areas);
}

/* Say so when it is exposed. */
static int warn(struct look *look, int standing, const char *what)
{
	cleanup_free char *text = NULL;

	if (standing < WV__UNKNOWN)
		return 0;
	text = standing == WV__CLEAR ?
		       wv__say(look->ctx, "%s, which is not encrypted", what) :
		       wv__say(look->ctx, "%s, of which it cannot be told whether it is encrypted", what);
	return text ? wv__doc_append_str(look->ctx, look->warnings, text) : wv__fail_memory(look->ctx);
}

/* ---- swap -------------------------------------------------------------------------------- */

static int see_area(void *data, char *path, const char *type)
{
	struct look *look = data;
	const char *slash = strrchr(path, '/');
	const bool file = strcmp(type, "file") == 0;
	const int standing = file ? wv__standing_of_path(look->root, path) :
				    wv__standing_of(look->root, slash ? slash + 1 : path);
	cleanup_free char *what = wv__say(look->ctx, "what programs hold in memory is swapped to %s", path);
	int r;

	if (standing < 0)
		return wv__fail_sys(look->ctx, standing, "cannot learn about the swap area %s", path);
	if (!what)
		return wv__fail_memory(look->ctx);
	look->swap = MAX(look->swap, standing);
	r = warn(look, standing, what);
	return r < 0 ? r : wv__doc_append_row(look->ctx, look->areas, M_PATH("path", path),
					      M_STR("state", wv__standing_name(standing)));
}

static int swap(struct look *look, struct wv_doc **ret)
{
	int r = wv__doc_array(look->ctx, &look->areas);

	if (r == 0)
		r = wv__swaps_each(look->ctx, look->root, see_area, look);
	return r < 0 ? r : wv__doc_build(look->ctx, ret, M_STR("state", wv__standing_name(look->swap)),
					 M_DOC("areas", look->areas));
}

/* ---- hibernation --------------------------------------------------------------------------- */

static int power(struct look *look, const char *name, char *ret, size_t size)
{
	cleanup_free char *path = wv__printf("/sys/power/%s", name);
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const int r = path ? wv__host_text(look->ctx, look->root, path, &text) : wv__fail_memory(look->ctx);

	if (r < 0)
		return r;
	memccpy(ret, wv__buf_str(&text), '\0', size);
	ret[size - 1] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}

/* The device that is set for it; WV__OFF when none is. */
static int resume_device(struct look *look, const char *number)
{
	cleanup_free char *path = NULL;

	if (!*number || strcmp(number, "0:0") == 0)
		return WV__OFF;
	path = wv__printf("../../dev/block/%s", number);
	return path ? wv__standing_of(look->root, path) : -ENOMEM;
}

static int hibernation(struct look *look, struct wv_doc **ret)
{
	char state[128], disk[128], resume[32];
	int standing = WV__OFF, r;

	r = power(look, "state", state, sizeof(state));
	if (r == 0)
		r = power(look, "disk", disk, sizeof(disk));
	if (r == 0)
		r = power(look, "resume", resume, sizeof(resume));
	if (r < 0)
		return r;
	if (strstr(state, "disk") && !strstr(disk, "[disabled]")) {
		standing = resume_device(look, resume);
		if (standing < 0)
			return wv__fail_sys(look->ctx, standing, "cannot learn about the resume device %s", resume);
		standing = MAX(standing, look->swap == WV__MEMORY ? WV__OFF : look->swap);
	}
	r = warn(look, standing, N_("hibernation would write all memory to its swap area"));
	return r < 0 ? r : wv__doc_build(look->ctx, ret, M_STR("state", wv__standing_name(standing)));
}

/* ---- core dumps ------------------------------------------------------------------------------ */

static int see_limit(void *data, char *line)
{
	bool *none = data;
	char *rest = line, *word[4] = { NULL };
	size_t n = 0;

	while (n < ARRAY_SIZE(word) && (word[n] = strsep(&rest, " \t")))
		n += *word[n] != '\0';
	if (n == 4 && strcmp(word[0], "*") == 0 && (strcmp(word[1], "hard") == 0 || strcmp(word[1], "-") == 0) &&
	    strcmp(word[2], "core") == 0)
		*none = strcmp(word[3], "0") == 0;
	return 0;
}

static int see_storage(void *data, char *line)
{
	bool *none = data;

	if (strncmp(line, "Storage=", 8) == 0)
		*none = strcmp(line + 8, "none") == 0;
	return 0;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* A handler that keeps none, keeps them in a place that is known, or does what it likes. */
static int piped(struct look *look, const char *program)
{
	const char *end = program + strcspn(program, " \t");
	const char *name = end;
	size_t len;
	bool none = false;
	int r;

	while (name > program && name[-1] != '/')
		name--;
	len = end - name;
	if (is_word(name, len, "false") || is_word(name, len, "true"))
		return WV__OFF;
	if (is_word(name, len, "apport"))
		return wv__standing_of_path(look->root, "/var/crash");
	if (!is_word(name, len, "systemd-coredump"))
		return WV__UNKNOWN;
	r = wv__host_lines(look->ctx, look->root, "/etc/systemd/coredump.conf", "/etc/systemd/coredump.conf.d",
			   see_storage, &none);
	if (r < 0)
		return r;
	return none ? WV__OFF : wv__standing_of_path(look->root, "/var/lib/systemd/coredump");
}

/* Into the directory that the program works in: anywhere that people work. */
static int beside_the_program(struct look *look)
{
	bool none = false;
	int r, home;

	r = wv__host_lines(look->ctx, look->root, "/etc/security/limits.conf", "/etc/security/limits.d",
			   see_limit, &none);
	if (r < 0 || none)
		return r < 0 ? r : WV__OFF;
	r = wv__standing_of_path(look->root, "/");
	home = r < 0 ? r : wv__standing_of_path(look->root, "/home");
	return MIN(r, home) < 0 ? MIN(r, home) : MAX(r, home);
}

static int dumps_of(struct look *look, const char *pattern)
{
	if (!*pattern || strcmp(pattern, "/dev/null") == 0)
		return WV__OFF;
	if (*pattern == '|')
		return piped(look, pattern + 1);
	return *pattern == '/' ? wv__standing_of_path(look->root, pattern) : beside_the_program(look);
}

static int kernel_dumps(struct look *look, bool *ret_loaded)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const int r = wv__host_text(look->ctx, look->root, "/sys/kernel/kexec_crash_loaded", &text);

	*ret_loaded = r > 0 && wv__buf_str(&text)[0] == '1';
	return r < 0 ? r : 0;
}

static int core_dumps(struct look *look, struct wv_doc **ret)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	cleanup_free char *what = NULL;
	const char *pattern;
	bool kernel;
	int r, standing;

	r = wv__host_text(look->ctx, look->root, "/proc/sys/kernel/core_pattern", &text);
	if (r >= 0)
		r = kernel_dumps(look, &kernel);
	if (r < 0)
		return r;
	if (text.data)
		text.data[strcspn(text.data, "\n")] = '\0';
	pattern = wv__buf_str(&text);
	standing = dumps_of(look, pattern);
	if (standing < 0)
		return wv__fail_sys(look->ctx, standing, "cannot learn where core dumps go (%s)", pattern);
	what = wv__say(look->ctx, "a program that crashes leaves its memory where core_pattern says (%s)", pattern);
	if (!what)
		return wv__fail_memory(look->ctx);
	r = warn(look, standing, what);
	if (r == 0 && kernel)
		r = wv__doc_append_str(look->ctx, look->warnings,
				       N_("a kernel that crashes leaves all memory in a dump (kdump is loaded)"));
	return r < 0 ? r : wv__doc_build(look->ctx, ret, M_STR("state", wv__standing_name(standing)),
					 M_PATH("pattern", pattern), M_BOOL("kernel", kernel));
}

int wv__exposure(struct wv_ctx *ctx, const char *root, struct wv_doc *warnings, struct wv_doc **ret)
{
	cleanup(look_clear) struct look look = { .ctx = ctx, .root = root, .warnings = warnings };
	cleanup_doc struct wv_doc *areas = NULL;
	cleanup_doc struct wv_doc *sleep = NULL;
	cleanup_doc struct wv_doc *dumps = NULL;
	int r;

	r = swap(&look, &areas);
	if (r == 0)
		r = hibernation(&look, &sleep);
	if (r == 0)
		r = core_dumps(&look, &dumps);
	return r < 0 ? r : wv__doc_build(ctx, ret, M_DOC("swap", areas), M_DOC("hibernation", sleep),
					 M_DOC("core_dumps", dumps));
}
