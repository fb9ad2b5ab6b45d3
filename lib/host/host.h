/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.h - the machine that a volume is used on: where it may leave secrets
 * outside of the volume, and how it logs people in
 *
 * Each takes a root: "" for this machine, else the directory that stands for
 * its "/". Nothing is changed, no program is run.
 */
#ifndef WV_HOST_H
#define WV_HOST_H

#include "../base/buf.h"
#include "../base/json.h"

/**
 * wv__exposure() - what of the memory may come to lie on a disk in clear
 * @warnings: array; a sentence is added for each that may
 * @ret: {"swap": {"state", "areas"}, "hibernation": {"state"}, "core_dumps": {"state", "pattern", "kernel"}}
 *
 * A state is "off", "memory", "encrypted", "clear", or "unknown".
 */
int wv__exposure(struct wv_ctx *ctx, const char *root, struct wv_doc *warnings, struct wv_doc **ret);

/**
 * wv__login() - how the machine logs people in (the contract's R3-1)
 * @ret: {"services": [{"service", "auth", "second_factor"}], "token_files", "tpm", "unlock"}
 *
 * As it is configured: whether a stack can be passed otherwise is not judged.
 */
int wv__login(struct wv_ctx *ctx, const char *root, struct wv_doc **ret);

/**
 * wv__cloud_folder() - the cloud-sync folder that a directory lies in
 * @dir: absolute, without links
 * @ret_sentence: half of one: "/home/x/Dropbox is a folder of Dropbox"; free() it
 *
 * Return: 1 it lies in one, 0 in none that is known, or a negative errno.
 */
int wv__cloud_folder(struct wv_ctx *ctx, const char *root, const char *dir, char **ret_sentence);

/* ---- for the files of this room ---- */

/* In the order of what is worse. */
enum wv__standing { WV__OFF, WV__MEMORY, WV__ENCRYPTED, WV__UNKNOWN, WV__CLEAR };
const char *wv__standing_name(enum wv__standing standing);

/* What a block device stands on, by its kernel name; enum wv__standing, or a negative errno without sentence. */
int wv__standing_of(const char *root, const char *kname);
/* The same of what a path, or the nearest directory above it that is there, lies on. */
int wv__standing_of_path(const char *root, const char *path);

/* Is it this machine that lacks something, and not a file or a place that cannot be read? */
bool wv__host_lacks(int r);

/* A small file's text; 1, 0 when it is not there or no file, or a negative errno with its sentence. */
int wv__host_text(struct wv_ctx *ctx, const char *root, const char *path, struct wv_buf *ret);

/* Called with each line of a settings file, without comment and blanks at both ends; 0 goes on. */
typedef int (*wv__line_fn)(void *data, char *line);
/* The file, then those of the directory dropins (NULL: none) that end in .conf, in byte order; what is not there is passed over. */
int wv__host_lines(struct wv_ctx *ctx, const char *root, const char *path, const char *dropins,
		   wv__line_fn fn, void *data);

/* Called with each home of root and of people (a UID of 1000 or more); 0 goes on. */
typedef int (*wv__home_fn)(void *data, const char *user, const char *home);
int wv__host_homes(struct wv_ctx *ctx, const char *root, wv__home_fn fn, void *data);
/* What came of a file in a home: one that its owner keeps from us (a loop of links, too long, FUSE, NFS) is logged, and 0. */
int wv__host_pass_over(struct wv_ctx *ctx, int r);

#endif
