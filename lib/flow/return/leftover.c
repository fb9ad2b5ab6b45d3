/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftover.c - what of the declared content lies elsewhere on the machine
 */
#include <string.h>

#include "leftover.h"
#include "../../host/copies.h"
#include "../../host/host.h"

#define DIRS_MAX 32
#define ENTRIES_MAX 5000000

static const char *holder_of(struct wv__homecoming *h)
{
	return wv_doc_str(wv_doc_get(h->s.t->body[WV__STEP_DECLARED], "holder"), "name");
}

struct places {
	struct wv_ctx *ctx;
	char *text; /* the policy's list, cut into words */
	char *home; /* of the one it is looked for */
	const char *user; /* while it is looked for */
	bool of_another;  /* the holder has no account here */
	bool wants_home;
	const char *dirs[DIRS_MAX + 1];
};

static void places_clear(struct places *places)
{
	free(places->text);
	free(places->home);
}

static int see_home(void *data, const char *user, const char *home)
{
	struct places *places = data;

	if (places->home || strcmp(user, places->user) != 0)
		return 0;
	places->home = strdup(home);
	return places->home ? 0 : wv__fail_memory(places->ctx);
}

static int find_home(struct places *places, const char *user)
{
	places->user = user;
	return wv__host_homes(places->ctx, "", see_home, places);
}

/* Of the holder; of who runs this where the machine does not know the holder. */
static int home_of(struct wv__homecoming *h, struct places *places)
{
	const char *name = holder_of(h);
	char login[64];
	int r = name ? find_home(places, name) : 0;

	if (r < 0 || places->home)
		return r;
	places->of_another = true;
	wv__operator(login, sizeof(login));
	return find_home(places, login);
}

/* "home:/tmp:/var/tmp" */
static int read_places(struct wv__homecoming *h, struct places *places)
{
	const char *list = h->st->policy->search_dirs;
	char *rest, *dir;
	size_t n = 0;
	int r = home_of(h, places);

	if (r < 0)
		return r;
	places->text = rest = strdup(list);
	if (!rest)
		return wv__fail_memory(h->st->ctx);
	while ((dir = strsep(&rest, ":"))) {
		if (strcmp(dir, "home") == 0) {
			places->wants_home = true;
			dir = places->home;
		}
		if (!dir)
			continue;
		if (*dir != '/' || n == DIRS_MAX)
			return wv__fail(h->st->ctx, -EINVAL, "search-dirs = %s: %s", list,
					n == DIRS_MAX ? N_("these are too many") : N_("each is 'home' or an absolute path"));
		places->dirs[n++] = dir;
	}
	return 0;
}

/* Whose home it was cannot be told where the holder has no account. */
static int note_holder(struct wv__homecoming *h, const struct places *places)
{
	const char *name = holder_of(h);
	cleanup_free char *what = NULL;
	int r;

	if (!places->wants_home || !places->of_another)
		return 0;
	what = wv__printf("the home of the holder %s", name ? name : "");
	if (!what)
		return wv__fail_memory(h->st->ctx);
	r = wv__doc_append_row(h->st->ctx, wv_doc_get(h->copies, "not_searched"), M_STR("path", what),
			       M_STR("why", "no account of that name is on this machine"));
	return r < 0 ? r : wv__doc_set(h->st->ctx, h->copies,
				       M_U64("not_searched_count", wv_doc_u64(h->copies, "not_searched_count") + 1));
}

static int stop(struct wv__homecoming *h, uint64_t count)
{
	struct wv_doc *first = wv_doc_at(wv_doc_get(h->copies, "found"), 0);
	const char *path = wv_doc_str(first, "path");

	if (!path)
		path = "a file whose name is not UTF-8";
	if (count == 1)
		return wv__fail(h->st->ctx, -EPERM, "%s has the content of a declared file: remove it, or go on with --copies-known",
				path);
	return wv__fail(h->st->ctx, -EPERM, "%s and %" PRIu64 " more have the content of declared files: remove them, or go on with --copies-known",
			path, count - 1);
}

int wv__leftover(struct wv__homecoming *h)
{
	cleanup(places_clear) struct places places = { .ctx = h->st->ctx };
	const char *const except[] = { h->st->policy->server, NULL };
	struct wv__copies_search search = { .dirs = places.dirs, .except = except, .entries = ENTRIES_MAX,
					    .seconds = h->st->policy->search_minutes * 60 };
	uint64_t count;
	int r;

	if (!wv_doc_get(h->s.t->body[WV__STEP_CHECKED], "host"))
		return 0; /* it left the machine that it was used on */
	r = read_places(h, &places);
	if (r < 0)
		return r;
	if (!h->decl) {
		r = wv__takeout_declaration(h->s.t, &h->decl);
		if (r < 0)
			return r;
	}
	search.decl = h->decl;
	wv_doc_free(take_ptr(h->copies));
	r = wv__copies(h->st->ctx, &search, &h->copies);
	if (r == 0)
		r = note_holder(h, &places);
	if (r < 0)
		return r;
	count = wv_doc_u64(h->copies, "found_count");
	return count && !wv__return_wants(h, WV_RETURN_COPIES_KNOWN) ? stop(h, count) : 0;
}

int wv__leftover_not_proven(struct wv_ctx *ctx, struct wv_doc *copies, struct wv_doc **ret)
{
	const uint64_t found = wv_doc_u64(copies, "found_count");
	const uint64_t not_searched = wv_doc_u64(copies, "not_searched_count");
	cleanup_free char *remain = wv__say(ctx, "that what had the content of declared files outside of the volume is gone (found: %" PRIu64 ")", found);
	cleanup_free char *unseen = wv__say(ctx, "that no copy lies where the search did not look (places: %" PRIu64 ")", not_searched);
	const struct wv__remark rows[] = { { found != 0, remain }, { not_searched != 0, unseen } };

	if (!copies)
		return 0;
	if (!remain || !unseen)
		return wv__fail_memory(ctx);
	return wv__doc_remarks(ctx, rows, ARRAY_SIZE(rows), ret);
}
