/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compare.c - a tree against its declaration
 */
#include <string.h>

#include "compare.h"

struct comparison {
	struct wv_ctx *ctx;
	const struct wv__declaration *decl;
	uint32_t flags;
	uint64_t declared, ok;
	struct wv_doc *findings, *outputs;
};

static void comparison_clear(struct comparison *c)
{
	wv_doc_free(c->findings);
	wv_doc_free(c->outputs);
}

static int find(struct comparison *c, const char *path, const char *kind, const char *detail)
{
	cleanup_doc struct wv_doc *finding = NULL;
	int r = wv__doc_build(c->ctx, &finding, M_PATH("path", path), M_STR("kind", kind),
			      M_STR("detail", detail));

	return r < 0 ? r : wv__doc_append(c->ctx, c->findings, finding);
}

static int add_output(struct comparison *c, const struct wv__entry *entry)
{
	cleanup_doc struct wv_doc *output = NULL;
	char hex[WV_SHA256_HEX];
	const char *sha256 = entry->is_dir ? NULL : hex;
	int r;

	wv__hex(entry->sha256, sizeof(entry->sha256), hex);
	r = wv__doc_build(c->ctx, &output, M_PATH("path", entry->path), M_U64("size", entry->size),
			  M_OPT_STR("sha256", sha256));
	return r < 0 ? r : wv__doc_append(c->ctx, c->outputs, output);
}

static int see_missing(struct comparison *c, const struct wv__entry *want)
{
	return find(c, want->path, "missing",
		    want->is_dir ? C_("it", "is a declared directory and is not there") :
				   C_("it", "is declared and is not there"));
}

static int see_undeclared(struct comparison *c, const struct wv__entry *have)
{
	const bool outputs = !(c->flags & WV_COMPARE_EXACT);

	if (have->is_dir)
		return outputs && wv__declaration_output_allows_dir(c->decl, have->path) ?
			add_output(c, have) :
			find(c, have->path, "undeclared", C_("it", "is a directory that is not declared"));
	if (outputs && wv__declaration_output_allows(c->decl, have->path, have->size))
		return add_output(c, have);
	if (outputs && wv__declaration_output_allows(c->decl, have->path, 0))
		return find(c, have->path, "undeclared", C_("it", "is larger than its output pattern allows"));
	return find(c, have->path, "undeclared", C_("it", "is not declared"));
}

static int see_both(struct comparison *c, const struct wv__entry *want, const struct wv__entry *have)
{
	cleanup_free char *detail = NULL;

	if (want->is_dir != have->is_dir)
		return find(c, want->path, "modified",
			    want->is_dir ? C_("it", "is declared as a directory and is a file") :
					   C_("it", "is declared as a file and is a directory"));
	if (want->is_dir)
		return 0;
	if (want->size != have->size) {
		detail = wv__say(c->ctx, "has %" PRIu64 " bytes, %" PRIu64 " are declared", have->size,
				    want->size);
		return detail ? find(c, want->path, "modified", detail) : wv__fail_memory(c->ctx);
	}
	if (memcmp(want->sha256, have->sha256, sizeof(want->sha256)) != 0)
		return find(c, want->path, "modified", C_("it", "has another content than declared"));
	c->ok++;
	return 0;
}

/* The next path of two sorted lists; either may be NULL. */
static int see(struct comparison *c, const struct wv__entry *want, const struct wv__entry *have)
{
	const bool dirs = !(c->flags & WV_COMPARE_FILES_ONLY);

	if (want && !want->is_dir)
		c->declared++;
	if (have && have->unsafe)
		return find(c, have->path, "unsafe", have->unsafe);
	if (want && have)
		return see_both(c, want, have);
	if (want)
		return dirs || !want->is_dir ? see_missing(c, want) : 0;
	return dirs || !have->is_dir ? see_undeclared(c, have) : 0;
}

static int merge(struct comparison *c, const struct wv__entries *want, const struct wv__entries *have)
{
	size_t i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < want->count || k < have->count)) {
		const int order = i == want->count ? 1 :
				  k == have->count ? -1 :
				  strcmp(want->at[i]->path, have->at[k]->path);

		r = see(c, order <= 0 ? want->at[i] : NULL, order >= 0 ? have->at[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	return r;
}

int wv__compare(struct wv_ctx *ctx, const struct wv__declaration *decl, const struct wv__tree *tree,
		uint32_t flags, struct wv_doc **ret_result)
{
	cleanup(comparison_clear) struct comparison c = { .ctx = ctx, .decl = decl, .flags = flags };
	int r;

	r = wv__doc_array(ctx, &c.findings);
	if (r == 0)
		r = wv__doc_array(ctx, &c.outputs);
	if (r == 0)
		r = merge(&c, &decl->entries, &tree->entries);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret_result, M_U64("declared", c.declared), M_U64("ok", c.ok),
			     M_DOC("findings", c.findings), M_DOC("outputs", c.outputs));
}

bool wv__compare_clean(struct wv_doc *result)
{
	return wv_doc_count(wv_doc_get(result, "findings")) == 0;
}

int wv__compare_need_clean(struct wv_ctx *ctx, struct wv_doc *result, const char *name)
{
	struct wv_doc *findings = wv_doc_get(result, "findings");
	struct wv_doc *first = wv_doc_at(findings, 0);
	const size_t more = wv_doc_count(findings);
	const char *path, *detail;

	if (!more)
		return 0;
	path = wv_doc_str(first, "path");
	detail = wv_doc_str(first, "detail");
	if (!path)
		path = "a file whose name is not UTF-8";
	if (more == 1)
		return wv__fail(ctx, -EBADMSG, "%s: %s %s", name, path, detail);
	return wv__fail(ctx, -EBADMSG, "%s: %s %s, and %zu more", name, path, detail, more - 1);
}
