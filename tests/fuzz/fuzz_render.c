/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_render.c - a certificate, a report or another paper as pages, whatever names, numbers and lists are in it
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/render/pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const char *__lsan_default_suppressions(void);

/* What the libraries keep until the end. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\n";
}

static const struct fonts *fonts_once(void)
{
	static struct fonts fonts;

	if (!fonts.map && fonts_open(&fonts) < 0)
		abort(); /* no font: nothing would be tried */
	return &fonts;
}

/* Not canonical: a mutation would hardly be. The reader of canonical ones has fuzz_json. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char digest[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const enum wv__lang lang = (enum wv__lang)(size % 3);
	cleanup_doc struct wv_doc *doc = NULL;
	GByteArray *pdf;
	const char *type;
	int r;

	if (wv__doc_parse_foreign(NULL, (const char *)data, size, "input", &doc) < 0)
		return 0;
	pdf = g_byte_array_new();
	type = wv_doc_str(doc, "type");
	if (type && strcmp(type, "report") == 0)
		r = page_of_report(NULL, fonts_once(), lang, doc, digest, pdf);
	else
		r = (page_of(type) ? page_of(type) : page_of_certificate)(fonts_once(), lang, doc, digest, pdf);
	if (r == -EBADMSG) { /* a form of another name */
		g_byte_array_unref(pdf);
		return 0;
	}
	if (r < 0 || pdf->len < 5 || memcmp(pdf->data, "%PDF-", 5) != 0)
		abort();
	g_byte_array_unref(pdf);
	return 0;
}
