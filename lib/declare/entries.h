/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * entries.h - files and directories by path, sorted by the path's bytes; and
 * which paths may be carried at all
 */
#ifndef WV_ENTRIES_H
#define WV_ENTRIES_H

#include "base/crypto.h"

#define WV_PATH_BYTES 4000 /* longest path below a root; PATH_MAX less room for where it is mounted */

struct wv__entry {
	uint64_t size; /* 0 for a directory */
	unsigned char sha256[WV_SHA256_SIZE];
	bool is_dir;
	char *unsafe; /* from a walk: why it may not be carried; NULL: nothing against it */
	char path[];  /* relative, without "./"; only a walk may give one that wv__path_fault() refuses */
};

struct wv__entries {
	struct wv__entry **at;
	size_t count;
	size_t capacity;
};

/* A new entry of no list. NULL: no memory. */
struct wv__entry *wv__entry_new(const char *path, bool is_dir);
void wv__entry_free(struct wv__entry *entry);

/* Append without keeping the order; the list owns it then. 0 or -ENOMEM (the entry stays the caller's). */
int wv__entries_append(struct wv__entries *list, struct wv__entry *entry);
void wv__entries_sort(struct wv__entries *list);
/* NULL: not there. The list must be sorted. */
struct wv__entry *wv__entries_find(const struct wv__entries *list, const char *path);
/* Where path is, or belongs. */
size_t wv__entries_place(const struct wv__entries *list, const char *path);
/* Insert in order. 0, -EEXIST or -ENOMEM. */
int wv__entries_insert(struct wv__entries *list, struct wv__entry *entry);
/* Take out and free. 0 or -ENOENT. */
int wv__entries_remove(struct wv__entries *list, const char *path);
void wv__entries_clear(struct wv__entries *list);

/* Why a relative path may not be declared, as half a sentence ("has a control byte in its name"); NULL: it may. */
const char *wv__path_fault(const char *path);

#endif
