/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate_words.c - what a certificate says by names, in words for its pages
 */
#include <string.h>

#include "certificate.h"

struct word {
	const char *name;
	const char *text;
};

static const char *in_words(const struct word *words, const char *name, const char *otherwise)
{
	for (; words->name; words++)
		if (name && strcmp(words->name, name) == 0)
			return words->text;
	return otherwise;
}

void wv__certificate_words(struct wv_doc *certificate, const char **ret_result, const char **ret_reason)
{
	static const struct word results[] = {
		{ "wiped", "PASS" },	     { "sampled", "UNKNOWN" }, { "range-wiped", "UNKNOWN" },
		{ "unverified", "UNKNOWN" }, { "failed", "FAILED" },   { "cancelled", "FAILED" },
		{ "refused", "FAILED" },     { NULL, NULL },
	};
	static const struct word reasons[] = {
		{ "wiped", "every byte that the medium claims was overwritten and read back" },
		{ "sampled", "all was overwritten, and a sample of it read back: not every byte is proven" },
		{ "range-wiped", "a range was overwritten and read back, not the whole medium" },
		{ "unverified", "overwritten, and nothing was read back: nothing is proven" },
		{ "failed", "not everything was overwritten and read back" },
		{ "cancelled", "interrupted before its end" },
		{ "refused", "nothing was done" },
		{ NULL, NULL },
	};
	const char *verdict = wv_doc_str(certificate, "verdict");
	const bool own = wv_doc_get(wv_doc_get(certificate, "wipe"), "sanitize") != NULL;

	*ret_result = in_words(results, verdict, "UNKNOWN");
	*ret_reason = in_words(reasons, verdict, "the document does not say how it ended");
	if (own && verdict && strcmp(verdict, "sampled") == 0)
		*ret_reason = "erased by the device itself: proven where it was looked, not at every byte";
}

const char *wv__certificate_category(struct wv_doc *certificate)
{
	static const struct word words[] = {
		{ "clear", "Clear: what the host can address (NIST SP 800-88 Rev. 2)" },
		{ "purge", "Purge: by the device's own command (NIST SP 800-88 Rev. 2)" },
		{ NULL, NULL },
	};
	const char *name = wv_doc_str(wv_doc_get(certificate, "sanitization"), "category");
	const bool own = wv_doc_get(wv_doc_get(certificate, "wipe"), "sanitize") != NULL;

	if (name && !own && strcmp(name, "purge") == 0)
		return "not stated: no overwrite by the host is more than Clear";
	return in_words(words, name, name);
}

static bool is_pattern(struct wv_doc *pass, const char *name)
{
	const char *pattern = wv_doc_str(pass, "pattern");

	return pattern && strcmp(pattern, name) == 0;
}

const char *wv__certificate_last_pass(struct wv_doc *certificate)
{
	struct wv_doc *list = wv_doc_get(wv_doc_get(certificate, "wipe"), "passes");
	const size_t n = wv_doc_count(list);
	bool random = false;

	for (size_t i = 0; i + 1 < n; i++)
		random = random || is_pattern(wv_doc_at(list, i), "random");
	if (random && (is_pattern(wv_doc_at(list, n - 1), "zero") ||
		       is_pattern(wv_doc_at(list, n - 1), "00")))
		return "zeros were written last, after random bytes: zeros are what the medium holds now";
	return NULL;
}

const char *wv__certificate_destination(struct wv_doc *certificate)
{
	static const struct word words[] = {
		{ "internal-reuse", "used again inside of the organization" },
		{ "external-reuse", "used again outside of the organization" },
		{ "recycling", "recycled" },
		{ "manufacturer", "returned to the manufacturer" },
		{ "other", "elsewhere" },
		{ NULL, NULL },
	};
	const char *name = wv_doc_str(certificate, "destination");

	return in_words(words, name, name);
}

const char *wv__certificate_bad(const char *op)
{
	static const struct word words[] = {
		{ "write", "could not be written" },
		{ "read", "could not be read back" },
		{ "mismatch", "did not hold what was written" },
		{ NULL, NULL },
	};

	return in_words(words, op, "bad");
}
