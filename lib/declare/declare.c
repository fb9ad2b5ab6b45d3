/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * declare.c - a tree made into a declaration
 */
#include <fcntl.h>
#include <string.h>

#include "base/fs.h"
#include "compare.h"

/* Is path (absolute, without links) dir or below it? */
static bool lies_in(const char *path, const char *dir)
{
	const size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]);
}

/* Before the long reading: whether the file can be written at all. */
static int check_place(struct wv_ctx *ctx, const char *dir, const char *file)
{
	const char *slash = strrchr(file, '/');
	cleanup_free char *parent = !slash ? strdup(".") :
				    strndup(file, slash == file ? 1 : slash - file);
	cleanup_free char *real_dir = NULL, *real_parent = NULL;
	int r;

	if (!parent)
		return wv__fail_memory(ctx);
	r = wv__real_path(ctx, dir, &real_dir);
	if (r == 0)
		r = wv__real_path(ctx, parent, &real_parent);
	if (r < 0)
		return r;
	if (lies_in(real_parent, real_dir))
		return wv__fail(ctx, -EINVAL, "%s would lie in %s, which it is to declare", file, dir);
	if (faccessat(AT_FDCWD, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return wv__fail(ctx, -EEXIST, "%s is already there", file);
	return 0;
}

static int apply_opts(struct wv_ctx *ctx, struct wv__declaration *decl,
		      const struct wv_declare_opts *opts)
{
	int r = opts ? wv__declaration_set_purpose(ctx, decl, opts->purpose) : 0;

	for (size_t i = 0; r == 0 && opts && opts->outputs && opts->outputs[i]; i++)
		r = wv__declaration_add_output(ctx, decl, opts->outputs[i]);
	return r;
}

/* The findings of a tree that nothing is declared about yet. */
static int unsafe_ones(struct wv_ctx *ctx, const struct wv__tree *tree, struct wv_doc **ret_result)
{
	cleanup_declaration struct wv__declaration *all = NULL;
	struct wv__tree unsafe = { 0 };
	int r = wv__declaration_new(ctx, &all);

	for (size_t i = 0; r == 0 && i < tree->entries.count; i++) {
		if (tree->entries.at[i]->unsafe &&
		    wv__entries_append(&unsafe.entries, tree->entries.at[i]) < 0)
			r = wv__fail_memory(ctx);
	}
	if (r == 0)
		r = wv__compare(ctx, all, &unsafe, WV_COMPARE_EXACT, ret_result);
	free(unsafe.entries.at); /* the entries are the tree's */
	return r;
}

static int write_declaration(struct wv_ctx *ctx, const char *file,
			     const struct wv__declaration *decl, struct wv_doc *findings,
			     struct wv_doc **ret_result)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	char digest[WV_SHA256_HEX];
	struct wv__totals totals;
	int r;

	r = wv__declaration_totals(ctx, decl, &totals);
	if (r == 0)
		r = wv__declaration_print(ctx, decl, &text);
	if (r < 0)
		return r;
	if (wv__sha256_hex(text.data, text.len, digest) < 0)
		return wv__fail(ctx, -EIO, "cannot hash the declaration");
	r = wv__create_file(ctx, AT_FDCWD, file, text.data, text.len, 0644);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_result, M_PATH("file", file), M_U64("files", totals.files),
			     M_U64("directories", totals.directories), M_U64("bytes", totals.bytes),
			     M_STR("digest", digest), M_DOC("findings", findings));
}

static int refuse(struct wv_ctx *ctx, const char *dir, struct wv_doc *findings,
		  struct wv_doc *result, struct wv_doc **ret_result)
{
	const int r = wv__doc_build(ctx, ret_result, M_STR("file", NULL), M_DOC("findings", findings));

	return r < 0 ? r : wv__compare_need_clean(ctx, result, dir);
}

WV_API int wv_declare_tree(struct wv_ctx *ctx, const char *dir, const char *file,
			   const struct wv_declare_opts *opts, struct wv_doc **ret_result)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_tree struct wv__tree *tree = NULL;
	cleanup_doc struct wv_doc *result = NULL;
	cleanup_close int fd = -1;
	int r;

	r = wv__declaration_new(ctx, &decl);
	if (r == 0)
		r = apply_opts(ctx, decl, opts);
	if (r == 0)
		r = check_place(ctx, dir, file);
	if (r < 0)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot open %s", dir);
	r = wv__walk_hash(ctx, fd, 0, 0, &tree);
	if (r == 0)
		r = unsafe_ones(ctx, tree, &result);
	if (r < 0)
		return r;
	if (!wv__compare_clean(result))
		return refuse(ctx, dir, wv_doc_get(result, "findings"), result, ret_result);
	decl->entries = tree->entries; /* a safe tree and a declaration list the same */
	tree->entries = (struct wv__entries){ 0 };
	return write_declaration(ctx, file, decl, wv_doc_get(result, "findings"), ret_result);
}
