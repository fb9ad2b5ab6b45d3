/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handover.c - workvol handover: the holder acknowledges the rules and takes it
 */
#include "field.h"
#include "../takeout/holder.h"
#include "../takeout/papers_check.h"
#include "../../trust/namespaces.h"

/* What the holder puts the name under: among it the contract's R3-4, R4-3 and R4-4. */
static const char *const rules[] = {
	"use it only for the declared purpose, and let nobody else use it",
	"never leave it unattended; keep the key file apart from it",
	"never take it along to a drinking party (R3-4, R4-4)",
	"save the work to the designated server, and return it by the due date",
	"report loss, theft or a wrong disclosure at once, within 60 minutes",
};

static int rules_doc(struct wv_ctx *ctx, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(ctx, &array);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(rules); i++)
		r = wv__doc_append_str(ctx, array, rules[i]);
	if (r < 0)
		return r;
	*ret = take_ptr(array);
	return 0;
}

static int go(struct wv__takeout *t, const char *sign_with)
{
	struct wv_ctx *ctx = t->st->ctx;
	cleanup_doc struct wv_doc *record = NULL;
	cleanup_doc struct wv_doc *acknowledged = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	cleanup_doc struct wv_doc *body = NULL;
	const char *key;
	char digest[65];
	int r;

	if (!wv__takeout_may(t, WV__STEP_OUT))
		return wv__fail(ctx, -EPERM, "take-out %s is %s: only a prepared one is handed over",
				t->id, wv__state_name(t->state));
	r = wv__record_of(t, &record);
	if (r < 0)
		return r;
	r = wv__holder_signer(t, record, sign_with, &key);
	if (r < 0)
		return r;
	r = rules_doc(ctx, &acknowledged);
	if (r < 0)
		return r;
	r = wv__paper_new(t, "handover", &doc);
	if (r < 0)
		return r;
	r = wv__doc_set(ctx, doc, M_STR("record", wv__takeout_str(t, WV__STEP_PREPARED, "record")),
			M_DOC("holder", wv_doc_get(record, "holder")),
			M_BOOL("signed_by_holder", sign_with != NULL),
			M_DOC("rules", acknowledged));
	if (r < 0)
		return r;
	r = wv__paper_keep(t, WV__HANDOVER, doc, key, WV_NS_HOLDER, digest);
	if (r < 0)
		return r;
	r = wv__doc_build(ctx, &body, M_STR("handover", digest),
			  M_BOOL("signed_by_holder", sign_with != NULL));
	if (r < 0)
		return r;
	return wv__takeout_step(t, WV__STEP_OUT, body);
}

WV_API int wv_flow_handover(struct wv_station *st, const char *target, const char *sign_with,
			    struct wv_doc **ret_result)
{
	cleanup_subject struct wv__subject s = { 0 };
	struct wv__door door;
	int r;

	r = wv__field_enter(st, "handover", target, NULL, &s, &door);
	if (r < 0)
		return r;
	r = wv__door_leave(&door, go(s.t, sign_with), NULL);
	if (r < 0)
		return r;
	return wv__doc_build(st->ctx, ret_result, M_STR("takeout", s.t->id),
			     M_STR("volume", wv__takeout_volume(s.t)),
			     M_STR("state", wv__state_name(s.t->state)),
			     M_STR("due", wv__takeout_str(s.t, WV__STEP_DECLARED, "due")));
}
