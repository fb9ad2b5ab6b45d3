/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_json.c - a document from outside: what is taken prints as the same bytes
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every reader on every value. */
static void read_all(struct wv_doc *doc)
{
	for (size_t i = 0; i < wv_doc_count(doc); i++) {
		const char *key = wv_doc_key_at(doc, i);
		struct wv_doc *value = key ? wv_doc_get(doc, key) : wv_doc_at(doc, i);
		const char *text = key ? wv_doc_str(doc, key) : wv_doc_str_at(doc, i);

		if (text && !wv__is_utf8(text, strlen(text)))
			abort();
		if (key && wv_doc_real(doc, key) > 0 && wv_doc_u64(doc, key) == 0)
			abort();
		read_all(value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_doc struct wv_doc *doc = NULL, *foreign = NULL;
	cleanup_buf struct wv_buf again = WV_BUF_INIT;
	cleanup_free char *text = NULL;
	const char *input = (const char *)data;

	if (wv__doc_parse_foreign(NULL, input, size, "input", &foreign) == 0)
		text = wv_doc_text(foreign);
	if (wv__doc_parse(NULL, input, size, "input", &doc) < 0)
		return 0;
	if (size && input[size - 1] == '\n')
		size--;
	if (wv__doc_canonical(NULL, doc, &again) < 0 || again.len != size ||
	    memcmp(again.data, input, size) != 0)
		abort();
	read_all(doc);
	return 0;
}
