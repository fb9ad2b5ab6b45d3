/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offer.c - what one device offers, and what of it is chosen
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bus.h"
#include "offer.h"

void wv__offer_add(struct wv__offer *offer, enum wv__kind kind, const char *command,
		   uint32_t minutes)
{
	offer->rows[kind].offered = true;
	offer->rows[kind].command = command;
	offer->rows[kind].minutes = minutes;
}

void wv__offer_refuse(struct wv__offer *offer, enum wv__kind kind, const char *fmt, ...)
{
	struct wv__offer_row *row = &offer->rows[kind];
	va_list args;

	if (!row->offered || *row->refused)
		return;
	va_start(args, fmt);
	vsnprintf(row->refused, sizeof(row->refused), fmt, args);
	va_end(args);
}

static unsigned int percent_of(const struct wv__erase_state *state)
{
	return state->progress * 100u / 65536;
}

void wv__offer_refuse_running(struct wv__offer *offer)
{
	const struct wv__erase_state *state = &offer->state;

	for (unsigned int i = 0; state->what == WV__ERASE_RUNNING && i < WV__KINDS; i++) {
		if (state->has_progress)
			wv__offer_refuse(offer, i, "a sanitize is going on in it, %u %% done",
					 percent_of(state));
		else
			wv__offer_refuse(offer, i, "a sanitize is going on in it");
	}
}

int wv__offer_idle(struct wv_ctx *ctx, const struct wv__transport *t,
		   const struct wv__offer *offer)
{
	char done[32] = "";

	if (offer->state.what != WV__ERASE_RUNNING)
		return 0;
	if (offer->state.has_progress)
		snprintf(done, sizeof(done), ", %u %% done", percent_of(&offer->state));
	return wv__fail(ctx, -EBUSY, "a sanitize is going on in %s%s: wait until it is over",
			t->path, done);
}

bool wv__offer_usable(const struct wv__offer *offer, enum wv__kind kind)
{
	return offer->rows[kind].offered && !*offer->rows[kind].refused;
}

static int refuse_named(struct wv_ctx *ctx, const char *path, const struct wv__offer *offer,
			enum wv__kind kind)
{
	const char *name = wv__kind_info(kind)->name;

	if (!offer->rows[kind].offered)
		return wv__fail(ctx, -EPERM, "%s does not offer sanitize:%s", path, name);
	return wv__fail(ctx, -EPERM, "%s cannot run sanitize:%s: %s", path, name,
			offer->rows[kind].refused);
}

/* None may be chosen: say why about the strongest that there is. */
static int refuse_all(struct wv_ctx *ctx, const char *path, const struct wv__offer *offer)
{
	for (unsigned int kind = 0; kind < WV__KINDS; kind++) {
		if (!offer->rows[kind].offered)
			continue;
		if (*offer->rows[kind].refused)
			return refuse_named(ctx, path, offer, kind);
		return wv__fail(
			ctx, -EPERM,
			"%s offers only sanitize:%s, which leaves a password set when it is "
			"interrupted: it has to be named",
			path, wv__kind_info(kind)->name);
	}
	return wv__fail(ctx, -EPERM, "%s offers no erasure of its own", path);
}

int wv__offer_choose(struct wv_ctx *ctx, const struct wv__transport *t,
		     const struct wv__offer *offer, enum wv__kind kind, enum wv__kind *ret)
{
	if (kind != WV__KINDS && !wv__offer_usable(offer, kind))
		return refuse_named(ctx, t->path, offer, kind);
	for (unsigned int i = 0; kind == WV__KINDS && i < WV__KINDS; i++)
		if (wv__offer_usable(offer, i) && wv__kind_info(i)->by_default)
			kind = i;
	if (kind == WV__KINDS)
		return refuse_all(ctx, t->path, offer);
	*ret = kind;
	return 0;
}

int wv__offer_doc(struct wv_ctx *ctx, const struct wv__offer *offer, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r = wv__doc_array(ctx, &list);

	for (unsigned int i = 0; r >= 0 && i < WV__KINDS; i++) {
		const struct wv__offer_row *row = &offer->rows[i];
		cleanup_doc struct wv_doc *item = NULL;

		if (!row->offered)
			continue;
		r = wv__doc_build(ctx, &item, M_STR("kind", wv__kind_info(i)->name),
				  M_STR("category", wv__kind_info(i)->category),
				  M_STR("command", row->command), M_BOOL("usable", !*row->refused),
				  M_STR("reason", *row->refused ? row->refused : NULL),
				  M_U64("minutes", row->minutes));
		if (r >= 0)
			r = wv__doc_append(ctx, list, item);
	}
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

int wv__hidden_doc(struct wv_ctx *ctx, const struct wv__hidden *hidden, struct wv_doc **ret)
{
	if (!hidden->known)
		return 0;
	return wv__doc_build(ctx, ret, M_U64("hpa", hidden->hpa), M_U64("dco", hidden->dco));
}
