/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * register.c - an entry of a register: made, superseded, ended, listed
 */
#include <string.h>

#include "registers.h"
#include "../../base/clock.h"

#define TEXT_MAX 1000 /* bytes of a name or a value */

struct change {
	struct wv_station *st;
	const struct wv_register_opts *opts;
	const struct wv__register *reg;
	struct wv__registers list;
	struct wv_doc *current; /* the entry of this name; NULL: there is none */
};

static void change_clear(struct change *c)
{
	wv__registers_clear(&c->list);
}

static int check_text(struct wv_ctx *ctx, const char *what, const char *text)
{
	if (!text || !*text)
		return wv__fail(ctx, -EINVAL, "%s is empty", what);
	if (strlen(text) > TEXT_MAX || !wv__is_utf8(text, strlen(text)))
		return wv__fail(ctx, -EINVAL, "%s is longer than %d bytes, or no UTF-8", what, TEXT_MAX);
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return wv__fail(ctx, -EINVAL, "%s has a control character", what);
	return 0;
}

/* ---- KEY=VALUE ------------------------------------------------------------------------- */

static const struct wv__register_field *field_of(const struct wv__register *reg, const char *key, size_t len)
{
	for (size_t i = 0; i < WV__REGISTER_FIELDS && reg->fields[i].key; i++)
		if (strlen(reg->fields[i].key) == len && strncmp(reg->fields[i].key, key, len) == 0)
			return &reg->fields[i];
	return NULL;
}

static int add_field(struct change *c, const char *text, struct wv_doc *fields)
{
	struct wv_ctx *ctx = c->st->ctx;
	const char *equals = strchr(text, '=');
	const struct wv__register_field *field =
		equals ? field_of(c->reg, text, (size_t)(equals - text)) : NULL;
	uint64_t when;
	int r;

	if (!field)
		return wv__fail(ctx, -EINVAL, "%s is nothing that the register %s has", text, c->reg->name);
	if (wv_doc_get(fields, field->key))
		return wv__fail(ctx, -EINVAL, "%s is given twice", field->key);
	r = check_text(ctx, field->key, equals + 1);
	if (r < 0)
		return r;
	if (field->is_date && wv__date_parse(equals + 1, &when) < 0)
		return wv__fail(ctx, -EINVAL, "%s is no date: write it as 2026-11-25", text);
	return wv__doc_set(ctx, fields, M_STR(field->key, equals + 1));
}

static int read_fields(struct change *c, struct wv_doc *fields)
{
	const struct wv__register_field *field = c->reg->fields;
	int r = 0;

	for (const char *const *text = c->opts->fields; r == 0 && text && *text; text++)
		r = add_field(c, *text, fields);
	for (size_t i = 0; r == 0 && i < WV__REGISTER_FIELDS && field[i].key; i++)
		if (field[i].required && !wv_doc_get(fields, field[i].key))
			r = wv__fail(c->st->ctx, -EINVAL, "the register %s wants %s=", c->reg->name, field[i].key);
	return r;
}

/* ---- enter, end ------------------------------------------------------------------------- */

static int enter(struct change *c)
{
	struct wv_ctx *ctx = c->st->ctx;
	cleanup_doc struct wv_doc *fields = NULL, *body = NULL;
	int r;

	if (c->reg->once && c->current)
		return wv__fail(ctx, -EBUSY, "%s: a %s is open already, record %" PRIu64, c->opts->name,
				c->reg->name, wv_doc_u64(c->current, "entry"));
	if (strcmp(c->reg->name, "recall") == 0 &&
	    !wv__registers_current(&c->list, "subcontractor", c->opts->name))
		return wv__fail(ctx, -ENOENT, "%s is no subcontractor on record: workvol register enter subcontractor",
				c->opts->name);
	r = wv__doc_build(ctx, &fields, { .kind = WV__SKIP });
	if (r == 0)
		r = read_fields(c, fields);
	if (r == 0)
		r = wv__doc_build(ctx, &body, M_STR("register", c->reg->name), M_STR("name", c->opts->name),
				  M_DOC("fields", fields));
	return r < 0 ? r : wv__ledger_append(ctx, c->st->ledger, "register.entered", NULL, body, NULL);
}

