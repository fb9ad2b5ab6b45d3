/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcome.c - the verdict on a device that erased itself, and its document
 */
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../media/device.h"
#include "erasure.h"

static bool is_refused(int error)
{
	return error == -EPERM || error == -EBUSY || error == -EROFS;
}

/*
 * "wiped" only if every claimed byte was written and read back as the last
 * pass's: that can be said of an overwrite by the device, which was told the
 * byte to write. Of all other kinds only the marks show that the old is gone,
 * and these are a sample, however much was read.
 */
const char *wv__erasure_verdict(const struct wv__erasure *e)
{
	if (!e->error && e->opts->flags & WV_WIPE_DRY_RUN)
		return "planned";
	if (e->error == -ECANCELED)
		return "cancelled";
	if (is_refused(e->error) && !e->begun)
		return "refused";
	if (e->error || !e->completed || e->survived || e->mismatched || e->unreadable)
		return "failed";
	if (e->read_back == WV__READ_NONE)
		return "unverified";
	return e->order.kind == WV__KIND_OVERWRITE && e->verified == e->t->size ? "wiped"
										: "sampled";
}

static int passes_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	/* the host wrote nothing; the device's word counts where the bytes are its witness */
	const bool written = e->completed && e->order.kind == WV__KIND_OVERWRITE;
	char pattern[32];
	int r = wv__doc_array(ctx, &list);

	if (r < 0)
		return r;
	if (e->begun && e->order.kind == WV__KIND_OVERWRITE)
		snprintf(pattern, sizeof(pattern), "%02x", e->order.byte);
	else
		snprintf(pattern, sizeof(pattern), "%s", wv__kind_info(e->order.kind)->name);
	if (e->begun)
		r = wv__doc_append_row(
			ctx, list, M_U64("pass", 1), M_STR("pattern", pattern),
			M_U64("written", written ? e->t->size : 0), M_U64("verified", e->verified),
			M_U64("mismatched", e->mismatched), M_REAL("seconds", e->erase_seconds),
			M_REAL("mb_per_s", mb_per_s(written ? e->t->size : 0, e->erase_seconds)),
			M_REAL("verify_seconds", e->read_seconds),
			M_REAL("verify_mb_per_s", mb_per_s(e->verified, e->read_seconds)));
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

static int not_proven_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	const struct wv__kind_info *info = wv__kind_info(e->order.kind);
	const bool purge = !strcmp(info->category, "purge"), then = e->opts->then;
	const struct wv__remark rows[] = {
		{ purge, N_("areas that the host cannot reach: the device says that they are erased") },
		{ !purge, N_("remapped and over-provisioned areas") },
		{ info->is_crypto,
		  N_("that the device encrypted all that was written, and kept no copy of the key") },
		{ !then && e->order.kind != WV__KIND_OVERWRITE && e->read_back == WV__READ_ALL,
		  N_("that what lies between the marks was erased, not only reads otherwise") },
		{ !then && e->read_back == WV__READ_SAMPLE, N_("what lies outside the sample") },
		{ !then && e->read_back == WV__READ_NONE, N_("that the device erased anything") },
		{ e->offer.hidden.known && e->offer.hidden.hpa,
		  N_("what a host protected area (HPA) hides") },
		{ e->offer.hidden.known && e->offer.hidden.dco,
		  N_("what a device configuration overlay (DCO) hides") },
	};

	return wv__doc_remarks(ctx, rows, ARRAY_SIZE(rows), ret);
}

static int bad_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *list = NULL;
	int r = wv__doc_array(ctx, &list);

	/* the first is named; how much there is, is counted */
	if (r >= 0 && (e->mismatched || e->unreadable))
		r = wv__doc_append_row(
			ctx, list, M_U64("offset", e->first_bad), M_U64("length", e->marks.block),
			M_STR("op", e->mismatched ? "mismatch" : "read"), M_STR("error", "EIO"));
	if (r >= 0)
		*ret = take_ptr(list);
	return r;
}

