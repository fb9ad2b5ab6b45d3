/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * entries.c - files and directories by path, sorted by the path's bytes; and
 * which paths may be carried at all
 */
#include <string.h>

#include "entries.h"

struct wv__entry *wv__entry_new(const char *path, bool is_dir)
{
	const size_t len = strlen(path) + 1;
	struct wv__entry *entry = calloc(1, sizeof(*entry) + len);

	if (!entry)
		return NULL;
	entry->is_dir = is_dir;
	memcpy(entry->path, path, len);
	return entry;
}

void wv__entry_free(struct wv__entry *entry)
{
	if (!entry)
		return;
	free(entry->unsafe);
	free(entry);
}

static int make_room(struct wv__entries *list)
{
	struct wv__entry **at;
	size_t capacity;

	if (list->count < list->capacity)
		return 0;
	capacity = MAX(list->capacity * 2, 64);
	at = reallocarray(list->at, capacity, sizeof(*at));
	if (!at)
		return -ENOMEM;
	list->at = at;
	list->capacity = capacity;
	return 0;
}

int wv__entries_append(struct wv__entries *list, struct wv__entry *entry)
{
	const int r = make_room(list);

	if (r < 0)
		return r;
	list->at[list->count++] = entry;
	return 0;
}

/* strcmp() compares as unsigned bytes (C11 7.24.4) */
static int by_path(const void *a, const void *b)
{
	return strcmp((*(struct wv__entry *const *)a)->path, (*(struct wv__entry *const *)b)->path);
}

void wv__entries_sort(struct wv__entries *list)
{
	if (list->count)
		qsort(list->at, list->count, sizeof(list->at[0]), by_path);
}

size_t wv__entries_place(const struct wv__entries *list, const char *path)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(list->at[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct wv__entry *wv__entries_find(const struct wv__entries *list, const char *path)
{
	const size_t i = wv__entries_place(list, path);

	return i < list->count && strcmp(list->at[i]->path, path) == 0 ? list->at[i] : NULL;
}

int wv__entries_insert(struct wv__entries *list, struct wv__entry *entry)
{
	const size_t i = wv__entries_place(list, entry->path);
	int r;

	if (i < list->count && strcmp(list->at[i]->path, entry->path) == 0)
		return -EEXIST;
	r = make_room(list);
	if (r < 0)
		return r;
	memmove(list->at + i + 1, list->at + i, (list->count - i) * sizeof(list->at[0]));
	list->at[i] = entry;
	list->count++;
	return 0;
}

int wv__entries_remove(struct wv__entries *list, const char *path)
{
	const size_t i = wv__entries_place(list, path);

	if (i == list->count || strcmp(list->at[i]->path, path) != 0)
		return -ENOENT;
	wv__entry_free(list->at[i]);
	list->count--;
	memmove(list->at + i, list->at + i + 1, (list->count - i) * sizeof(list->at[0]));
	return 0;
}

void wv__entries_clear(struct wv__entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		wv__entry_free(list->at[i]);
	free(list->at);
	*list = (struct wv__entries){ 0 };
}

static bool bad_component(const char *name, size_t len)
{
	return len == 0 || (len == 1 && name[0] == '.') ||
	       (len == 2 && name[0] == '.' && name[1] == '.');
}

const char *wv__path_fault(const char *path)
{
	if (strlen(path) > WV_PATH_BYTES)
		return C_("it", "has a path of more than 4000 bytes");
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			return C_("it", "has a control byte in its name");
	}
	for (const char *name = path;; name++) {
		const size_t len = strcspn(name, "/");

		if (bad_component(name, len))
			return C_("it", "is not a plain relative path");
		name += len;
		if (!*name)
			return NULL;
	}
}
