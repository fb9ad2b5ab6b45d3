/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exemption.c - what the law's exemptions ask of encrypted data that was lost, and what is on record
 *
 * The PPC's Q&A on "advanced encryption" (Enforcement Rules, article 7, item 1): a cipher of a list that
 * was assessed, properly used, and one of three: the key kept apart, deletion from afar, or a key that
 * others cannot use. Whether it holds is for the client to judge: here is what the records have.
 */
#include <string.h>

#include "exemption.h"

static bool says(struct wv_doc *doc, const char *key, const char *what)
{
	const char *text = wv_doc_str(doc, key);

	return text && strcmp(text, what) == 0;
}

static const char *closed_record(struct wv_doc *last)
{
	return wv_doc_bool(last, "open")    ? "it was opened, and not recorded as closed since" :
	       wv_doc_str(last, "closed") ? "it was closed when it was last seen" :
					    "it was never opened after it was prepared, as far as this station knows";
}

static const char *key_record(struct wv_doc *key)
{
	if (says(key, "kept_apart", "yes"))
		return "the key file was apart from the volume, as was said on record";
	if (says(key, "kept_apart", "no"))
		return "the key file was with the volume, as was said on record";
	return "nobody has said yet where the key file was: workvol incident notify --key-was";
}

int wv__incident_exemption(struct wv_ctx *ctx, struct wv_doc *report, struct wv_doc **ret)
{
	struct wv_doc *protection = wv_doc_get(report, "protection"), *key = wv_doc_get(protection, "key");
	struct wv_doc *last = wv_doc_get(report, "last_known");
	const char *apart = wv_doc_str(key, "kept_apart");
	const struct {
		const char *asks, *record, *answer;
	} rows[] = {
		{ "a cipher of the e-Government recommended list (CRYPTREC) or of ISO/IEC 18033",
		  protection ? "LUKS2 with AES-256 in XTS mode" : "the take-out record cannot be read", protection ? "yes" : "unknown" },
		{ "the data was encrypted when it was lost: the volume was not open", closed_record(last),
		  wv_doc_bool(last, "open") ? "no" : wv_doc_str(last, "closed") ? "yes" : "unknown" },
		{ "the key was kept apart from the data, and from leaking itself", key_record(key), apart ? apart : "unknown" },
		{ "the data or its key can be deleted from afar", "there is no such function", "no" },
		{ "others cannot use the key",
		  "a key file and a passphrase are both needed; who else knows the passphrase is not on record", "unknown" },
	};
	cleanup_doc struct wv_doc *array = NULL;
	int r = wv__doc_array(ctx, &array);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(rows); i++)
		r = wv__doc_append_row(ctx, array, M_STR("asks", rows[i].asks), M_STR("on_record", rows[i].record),
				       M_STR("answer", rows[i].answer));
	if (r == 0)
		*ret = take_ptr(array);
	return r;
}
