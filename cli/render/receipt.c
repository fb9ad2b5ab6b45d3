/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * receipt.c - what the designated server has signed for
 */
#include "pages.h"
#include "parts.h"

#define FILES_SHOWN 5000

static void server(struct sheets *s, struct wv_doc *receipt)
{
	struct wv_doc *doc = wv_doc_get(receipt, "server");

	part_section(s, "Saved to");
	part_fact(s, "server's key", wv_doc_str(doc, "id"));
	part_fact(s, "directory", wv_doc_str(doc, "root"));
	part_when(s, "signed at", wv_doc_str(receipt, "time"));
	part_fact(s, "signed by", wv_doc_bool(receipt, "self_verified") ? "the station itself, for a directory of its own" :
									  "the designated server");
}

static void subject(struct sheets *s, struct wv_doc *receipt)
{
	part_section(s, "What was saved");
	part_fact(s, "take-out", wv_doc_str(receipt, "takeout"));
	part_fact(s, "volume", wv_doc_str(receipt, "volume"));
	part_fact(s, "declaration", wv_doc_str(receipt, "declaration"));
	part_fact(s, "nonce", wv_doc_str(receipt, "nonce"));
}

static void ledger(struct sheets *s, struct wv_doc *point)
{
	if (!point)
		return;
	part_section(s, "The station's ledger as the server has it since");
	part_fact(s, "station", wv_doc_str(point, "origin"));
	part_factf(s, "records", "%" PRIu64, wv_doc_u64(point, "size"));
	part_fact(s, "root", wv_doc_str(point, "root"));
}

static void files(struct sheets *s, struct wv_doc *list)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < wv_doc_count(list); i++)
		bytes += wv_doc_u64(wv_doc_at(list, i), "size");
	part_section(s, "Files, re-read and hashed by the server");
	part_factf(s, "files", "%zu", wv_doc_count(list));
	part_factf(s, "all their bytes", "%" PRIu64 " B", bytes);
	part_files(s, list, FILES_SHOWN);
}

static void put_receipt(struct sheets *s, const void *data)
{
	static const char *const signatures[] = { "Responsible person", NULL };
	struct wv_doc *receipt = *(struct wv_doc *const *)data;

	part_title(s, "Receipt of the designated server");
	part_words(s, "The server has read every file below from its disk again, and signed for its content (rules, article 3-6).");
	server(s, receipt);
	subject(s, receipt);
	ledger(s, wv_doc_get(wv_doc_get(receipt, "checkpoint"), "checkpoint"));
	files(s, wv_doc_get(receipt, "files"));
	part_signatures(s, signatures);
	part_words(s, "The signed receipt counts, not this page: ssh-keygen -Y verify -n workvol-receipt checks it.");
}

int page_of_receipt(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf)
{
	const char *takeout = wv_doc_str(doc, "takeout");
	const struct sheets_page page = {
		.title = "Receipt of the designated server", .about = takeout ? takeout : "-", .created = wv_doc_str(doc, "time"),
		.lab = wv_doc_bool(doc, "lab"), .put = put_receipt, .data = &doc,
	};

	return sheets_draw(fonts, lang, &page, digest, pdf);
}