static int end(struct change *c)
{
	struct wv_ctx *ctx = c->st->ctx;
	cleanup_doc struct wv_doc *body = NULL;
	int r;

	if (!c->current)
		return wv__fail(ctx, -ENOENT, "the register %s has no %s", c->reg->name, c->opts->name);
	if (strcmp(c->reg->name, "subcontractor") == 0 &&
	    wv__registers_current(&c->list, "recall", c->opts->name))
		return wv__fail(ctx, -EBUSY, "what %s holds is being recalled: close that first", c->opts->name);
	r = check_text(ctx, "the text that says how it ended", c->opts->text);
	if (r == 0)
		r = wv__doc_build(ctx, &body, M_STR("register", c->reg->name), M_STR("name", c->opts->name),
				  M_STR("text", c->opts->text), M_U64("entry", wv_doc_u64(c->current, "entry")));
	return r < 0 ? r : wv__ledger_append(ctx, c->st->ledger, "register.ended", NULL, body, NULL);
}

static int act(struct change *c, int (*fn)(struct change *c))
{
	int r;

	r = wv__register_find(c->st->ctx, c->opts->reg, &c->reg);
	if (r == 0)
		r = check_text(c->st->ctx, "the entry's name", c->opts->name);
	if (r == 0)
		r = wv__registers_read(c->st, &c->list);
	if (r < 0)
		return r;
	c->current = wv__registers_current(&c->list, c->reg->name, c->opts->name);
	return fn(c);
}

/* The last entry of that name, as it stands now. */
static int last_of(struct change *c, struct wv_doc **ret)
{
	cleanup_registers struct wv__registers after = { 0 };
	struct wv_doc *row;
	int r;

	r = wv__registers_read(c->st, &after);
	for (size_t i = wv_doc_count(after.rows); r == 0 && i-- > 0;) {
		row = wv_doc_at(after.rows, i);
		if (strcmp(wv_doc_str(row, "register"), c->reg->name) == 0 &&
		    strcmp(wv_doc_str(row, "name"), c->opts->name) == 0)
			return wv__doc_copy(c->st->ctx, row, ret);
	}
	return r < 0 ? r : wv__fail(c->st->ctx, -EIO, "the entry of %s is not there", c->opts->name);
}

static int change(struct wv_station *st, int (*fn)(struct change *c), const struct wv_register_opts *opts,
		  struct wv_doc **ret)
{
	cleanup(change_clear) struct change c = { .st = st, .opts = opts };
	struct wv__door door;
	int r;

	r = wv__door_enter(&door, st, "register", NULL, NULL);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, act(&c, fn), NULL);
	return r < 0 ? r : last_of(&c, ret);
}

static int list(struct wv_station *st, const struct wv_register_opts *opts, struct wv_doc **ret)
{
	cleanup_registers struct wv__registers all = { 0 };
	cleanup_doc struct wv_doc *rows = NULL;
	const struct wv__register *reg = NULL;
	struct wv_doc *row;
	int r = 0;

	if (opts->reg)
		r = wv__register_find(st->ctx, opts->reg, &reg);
	if (r == 0)
		r = wv__registers_read(st, &all);
	if (r == 0)
		r = wv__doc_array(st->ctx, &rows);
	for (size_t i = 0; r == 0 && i < wv_doc_count(all.rows); i++) {
		row = wv_doc_at(all.rows, i);
		if (reg && strcmp(wv_doc_str(row, "register"), reg->name) != 0)
			continue;
		if (opts->flags & WV_REGISTER_ALL || strcmp(wv_doc_str(row, "state"), "current") == 0)
			r = wv__doc_append(st->ctx, rows, row);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(rows);
	return 0;
}

WV_API int wv_flow_register(struct wv_station *st, const char *action, const struct wv_register_opts *opts,
			    struct wv_doc **ret_result)
{
	static const struct wv_register_opts none = WV_REGISTER_OPTS_INIT;

	if (!opts)
		opts = &none;
	if (strcmp(action, "enter") == 0)
		return change(st, enter, opts, ret_result);
	if (strcmp(action, "end") == 0)
		return change(st, end, opts, ret_result);
	if (strcmp(action, "list") == 0)
		return list(st, opts, ret_result);
	return wv__fail(st->ctx, -EINVAL, "there is no register %s", action);
}
