/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * examine.h - what is wrong with one file or directory
 */
#ifndef WV_EXAMINE_H
#define WV_EXAMINE_H

#include <sys/stat.h>

#include "entries.h"

/* Add a reason to those of an entry. 0 or -ENOMEM */
int wv__unsafe(struct wv__entry *entry, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The kind alone (links, devices, sockets, set-id, hard links): st from fstat or fstatat. */
int wv__examine_kind(struct wv__entry *entry, const struct stat *st);
/* Extended attributes and ACLs of what fd is open on. */
int wv__examine_xattrs(struct wv__entry *entry, int fd);

#endif
