/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registers.c - which registers there are, and their entries, folded from the records
 */
#include <string.h>

#include "registers.h"
#include "../../base/buf.h"
#include "../../base/clock.h"

/* In the order of the clauses. */
static const struct wv__register registers[] = {
	/* name: the place as it is called. provider: of a cloud. notified: when the client was told of it */
	{ "storage", "S3-4", false, { { "place", true, false }, { "provider", false, false }, { "notified", false, true } } },
	/* name: who was trained */
	{ "training", "S4", false, { { "date", true, true }, { "course", false, false } } },
	/* consent: the number of the client's written consent */
	{ "subcontractor", "S5", false, { { "consent", true, false }, { "scope", false, false }, { "until", false, true } } },
	/* name: what the client supplied; ended when it was given back */
	{ "asset", "S7", false, { { "from", true, false }, { "received", false, true }, { "due", false, true } } },
	/* name: the subcontractor; ended when all was recovered */
	{ "recall", "S8", true, { { "what", true, false }, { "due", false, true } } },
	/* name: the device */
	{ "checklist", "R5", false, { { "date", true, true }, { "items", true, false } } },
};

static int no_such(struct wv_ctx *ctx, const char *name)
{
	cleanup_buf struct wv_buf names = WV_BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (wv__buf_printf(&names, "%s%s", i ? ", " : "", registers[i].name) < 0)
			return wv__fail_memory(ctx);
	return wv__fail(ctx, -EINVAL, "there is no register %s: they are %s", name ? name : "without a name",
			wv__buf_str(&names));
}

int wv__register_find(struct wv_ctx *ctx, const char *name, const struct wv__register **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		if (name && strcmp(name, registers[i].name) == 0) {
			*ret = &registers[i];
			return 0;
		}
	}
	return no_such(ctx, name);
}

void wv__registers_clear(struct wv__registers *list)
{
	wv_doc_free(list->rows);
	list->rows = NULL;
}

static bool says(struct wv_doc *doc, const char *key, const char *what)
{
	const char *text = wv_doc_str(doc, key);

	return text && what && strcmp(text, what) == 0;
}

struct wv_doc *wv__registers_current(const struct wv__registers *list, const char *reg, const char *name)
{
	for (size_t i = wv_doc_count(list->rows); i-- > 0;) {
		struct wv_doc *row = wv_doc_at(list->rows, i);

		if (says(row, "state", "current") && says(row, "register", reg) && says(row, "name", name))
			return row;
	}
	return NULL;
}

static int add_row(struct wv__registers *list, struct wv_doc *record, const struct wv__register *reg)
{
	struct wv_doc *body = wv_doc_get(record, "body");

	return wv__doc_append_row(list->ctx, list->rows, M_U64("entry", wv_doc_u64(record, "seq")),
				  M_STR("register", reg->name), M_STR("clause", reg->clause),
				  M_STR("name", wv_doc_str(body, "name")),
				  M_DOC("fields", wv_doc_get(body, "fields")), M_STR("state", "current"),
				  M_STR("entered", wv_doc_str(record, "time")), M_STR("ended", NULL), M_DOC("ended_by", NULL),
				  M_STR("text", wv_doc_str(body, "text")));
}

/* A record that knows no such register, or no such entry, is of a later version: it is left to that. */
static int fold(void *data, struct wv_doc *record)
{
	struct wv__registers *list = data;
	struct wv_doc *body = wv_doc_get(record, "body");
	const char *kind = wv_doc_str(record, "kind"), *name = wv_doc_str(body, "name");
	const bool entered = kind && strcmp(kind, "register.entered") == 0;
	const bool ended = kind && strcmp(kind, "register.ended") == 0;
	const struct wv__register *reg;
	struct wv_doc *before;
	int r = 0;

	if ((!entered && !ended) || !name ||
	    wv__register_find(list->ctx, wv_doc_str(body, "register"), &reg) < 0)
		return 0;
	before = wv__registers_current(list, reg->name, name);
	if (before)
		r = wv__doc_set(list->ctx, before, M_STR("state", entered ? "superseded" : "ended"),
				M_STR("ended", wv_doc_str(record, "time")), M_U64("ended_by", wv_doc_u64(record, "seq")));
	if (r == 0 && before && ended)
		r = wv__doc_set(list->ctx, before, M_STR("text", wv_doc_str(body, "text")));
	return r == 0 && entered ? add_row(list, record, reg) : r;
}

int wv__registers_read(struct wv_station *st, struct wv__registers *ret)
{
	int r;

	ret->ctx = st->ctx;
	r = wv__doc_array(st->ctx, &ret->rows);
	return r < 0 ? r : wv__ledger_each_kind(st->ctx, st->ledger, "register.*", fold, ret);
}

/* ---- what the policy asks of them --------------------------------------------------------- */

#define DAY_SECONDS UINT64_C(86400)

static int need_training(const struct wv__registers *list, const char *holder, uint64_t days)
{
	const char *date;
	uint64_t when;

	date = wv_doc_str(wv_doc_get(wv__registers_current(list, "training", holder), "fields"), "date");
	/* the end of that day: today's, east of here tomorrow's, is no later than that */
	if (date && wv__date_parse(date, &when) == 0 && when + days * DAY_SECONDS >= wv__now() &&
	    when < wv__now() + 2 * DAY_SECONDS)
		return 0;
	return wv__fail(list->ctx, -EPERM, "%s has no training on record of the last %" PRIu64 " days (policy training-days): workvol register enter training %s date=YYYY-MM-DD",
			holder, days, holder);
}

static int need_storage(const struct wv__registers *list, const char *address)
{
	struct wv_doc *row;

	for (size_t i = 0; i < wv_doc_count(list->rows); i++) {
		row = wv_doc_at(list->rows, i);
		if (says(row, "register", "storage") && says(row, "state", "current") &&
		    (says(row, "name", address) || says(wv_doc_get(row, "fields"), "place", address)))
			return 0;
	}
	return wv__fail(list->ctx, -EPERM, "%s is not on the storage register (policy storage-register): workvol register enter storage NAME place=%s",
			address, address);
}

int wv__registers_need(struct wv_station *st, const char *holder, const char *address)
{
	const uint64_t days = holder ? st->policy->training_days : 0;
	const bool storage = address && st->policy->storage_register;
	cleanup_registers struct wv__registers list = { 0 };
	int r;

	if (!days && !storage)
		return 0;
	r = wv__registers_read(st, &list);
	if (r == 0 && days)
		r = need_training(&list, holder, days);
	if (r == 0 && storage)
		r = need_storage(&list, address);
	return r;
}
