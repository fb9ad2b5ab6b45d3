/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt_show.c - workvol receipt show: what the server has signed for, proven anew
 */
#include <string.h>

#include "sending.h"
#include "../medium/subject.h"
#include "../takeout/takeout_record.h"

/* The newest save, of a return or in the field: *data is a reference of its own. */
static int newest(void *data, struct wv_doc *record)
{
	struct wv_doc **body = data, *found = wv_doc_get(record, "body");
	const char *kind = wv_doc_str(record, "kind");

	if (!kind || !wv_doc_str(found, "paper") || !wv_doc_str(found, "receipt"))
		return 0;
	if (strcmp(kind, "sync.end") != 0 && strcmp(kind, "takeout.synced") != 0 && strcmp(kind, "takeout.renewed") != 0)
		return 0;
	wv_doc_free(*body);
	*body = wv__doc_ref(found);
	return 0;
}

WV_API int wv_flow_receipt(struct wv_station *st, const char *target, struct wv_doc **ret_receipt)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_takeout struct wv__takeout *t = NULL;
	cleanup_doc struct wv_doc *record = NULL, *body = NULL;
	int r;

	r = wv__subject_takeout(st, target, &t);
	if (r == 0)
		r = wv__ledger_each(st->ctx, st->ledger, t->id, 1, newest, &body);
	if (r < 0)
		return r;
	if (!body)
		return wv__fail(st->ctx, -ENOENT, "take-out %s has no receipt: nothing of it was saved", t->id);
	r = wv__record_of(t, &record);
	if (r == 0)
		r = wv__takeout_declaration(t, &decl);
	return r < 0 ? r : wv__receipt_proven(t, body, record, decl, 0, ret_receipt);
}