/* What is particular to a sanitize. */
static int about_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *marks = NULL, *hidden = NULL;
	char found[16] = "mixed";
	int r = wv__doc_build(ctx, &marks, M_U64("laid", e->laid), M_U64("survived", e->survived));

	if (r >= 0)
		r = wv__hidden_doc(ctx, &e->offer.hidden, &hidden);
	if (r < 0)
		return r;
	if (e->uniform)
		snprintf(found, sizeof(found), "%02x", e->found);
	return wv__doc_build(ctx, ret, M_STR("kind", wv__kind_info(e->order.kind)->name),
			     M_STR("command", e->offer.rows[e->order.kind].command),
			     M_U64("minutes", e->offer.rows[e->order.kind].minutes),
			     M_BOOL("begun", e->begun), M_BOOL("completed", e->completed),
			     M_STR("found", e->verified ? found : NULL), M_DOC("marks", marks),
			     M_U64("unreadable", e->unreadable), M_DOC("hidden", hidden));
}

static int identity(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc *doc)
{
	const struct wv_device *d = e->dev;

	return wv__doc_set(ctx, doc, M_PATH("device", e->t->path),
			   M_STR("model", d ? d->model : NULL),
			   M_PATH("serial", d ? d->serial : NULL),
			   M_STR("serial_origin", d ? d->serial_origin : NULL),
			   M_STR("media", d ? d->media : NULL), M_U64("size", e->t->size),
			   M_U64("claimed", e->t->size), M_U64("real", e->t->size),
			   M_U64("offset", 0), M_U64("length", e->t->size));
}

int wv__erasure_doc(struct wv_ctx *ctx, const struct wv__erasure *e, struct wv_doc **ret)
{
	static const char *const verify[] = { "last", "none", "sample" };
	const char *verdict = wv__erasure_verdict(e);
	const bool shown = !strcmp(verdict, "wiped") || !strcmp(verdict, "sampled");
	cleanup_doc struct wv_doc *doc = NULL, *passes = NULL, *open = NULL, *bad = NULL,
				  *about = NULL;
	cleanup_free char *method = NULL;
	char since[WV_TIME_TEXT], until[WV_TIME_TEXT];
	const char *began = e->ended_at ? since : NULL, *ended = began ? until : NULL;
	int r;

	wv__time_format(e->began_at, since);
	wv__time_format(e->ended_at, until);
	if (!e->chosen) {
		r = wv__doc_build(ctx, &doc, M_STR("method", "sanitize"),
				  M_STR("error", wv_ctx_error(e->ctx)), M_STR("status", verdict));
		if (r >= 0)
			r = identity(ctx, e, doc);
		if (r >= 0)
			*ret = take_ptr(doc);
		return r;
	}
	method = wv__printf("sanitize:%s", wv__kind_info(e->order.kind)->name);
	r = method ? passes_doc(ctx, e, &passes) : wv__fail_memory(ctx);
	if (r >= 0)
		r = not_proven_doc(ctx, e, &open);
	if (r >= 0)
		r = bad_doc(ctx, e, &bad);
	if (r >= 0)
		r = about_doc(ctx, e, &about);
	if (r >= 0)
		r = wv__doc_build(
			ctx, &doc, M_STR("method", method), M_STR("verify", verify[e->read_back]),
			M_STR("category", shown ? wv__kind_info(e->order.kind)->category : "none"),
			M_DOC("passes", passes), M_DOC("bad", bad), M_REAL("cpu_seconds", 0),
			M_DOC("not_proven", open), M_DOC("sanitize", about),
			M_OPT_STR("began", began), M_OPT_STR("ended", ended),
			M_OPT_STR("error", e->error ? wv_ctx_error(e->ctx) : NULL),
			M_STR("status", verdict));
	if (r >= 0)
		r = identity(ctx, e, doc);
	if (r >= 0)
		*ret = take_ptr(doc);
	return r;
}
