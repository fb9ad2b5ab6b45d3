/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * amend.c - workvol amend: declare what was added, modified or removed
 */
#include <string.h>

#include "../takeout/amendment.h"
#include "field.h"
#include "../takeout/holder.h"
#include "look.h"
#include "../takeout/takeout_record.h"
#include "../../base/crypto.h"
#include "../../declare/walk.h"

struct amend {
	struct wv__session *session;
	const struct wv_amend_opts *opts;
	const struct wv__declaration *decl;
	struct wv__tree *tree;
	struct wv_doc *changes;
	bool *used; /* one for each path that was given */
};

/* A path as people give it: below the mount point, or relative to the volume's root. */
static const char *relative(const struct amend *a, const char *path)
{
	const size_t len = strlen(a->session->dir);

	if (strncmp(path, a->session->dir, len) == 0 && (!path[len] || path[len] == '/'))
		path += len;
	while (*path == '/' || (path[0] == '.' && path[1] == '/'))
		path += *path == '/' ? 1 : 2;
	return path;
}

/* Was this entry, or a directory above it, given? */
static bool wanted(struct amend *a, const char *path)
{
	bool found = false;

	for (size_t i = 0; a->opts->paths[i]; i++) {
		const char *given = relative(a, a->opts->paths[i]);
		size_t len = strlen(given);

		while (len && given[len - 1] == '/')
			len--;
		if (strncmp(path, given, len) != 0 || (path[len] && path[len] != '/' && len))
			continue;
		a->used[i] = true;
		found = true;
	}
	return found;
}

/* Is it a directory, undeclared, on the way to what was given? Then it is declared with it. */
static bool leads_there(const struct amend *a, const struct wv__entry *new,
			const struct wv__entry *old)
{
	const size_t len = strlen(new->path);

	if (!new->is_dir || (old && old->is_dir))
		return false;
	for (size_t i = 0; a->opts->paths[i]; i++) {
		const char *given = relative(a, a->opts->paths[i]);

		if (strncmp(given, new->path, len) == 0 && given[len] == '/')
			return true;
	}
	return false;
}

static int side(struct wv_ctx *ctx, const struct wv__entry *entry, struct wv_doc **ret)
{
	char hex[WV_SHA256_HEX];

	if (!entry)
		return 0;
	if (entry->is_dir)
		return wv__doc_build(ctx, ret, M_U64("size", 0));
	wv__hex(entry->sha256, sizeof(entry->sha256), hex);
	return wv__doc_build(ctx, ret, M_U64("size", entry->size), M_STR("sha256", hex));
}

static int add_change(struct amend *a, const struct wv__entry *old, const struct wv__entry *new)
{
	struct wv_ctx *ctx = a->session->st->ctx;
	cleanup_doc struct wv_doc *change = NULL;
	cleanup_doc struct wv_doc *before = NULL;
	cleanup_doc struct wv_doc *after = NULL;
	const char *path = new ? new->path : old->path;
	int r;

	if (new && new->unsafe)
		return wv__fail(ctx, -EBADMSG, "%s cannot be declared: it %s", path, new->unsafe);
	r = side(ctx, old, &before);
	if (r < 0)
		return r;
	r = side(ctx, new, &after);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &change,
			  M_STR("action", !old ? "add" : !new ? "remove" : "modify"),
			  M_PATH("path", path), M_DOC("old", before), M_DOC("new", after));
	return r < 0 ? r : wv__doc_append(ctx, a->changes, change);
}

static bool same(const struct wv__entry *a, const struct wv__entry *b)
{
	return a->is_dir == b->is_dir && a->size == b->size && !b->unsafe &&
	       (a->is_dir || memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0);
}

/*
 * What differs among the paths that were given, in the order in which it can be
 * done by hand too: removals first, the children before their directory, then
 * additions, a directory before what is in it.
 */
