/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * collide.c - names that another file system takes for one. The only file
 * that knows libunistring.
 */
#include <string.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "collide.h"
#include "examine.h"

/* Entries by the hash of their folded path: open addressing, at most half full. */
struct table {
	uint64_t *hashes;
	struct wv__entry **entries; /* NULL: free */
	size_t mask;
};

static void table_free(struct table *table)
{
	free(table->hashes);
	free(table->entries);
}

static int table_init(struct table *table, size_t count)
{
	size_t size = 64;

	while (size < count * 2)
		size *= 2;
	table->hashes = calloc(size, sizeof(table->hashes[0]));
	table->entries = calloc(size, sizeof(table->entries[0]));
	table->mask = size - 1;
	return table->hashes && table->entries ? 0 : -ENOMEM;
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] & 0x80)
			return false;
	}
	return true;
}

static int fold_ascii(const char *name, size_t len, struct wv_buf *ret)
{
	const int r = wv__buf_append(ret, name, len);

	if (r < 0)
		return r;
	for (char *p = ret->data + ret->len - len; p < ret->data + ret->len; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	}
	return 0;
}

static int fold_name(const char *name, size_t len, struct wv_buf *ret)
{
	cleanup_free uint8_t *folded = NULL;
	size_t n = 0;

	if (is_ascii(name, len) || u8_check((const uint8_t *)name, len))
		return fold_ascii(name, len, ret);
	/* language "": the same in every locale */
	folded = u8_casefold((const uint8_t *)name, len, "", UNINORM_NFC, NULL, &n);
	if (!folded)
		return -ENOMEM;
	return wv__buf_append(ret, folded, n);
}

/* Name by name: one that is not UTF-8 must not shield those below it. */
static int fold_path(const char *path, struct wv_buf *ret)
{
	ret->len = 0;
	for (;; path++) {
		const size_t len = strcspn(path, "/");
		int r = fold_name(path, len, ret);

		if (r < 0)
			return r;
		path += len;
		if (!*path)
			return 0;
		r = wv__buf_append(ret, "/", 1);
		if (r < 0)
			return r;
	}
}

/* FNV-1a, 64 bits; only to find candidates, the folded paths are compared */
static uint64_t hash_of(const struct wv_buf *buf)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < buf->len; i++)
		hash = (hash ^ (unsigned char)buf->data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static int mark(struct wv__entry *one, struct wv__entry *other)
{
	int r = wv__unsafe(one, "has a name that elsewhere is the same as %s", other->path);

	return r < 0 ? r : wv__unsafe(other, "has a name that elsewhere is the same as %s", one->path);
}

static int put(struct table *table, struct wv__entry *entry, const struct wv_buf *key,
	       struct wv_buf *scratch)
{
	const uint64_t hash = hash_of(key);
	size_t i = hash & table->mask;
	int r = 0;

	for (; table->entries[i]; i = (i + 1) & table->mask) {
		if (table->hashes[i] != hash)
			continue;
		r = fold_path(table->entries[i]->path, scratch);
		if (r < 0)
			return r;
		if (scratch->len != key->len || memcmp(scratch->data, key->data, key->len) != 0)
			continue;
		r = mark(entry, table->entries[i]);
		break; /* the newest takes the place: of many alike, each names two at most */
	}
	if (r < 0)
		return r;
	table->hashes[i] = hash;
	table->entries[i] = entry;
	return 0;
}

int wv__collide(struct wv__entries *entries)
{
	cleanup(table_free) struct table table = { 0 };
	cleanup_buf struct wv_buf key = WV_BUF_INIT, scratch = WV_BUF_INIT;
	int r = table_init(&table, entries->count);

	for (size_t i = 0; r == 0 && i < entries->count; i++) {
		r = fold_path(entries->at[i]->path, &key);
		if (r == 0)
			r = put(&table, entries->at[i], &key, &scratch);
	}
	return r;
}
