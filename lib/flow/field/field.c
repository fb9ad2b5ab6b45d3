/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * field.c - a take-out carried into another station, and home again
 */
#include <string.h>

#include "carry.h"
#include "field.h"
#include "../medium/session.h"

/* The directory that the record lies in, without links. */
static int carry_dir(struct wv_ctx *ctx, const char *file, char **ret)
{
	char *slash;
	int r;

	r = wv__real_path(ctx, file, ret);
	if (r < 0)
		return r;
	slash = strrchr(*ret, '/');
	slash[slash == *ret] = '\0';
	return 0;
}

/* ---- in the field ------------------------------------------------------------------- */

/* Is the volume on this medium the one that the record signs for? */
static int check_volume(struct wv_ctx *ctx, const struct wv__subject *s, struct wv_doc *record)
{
	cleanup_luks struct wv__luks *luks = NULL;
	const char *volume = wv_doc_str(record, "volume");
	int r;

	if (!volume || strcmp(volume, s->volume) != 0)
		return wv__fail(ctx, -EBADMSG, "the take-out record is of volume %s, %s carries %s",
				volume ? volume : "(none)", s->dev->path, s->volume);
	r = wv__identity_same(ctx, wv_doc_get(record, "target"), s->dev);
	return r < 0 ? r : wv__volume_header(ctx, s->dev, record, &luks);
}

static int step_carried(struct wv__carry *carry, const struct wv__subject *s, const char *dir)
{
	struct wv__takeout *t = carry->t;
	struct wv_ctx *ctx = t->st->ctx;
	struct wv_doc *record = carry->record;
	cleanup_doc struct wv_doc *target = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	char digest[65];
	int r;

	r = wv__doc_digest(ctx, record, digest);
	if (r < 0)
		return r;
	r = wv__identity(ctx, s->dev, &target);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("record", digest), M_STR("volume", s->volume),
			  M_STR("header", wv_doc_str(record, "header")), M_DOC("target", target),
			  M_DOC("holder", wv_doc_get(record, "holder")),
			  M_STR("due", wv_doc_str(record, "due")),
			  M_STR("declaration", wv_doc_str(record, "declaration")),
			  M_DOC("amendments", carry->amended),
			  M_STR("station", t->st->policy->station), M_PATH("from", dir));
	return r < 0 ? r : wv__takeout_step(t, WV__STEP_CARRIED, body);
}

/* What an earlier field station did with it is carried on. */
static int take_field(struct wv__carry *carry, const char *dir)
{
	cleanup_free char *field = wv__path_join(dir, WV__CARRY_FIELD);
	size_t count;
	int r;

	if (!field)
		return wv__fail_memory(carry->t->st->ctx);
	r = wv__carry_amendments(carry, field, false, &count);
	return r < 0 ? r : wv__carry_records(carry, field, count);
}

static bool is_id(const char *id)
{
	return id && strlen(id) == 36 && strspn(id, "0123456789abcdef-") == 36;
}

static int carry_in(struct wv__subject *s, struct wv_station *st, const char *file)
{
	cleanup_carry struct wv__carry carry = { 0 };
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *claimed = NULL;
	cleanup_free char *dir = NULL;
	size_t count;
	int r;

	r = carry_dir(st->ctx, file, &dir);
	if (r < 0)
		return r;
	r = wv__doc_load(st->ctx, file, &claimed);
	if (r < 0)
		return r;
	if (!is_id(wv_doc_str(claimed, "takeout")))
		return wv__fail(st->ctx, -EBADMSG, "%s is no take-out record", file);
	r = wv__takeout_adopt(st, wv_doc_str(claimed, "takeout"), &t);
	if (r < 0)
		return r;
	r = wv__carry_accept(t, dir, &carry);
	if (r < 0)
		return r;
	r = check_volume(st->ctx, s, carry.record);
	if (r < 0)
		return r;
	r = wv__carry_amendments(&carry, dir, true, &count);
	if (r < 0)
		return r;
	r = take_field(&carry, dir);
	if (r < 0)
		return r;
	r = step_carried(&carry, s, dir);
	if (r < 0)
		return r;
	s->t = take_ptr(t);
	return 0;
}

