/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.c - workvol check: what is on the volume, against what was declared
 */
#include <string.h>

#include "field.h"
#include "look.h"
#include "../../declare/walk.h"

int wv__look_begin(struct wv__subject *s, const struct wv_open_opts *opts,
		   struct wv__declaration **ret_decl, struct wv__session *ret_session)
{
	const struct wv__factors factors = wv__factors_of(opts);
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	int r;

	r = wv__takeout_declaration(s->t, &decl);
	if (r < 0)
		return r;
	r = wv__session_begin(s->t->st, s, &factors, true, ret_session);
	if (r < 0)
		return r;
	*ret_decl = take_ptr(decl);
	return 0;
}

int wv__look(struct wv__session *session, const struct wv__declaration *decl,
	     uint32_t compare_flags, struct wv_doc **ret_result)
{
	struct wv_ctx *ctx = session->st->ctx;
	cleanup_tree struct wv__tree *tree = NULL;
	struct wv__totals totals;
	int r;

	r = wv__declaration_totals(ctx, decl, &totals);
	if (r < 0)
		return r;
	r = wv__walk_hash(ctx, session->root, WV_WALK_UNCACHED, totals.bytes, &tree);
	if (r < 0)
		return r;
	return wv__compare(ctx, decl, tree, compare_flags, ret_result);
}

int wv__look_clean(struct wv__session *session, const struct wv__declaration *decl,
		   uint32_t compare_flags, struct wv_doc **ret_result)
{
	struct wv_ctx *ctx = session->st->ctx;
	cleanup_free char *what = NULL;
	int r;

	r = wv__look(session, decl, compare_flags, ret_result);
	if (r < 0)
		return r;
	r = wv__compare_need_clean(ctx, *ret_result, session->dev->path);
	if (r != -EBADMSG)
		return r;
	what = strdup(wv_ctx_error(ctx));
	return wv__fail(ctx, r, "%s: workvol check tells all that differs, workvol amend declares it",
			what ? what : session->dev->path);
}

static int go(struct wv__subject *s, const struct wv_open_opts *opts, struct wv_doc **ret_found)
{
	cleanup_session struct wv__session session = WV_SESSION_INIT;
	cleanup(wv__declaration_freep) struct wv__declaration *decl = NULL;
	cleanup_doc struct wv_doc *found = NULL;
	int r;

	r = wv__look_begin(s, opts, &decl, &session);
	if (r < 0)
		return r;
	r = wv__look(&session, decl, 0, &found);
	if (r < 0)
		return r;
	r = wv__doc_set(s->t->st->ctx, found, M_STR("volume", wv__takeout_volume(s->t)),
			M_STR("status", wv__compare_clean(found) ? "clean" : "findings"));
	if (r < 0)
		return r;
	r = wv__session_end(&session);
	if (r < 0)
		return r;
	*ret_found = take_ptr(found);
	return 0;
}

WV_API int wv_flow_check(struct wv_station *st, const char *target,
			 const struct wv_open_opts *opts, struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_doc struct wv_doc *found = NULL;
	struct wv__door door;
	int r;

	r = wv__field_enter(st, "check", target, opts ? opts->takeout : NULL, &s, &door);
	if (r < 0)
		return r;
	r = go(&s, opts, &found);
	if (r == 0)
		r = wv__compare_need_clean(st->ctx, found, s.dev->path);
	r = wv__door_leave(&door, r, found);
	if (r == 0 || r == -EBADMSG) /* findings are handed out with their failure */
		*ret_result = take_ptr(found);
	return r;
}