static int collect(struct amend *a)
{
	int r = 0;

	for (size_t i = a->decl->entries.count; r == 0 && i-- > 0;) {
		const struct wv__entry *old = a->decl->entries.at[i];

		if (wanted(a, old->path) && !wv__entries_find(&a->tree->entries, old->path))
			r = add_change(a, old, NULL);
	}
	for (size_t i = 0; r == 0 && i < a->tree->entries.count; i++) {
		const struct wv__entry *new = a->tree->entries.at[i];
		const struct wv__entry *old = wv__declaration_find(a->decl, new->path);

		if (!wanted(a, new->path) && !leads_there(a, new, old))
			continue;
		if (!old || !same(old, new))
			r = add_change(a, old, new);
	}
	return r;
}

static int check_used(struct amend *a)
{
	struct wv_ctx *ctx = a->session->st->ctx;

	for (size_t i = 0; a->opts->paths[i]; i++)
		if (!a->used[i])
			return wv__fail(ctx, -ENOENT, "nothing on the volume or in the declaration is called %s",
					a->opts->paths[i]);
	if (!wv_doc_count(a->changes))
		return wv__fail(ctx, -EINVAL, "nothing of what was given differs from the declaration");
	return 0;
}

static int gather(struct wv__subject *s, const struct wv_amend_opts *opts,
		  const struct wv__declaration *decl, struct wv_doc *changes)
{
	struct wv_station *st = s->t->st;
	const struct wv__factors factors = wv__factors_of(opts->open);
	cleanup_session struct wv__session session = WV_SESSION_INIT;
	cleanup_tree struct wv__tree *tree = NULL;
	cleanup_free bool *used = NULL;
	struct amend a = { .session = &session, .opts = opts, .decl = decl, .changes = changes };
	size_t n = 0;
	int r;

	while (opts->paths[n])
		n++;
	used = calloc(n + 1, sizeof(*used));
	if (!used)
		return wv__fail_memory(st->ctx);
	r = wv__session_begin(st, s, &factors, true, &session);
	if (r < 0)
		return r;
	r = wv__walk_hash(st->ctx, session.root, 0, 0, &tree);
	if (r < 0)
		return r;
	a.tree = tree;
	a.used = used;
	r = collect(&a);
	if (r < 0)
		return r;
	r = check_used(&a);
	return r < 0 ? r : wv__session_end(&session);
}

static int go(struct wv__subject *s, const struct wv_amend_opts *opts, struct wv_doc *changes)
{
	struct wv__takeout *t = s->t;
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	cleanup_doc struct wv_doc *record = NULL;
	const char *key;
	int r;

	r = wv__record_of(t, &record);
	if (r < 0)
		return r;
	r = wv__holder_signer(t, record, opts->sign_with, &key);
	if (r < 0)
		return r;
	r = wv__takeout_declaration(t, &decl);
	if (r < 0)
		return r;
	if (t->state < WV__OUT || t->state > WV__RETURN_APPROVED)
		return wv__fail(t->st->ctx, -EPERM, "take-out %s is %s: nothing on it is amended now",
				t->id, wv__state_name(t->state));
	r = gather(s, opts, decl, changes);
	if (r < 0)
		return r;
	if (t->state != WV__OUT) { /* what was checked is another declaration now */
		r = wv__takeout_step(t, WV__STEP_REOPENED, NULL);
		if (r < 0)
			return r;
	}
	return wv__amendment_make(t, changes, opts->purpose, "holder", key);
}

WV_API int wv_flow_amend(struct wv_station *st, const char *target,
			 const struct wv_amend_opts *opts, struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_doc struct wv_doc *changes = NULL;
	struct wv__door door;
	int r;

	if (!opts->purpose || !*opts->purpose)
		return wv__fail(st->ctx, -EINVAL, "say what it is for: --purpose TEXT");
	if (!opts->paths || !opts->paths[0])
		return wv__fail(st->ctx, -EINVAL, "say what is amended: PATH...");
	r = wv__doc_array(st->ctx, &changes);
	if (r < 0)
		return r;
	r = wv__field_enter(st, "amend", target, opts->open ? opts->open->takeout : NULL, &s,
			    &door);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, go(&s, opts, changes), NULL);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret_result, M_STR("volume", wv__takeout_volume(s.t)),
			     M_U64("amendment", wv_doc_count(s.t->amended)),
			     M_DOC("changes", changes));
}