/* The record that is given and the one that the ledger knows are one. */
static int check_same(struct wv__takeout *t, const char *file)
{
	struct wv_ctx *ctx = t->st->ctx;
	const enum wv__step step = wv__takeout_is_guest(t) ? WV__STEP_CARRIED : WV__STEP_PREPARED;
	const char *known = wv__takeout_str(t, step, "record");
	cleanup_doc struct wv_doc *record = NULL;
	char digest[65];
	int r;

	r = wv__doc_load(ctx, file, &record);
	if (r < 0)
		return r;
	r = wv__doc_digest(ctx, record, digest);
	if (r < 0)
		return r;
	if (!known || strcmp(known, digest) != 0)
		return wv__fail(ctx, -EBADMSG, "%s is not the record of take-out %s", file, t->id);
	return 0;
}

int wv__field_subject(struct wv_station *st, const char *target, const char *file,
		      struct wv__subject *ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	if (!file)
		return wv__subject_need(st, target, ret);
	r = wv__subject_find(st, target, &s);
	if (r < 0)
		return r;
	if (s.t) {
		r = check_same(s.t, file);
		return r < 0 ? r : wv__subject_need(st, target, ret);
	}
	if (!*s.volume)
		return wv__fail(st->ctx, -EBADMSG, "%s carries no work volume, and %s signs for one",
				s.dev->path, file);
	r = carry_in(&s, st, file);
	if (r < 0)
		return r;
	*ret = s;
	s = (struct wv__subject){ 0 };
	return 0;
}

int wv__field_enter(struct wv_station *st, const char *op, const char *target, const char *file,
		    struct wv__subject *ret_s, struct wv__door *ret_door)
{
	int r;

	r = wv__field_subject(st, target, file, ret_s);
	return r < 0 ? r : wv__field_claim(st, op, &ret_s->t, ret_door);
}

int wv__field_claim(struct wv_station *st, const char *op, struct wv__takeout **t,
		    struct wv__door *ret_door)
{
	const int r = wv__takeout_claim(t);

	return r < 0 ? r : wv__door_enter(ret_door, st, op, (*t)->id, NULL);
}

int wv__field_keep(struct wv__takeout *t)
{
	const char *dir = wv__takeout_str(t, WV__STEP_CARRIED, "from");

	if (!wv__takeout_is_guest(t))
		return 0;
	if (!dir || access(dir, F_OK) < 0) {
		wv__log(t->st->ctx, WV_LOG_WARNING, "%s is not there: what was done here is not on its way home; close again when it is",
			dir ? dir : "the carried take-out record");
		return 0;
	}
	return wv__carry_give(t, dir);
}

/* ---- at home -------------------------------------------------------------------------- */

static int replay(struct wv__takeout *t, struct wv_doc *amended)
{
	const size_t known = wv_doc_count(t->amended);
	int r = 0;

	if (wv_doc_count(amended) == known)
		return 0;
	if (t->state != WV__OUT)
		r = wv__takeout_step(t, WV__STEP_REOPENED, NULL);
	for (size_t i = known; r == 0 && i < wv_doc_count(amended); i++)
		r = wv__takeout_step(t, WV__STEP_AMENDED, wv_doc_at(amended, i));
	return r;
}

/* Once the destruction of the keys has begun it cannot go back: the work that it tells of is lost to it. */
static int check_open_for(struct wv__takeout *t, const struct wv__carry *carry)
{
	if (wv_doc_count(carry->amended) == wv_doc_count(t->amended) ||
	    (t->state >= WV__OUT && t->state <= WV__RETURN_APPROVED))
		return 0;
	return wv__fail(t->st->ctx, -EPERM, "take-out %s is %s: an amendment comes too late",
			t->id, wv__state_name(t->state));
}

int wv__field_import(struct wv__takeout *t, const char *file)
{
	cleanup_carry struct wv__carry carry = { 0 };
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_free char *dir = NULL;
	cleanup_free char *field = NULL;
	size_t count;
	int r;

	r = check_same(t, file);
	if (r < 0)
		return r;
	r = carry_dir(t->st->ctx, file, &dir);
	if (r < 0)
		return r;
	r = wv__record_of(t, &record);
	if (r < 0)
		return r;
	r = wv__carry_begin(t, record, &carry);
	if (r < 0)
		return r;
	field = wv__path_join(dir, WV__CARRY_FIELD);
	if (!field)
		return wv__fail_memory(t->st->ctx);
	r = wv__carry_amendments(&carry, field, false, &count);
	if (r < 0)
		return r;
	r = check_open_for(t, &carry);
	if (r < 0)
		return r;
	r = wv__carry_records(&carry, field, count);
	return r < 0 ? r : replay(t, carry.amended);
}
