/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * declaration.c - what may be carried: made, asked, amended
 */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "declaration.h"
#include "glob.h"

/* A LUKS2 header's place, an ext4 block and an inode: what no volume can do without. */
#define LUKS2_OFFSET (16 * MiB)
#define BLOCK (4 * KiB)
#define INODE 256

int wv__declaration_new(struct wv_ctx *ctx, struct wv__declaration **ret)
{
	struct wv__declaration *decl = calloc(1, sizeof(*decl));

	if (!decl)
		return wv__fail_memory(ctx);
	decl->created = wv__now();
	*ret = decl;
	return 0;
}

void wv__declaration_free(struct wv__declaration *decl)
{
	if (!decl)
		return;
	for (size_t i = 0; i < decl->output_count; i++)
		free(decl->outputs[i].glob);
	free(decl->outputs);
	free(decl->purpose);
	wv__entries_clear(&decl->entries);
	free(decl);
}

void wv__declaration_freep(struct wv__declaration **decl)
{
	wv__declaration_free(*decl);
	*decl = NULL;
}

static bool has_control(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			return true;
	}
	return false;
}

int wv__declaration_set_purpose(struct wv_ctx *ctx, struct wv__declaration *decl, const char *purpose)
{
	char *copy = NULL;

	if (purpose && *purpose) {
		if (strlen(purpose) > WV_PATH_BYTES)
			return wv__fail(ctx, -EINVAL, "the purpose is longer than 4000 bytes");
		if (has_control(purpose) || !wv__is_utf8(purpose, strlen(purpose)))
			return wv__fail(ctx, -EINVAL, "the purpose is not one line of UTF-8 text");
		copy = strdup(purpose);
		if (!copy)
			return wv__fail_memory(ctx);
	}
	free(decl->purpose);
	decl->purpose = copy;
	return 0;
}

/* ---- outputs ---------------------------------------------------------------- */

/* The ":MAXSIZE" at the end of spec; NULL when there is none. */
static const char *find_limit(const char *spec)
{
	const char *colon = strrchr(spec, ':');
	size_t digits;

	if (!colon)
		return NULL;
	digits = strspn(colon + 1, "0123456789");
	if (!digits || strspn(colon + 1 + digits, "KMGT") != strlen(colon + 1 + digits))
		return NULL;
	return colon;
}

static int parse_limit(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	char *end = NULL;
	unsigned long long n;
	unsigned int shift = 0;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || (*end && end[1]))
		return -EINVAL;
	if (*end)
		shift = 10 * (strchr(units, *end) - units + 1);
	if (n > UINT64_MAX >> shift)
		return -EINVAL;
	*ret = (uint64_t)n << shift;
	return 0;
}

int wv__declaration_put_output(struct wv_ctx *ctx, struct wv__declaration *decl, const char *glob,
			       uint64_t max)
{
	const char *fault = wv__glob_fault(glob);
	struct wv__output *outputs;

	if (fault)
		return wv__fail(ctx, -EINVAL, "the output pattern '%s' %s", glob, fault);
	outputs = reallocarray(decl->outputs, decl->output_count + 1, sizeof(*outputs));
	if (!outputs)
		return wv__fail_memory(ctx);
	decl->outputs = outputs;
	outputs[decl->output_count] = (struct wv__output){ .glob = strdup(glob), .max = max };
	if (!outputs[decl->output_count].glob)
		return wv__fail_memory(ctx);
	decl->output_count++;
	return 0;
}

int wv__declaration_add_output(struct wv_ctx *ctx, struct wv__declaration *decl, const char *spec)
{
	const char *limit = find_limit(spec);
	cleanup_free char *glob = limit ? strndup(spec, limit - spec) : strdup(spec);
	uint64_t max = UINT64_MAX;

	if (!glob)
		return wv__fail_memory(ctx);
	if (limit && parse_limit(limit + 1, &max) < 0)
		return wv__fail(ctx, -EINVAL, "'%s' is not a size", limit + 1);
	return wv__declaration_put_output(ctx, decl, glob, max);
}

bool wv__declaration_output_allows(const struct wv__declaration *decl, const char *path, uint64_t size)
{
	for (size_t i = 0; i < decl->output_count; i++) {
		if (size <= decl->outputs[i].max && wv__glob_match(decl->outputs[i].glob, path))
			return true;
	}
	return false;
}

bool wv__declaration_output_allows_dir(const struct wv__declaration *decl, const char *path)
{
	for (size_t i = 0; i < decl->output_count; i++) {
		if (wv__glob_match_below(decl->outputs[i].glob, path))
			return true;
	}
	return false;
}

/* ---- entries ------------------------------------------------------------------ */

struct wv__entry *wv__declaration_find(const struct wv__declaration *decl, const char *path)
{
	return wv__entries_find(&decl->entries, path);
}

int wv__declaration_add(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path,
			uint64_t size, const unsigned char *sha256)
{
	const char *fault = wv__path_fault(path);
	struct wv__entry *entry;
	int r;

	if (fault)
		return wv__fail(ctx, -EINVAL, "'%s' %s", path, fault);
	entry = wv__entry_new(path, !sha256);
	if (!entry)
		return wv__fail_memory(ctx);
	if (sha256) {
		entry->size = size;
		memcpy(entry->sha256, sha256, sizeof(entry->sha256));
	}
	r = wv__entries_insert(&decl->entries, entry);
	if (r == 0)
		return 0;
	wv__entry_free(entry);
	return r == -EEXIST ? wv__fail(ctx, r, "%s is already declared", path) : wv__fail_memory(ctx);
}

int wv__declaration_remove(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path)
{
	const int r = wv__entries_remove(&decl->entries, path);

	return r < 0 ? wv__fail(ctx, r, "%s is not declared", path) : 0;
}

int wv__declaration_replace(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path,
			    uint64_t size, const unsigned char *sha256)
{
	struct wv__entry *entry = wv__declaration_find(decl, path);

	if (!entry)
		return wv__fail(ctx, -ENOENT, "%s is not declared", path);
	entry->is_dir = !sha256;
	entry->size = sha256 ? size : 0;
	if (sha256)
		memcpy(entry->sha256, sha256, sizeof(entry->sha256));
	return 0;
}

int wv__declaration_totals(struct wv_ctx *ctx, const struct wv__declaration *decl,
			   struct wv__totals *ret)
{
	struct wv__totals totals = { .needed = LUKS2_OFFSET };
	bool over = false;

	for (size_t i = 0; i < decl->entries.count; i++) {
		const struct wv__entry *entry = decl->entries.at[i];
		const uint64_t blocks = entry->is_dir ? 1 : entry->size / BLOCK + !!(entry->size % BLOCK);

		*(entry->is_dir ? &totals.directories : &totals.files) += 1;
		over |= add_overflows(totals.bytes, entry->size, &totals.bytes);
		over |= blocks > UINT64_MAX / BLOCK ||
			add_overflows(totals.needed, blocks * BLOCK + INODE, &totals.needed);
	}
	if (over)
		return wv__fail(ctx, -EOVERFLOW, "the declared sizes add up to more than 2^64 bytes");
	*ret = totals;
	return 0;
}
