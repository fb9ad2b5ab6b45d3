/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * declaration.h - what may be carried: a canonical text that sha256sum -c checks
 *
 *	# workvol declaration 1
 *	# created 2026-11-25T08:00:00Z
 *	# purpose on-site migration at the client
 *	# output 1048576 log-?.csv      (the size limit may be "-": none)
 *	# total 2 files, 1 directories, 8192 bytes
 *	# dir data
 *	# size 4096
 *	e3b0c442...  data/a
 *	# size 4096
 *	e3b0c442...  data/b
 *
 * Entries are sorted by the bytes of their paths. sha256sum's escape: a path
 * with a backslash is written with each doubled, and its line begins with one.
 * A file named "-" is written "./-": sha256sum would read its stdin.
 */
#ifndef WV_DECLARATION_H
#define WV_DECLARATION_H

#include "entries.h"

struct wv__output {
	char *glob;
	uint64_t max; /* bytes of one file; UINT64_MAX: no limit */
};

struct wv__declaration {
	uint64_t created; /* seconds since 1970 */
	char *purpose;    /* NULL: none */
	struct wv__output *outputs;
	size_t output_count;
	struct wv__entries entries; /* sorted; none is unsafe */
};

struct wv__totals {
	uint64_t files;
	uint64_t directories;
	uint64_t bytes;
	uint64_t needed; /* a volume smaller than this cannot hold it (LUKS2 header, blocks, inodes) */
};

#define cleanup_declaration cleanup(wv__declaration_freep)

/* Empty, created now. */
int wv__declaration_new(struct wv_ctx *ctx, struct wv__declaration **ret);
void wv__declaration_free(struct wv__declaration *decl);
void wv__declaration_freep(struct wv__declaration **decl);

/* -EINVAL for control bytes, bad UTF-8, or more than 4000 bytes. NULL or "": none. */
int wv__declaration_set_purpose(struct wv_ctx *ctx, struct wv__declaration *decl, const char *purpose);
/* "GLOB[:MAXSIZE]", MAXSIZE in bytes or with K, M, G, T (powers of 1024). -EINVAL */
int wv__declaration_add_output(struct wv_ctx *ctx, struct wv__declaration *decl, const char *spec);
int wv__declaration_put_output(struct wv_ctx *ctx, struct wv__declaration *decl, const char *glob,
			       uint64_t max);

/**
 * wv__declaration_parse() - a declaration from outside
 * @name: what it is called in messages
 *
 * Strict: printing the result gives the same bytes. Return: 0, -ENOMEM, or
 * -EBADMSG with name and line.
 */
int wv__declaration_parse(struct wv_ctx *ctx, const char *data, size_t len, const char *name,
			  struct wv__declaration **ret);
/* Append the text. */
int wv__declaration_print(struct wv_ctx *ctx, const struct wv__declaration *decl, struct wv_buf *ret);
/* Read and parse a file (at most 1 GiB). */
int wv__declaration_load(struct wv_ctx *ctx, const char *path, struct wv__declaration **ret);
/* Lower-case hex SHA-256 of the text. */
int wv__declaration_digest(struct wv_ctx *ctx, const struct wv__declaration *decl,
			   char ret[WV_SHA256_HEX]);

/* NULL: not declared. */
struct wv__entry *wv__declaration_find(const struct wv__declaration *decl, const char *path);

/*
 * What amendments do; applying them in turn gives the effective declaration.
 * A sha256 of NULL declares a directory. -EEXIST, -ENOENT, or -EINVAL for a
 * path that may not be declared.
 */
int wv__declaration_add(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path,
			uint64_t size, const unsigned char *sha256);
int wv__declaration_replace(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path,
			    uint64_t size, const unsigned char *sha256);
int wv__declaration_remove(struct wv_ctx *ctx, struct wv__declaration *decl, const char *path);

/* -EOVERFLOW when the sizes add up to more than 64 bits hold. */
int wv__declaration_totals(struct wv_ctx *ctx, const struct wv__declaration *decl,
			   struct wv__totals *ret);

/* Is this file among what may come into being in the field? */
bool wv__declaration_output_allows(const struct wv__declaration *decl, const char *path, uint64_t size);
/* May such files lie below this directory? */
bool wv__declaration_output_allows_dir(const struct wv__declaration *decl, const char *path);

#endif
