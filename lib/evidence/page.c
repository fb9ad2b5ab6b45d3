/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page.c - a certificate as one page of text
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "certificate.h"
#include "markup.h"
#include "words.h"
#include "../base/crypto.h"
#include "../base/fs.h"

#define WIDTH 80
#define INDENT 2
#define LABEL 20
#define PASSES_SHOWN 8 /* more are summed up, so that it stays one page */
#define BAD_SHOWN 4

struct page {
	struct wv_buf text;
	const char *label; /* of the machine's last row */
	bool ja;
	int error;
};

/* ---- lines, in columns: what is beyond Latin, Greek and Cyrillic takes two on a terminal ---- */

/* Of one character of UTF-8; one that was cut ends where it was cut. */
static int char_bytes(const char *text)
{
	const unsigned char c = (unsigned char)*text;
	const int bytes = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	int n = 1;

	while (n < bytes && ((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static int char_columns(const char *text)
{
	return (unsigned char)*text < 0xe1 ? 1 : 2;
}

static int columns(const char *text)
{
	int n = 0;

	for (; *text; text += char_bytes(text))
		n += char_columns(text);
	return n;
}

/* The bytes of @text that a line of @room columns has: to a space, else to the last character that fits. */
static int fit(const char *text, int room)
{
	int end = 0, space = 0, used = 0;

	while (text[end] && used + char_columns(text + end) <= room) {
		if (text[end] == ' ')
			space = end;
		used += char_columns(text + end);
		end += char_bytes(text + end);
	}
	if (!text[end] || text[end] == ' ')
		return end;
	return space ? space : end;
}

/* What the page says in its language; free() it. NULL: no memory. */
static char *said(const struct page *page, const char *english)
{
	char *ja = page->ja ? wv__sentence_ja(english) : NULL;

	return ja ? ja : strdup(english);
}

/* How wide the column of labels is: a digest that fits beside its label is not cut for it. */
static int label_columns(const char *label, const char *name, const char *value)
{
	const int left = WIDTH - INDENT - columns(value);

	if (!label)
		return 0;
	return left < LABEL && left > columns(name) && !strchr(value, ' ') ? left : LABEL;
}

/* A row: a name, a path, a number is as it is in every language. Without a label: over the whole width. */
static void line(struct page *page, const char *label, const char *text)
{
	cleanup_free char *copy = text && !page->error ? wv__shown(text) : NULL;
	cleanup_free char *name = copy ? said(page, label ? label : "") : NULL;
	const char *value = copy;
	int wide, room;

	if (!text || page->error)
		return;
	if (!name) {
		page->error = -ENOMEM;
		return;
	}
	wide = label_columns(label, name, value);
	room = WIDTH - INDENT - wide;
	for (int first = 1; *value || first; first = 0) {
		const int n = fit(value, room);

		page->error = wv__buf_printf(&page->text, "%*s%s%*s%.*s\n", INDENT, "", first ? name : "",
					     MAX(wide - (first ? columns(name) : 0), 0), "", n, value);
		value += n;
		value += *value == ' ';
		if (page->error)
			return;
	}
}

/* A row of words. */
static void words(struct page *page, const char *label, const char *text)
{
	cleanup_free char *local = text && !page->error ? said(page, text) : NULL;

	if (text && !local && !page->error)
		page->error = -ENOMEM;
	line(page, label, local);
}

static void head(struct page *page, const char *title)
{
	cleanup_free char *text = page->error ? NULL : said(page, title);

	if (!page->error)
		page->error = text ? wv__buf_printf(&page->text, "\n%s\n", text) : -ENOMEM;
}

static void number(struct page *page, const char *label, uint64_t n, const char *unit)
{
	cleanup_free char *local = page->error ? NULL : said(page, unit);
	char text[96];

	if (!local && !page->error)
		page->error = -ENOMEM;
	snprintf(text, sizeof(text), *unit ? "%" PRIu64 " %.72s" : "%" PRIu64, n, local ? local : "");
	line(page, label, text);
}

/* Seen from across a desk, in a copy without colours too. */
static void banner(struct page *page, struct wv_doc *certificate)
{
	const char *result, *reason;
	cleanup_free char *word = NULL;
	char rule[WIDTH];
	int side;

	wv__certificate_words(certificate, &result, &reason);
	word = page->error ? NULL : said(page, result);
	if (!word) {
		page->error = page->error ? page->error : -ENOMEM;
		return;
	}
	side = (WIDTH - columns(word) - 2) / 2;
	memset(rule, *result == 'P' ? '=' : *result == 'F' ? '#' : '?', sizeof(rule));
	page->error = wv__buf_printf(&page->text, "%.*s %s %.*s\n", side, rule, word, side, rule);
	words(page, NULL, reason);
}

static void extent(struct page *page, struct wv_doc *wipe)
{
	const uint64_t claimed = wv_doc_u64(wipe, "claimed"), real = wv_doc_u64(wipe, "real");
	char text[96];

	if (real && real < claimed) {
		snprintf(text, sizeof(text), page->ja ? "申告 %" PRIu64 " バイト、実際 %" PRIu64 " バイト" :
							"claims %" PRIu64 " bytes and has %" PRIu64, claimed, real);
		line(page, "FAKE SIZE", text);
	}
	if (wv_doc_get(wipe, "length") && wv_doc_u64(wipe, "length") != wv_doc_u64(wipe, "size")) {
		snprintf(text, sizeof(text), "%" PRIu64 " bytes at %" PRIu64,
			 wv_doc_u64(wipe, "length"), wv_doc_u64(wipe, "offset"));
		line(page, "range", text);
	}
}

static void passes(struct page *page, struct wv_doc *wipe)
{
	struct wv_doc *list = wv_doc_get(wipe, "passes");
	const size_t n = wv_doc_count(list);

	for (size_t i = 0; list && i < n && i < PASSES_SHOWN; i++) {
		struct wv_doc *pass = wv_doc_at(list, i);
		char label[24], text[160];

		snprintf(label, sizeof(label), page->ja ? "パス %" PRIu64 : "pass %" PRIu64, wv_doc_u64(pass, "pass"));
		snprintf(text, sizeof(text), page->ja ? "%.24s、書込み %" PRIu64 "、照合 %" PRIu64 "、不一致 %" PRIu64 :
							"%.24s, %" PRIu64 " written, %" PRIu64 " verified, %" PRIu64 " mismatched",
			 wv_doc_str(pass, "pattern") ? wv_doc_str(pass, "pattern") : "?",
			 wv_doc_u64(pass, "written"), wv_doc_u64(pass, "verified"),
			 wv_doc_u64(pass, "mismatched"));
		line(page, label, text);
	}
	if (n > PASSES_SHOWN)
		number(page, "", n - PASSES_SHOWN, "more passes: see the document");
}

static void bad_ranges(struct page *page, struct wv_doc *wipe)
{
	struct wv_doc *list = wv_doc_get(wipe, "bad");
	const size_t n = wv_doc_count(list);

	for (size_t i = 0; list && i < n && i < BAD_SHOWN; i++) {
		struct wv_doc *bad = wv_doc_at(list, i);
		char text[128];

		snprintf(text, sizeof(text), "%" PRIu64 " bytes at %" PRIu64 ": %s",
			 wv_doc_u64(bad, "length"), wv_doc_u64(bad, "offset"),
			 wv__certificate_bad(wv_doc_str(bad, "op")));
		line(page, i ? "" : "bad", text);
	}
	if (n > BAD_SHOWN)
		number(page, "", n - BAD_SHOWN, "more ranges: see the document");
}

static void list_of(struct page *page, const char *label, struct wv_doc *list)
{
	for (size_t i = 0; list && i < wv_doc_count(list); i++)
		words(page, i && label ? "" : label, wv_doc_str_at(list, i));
}

static void medium(struct page *page, struct wv_doc *doc)
{
	head(page, "Medium");
	words(page, "kind", wv_doc_str(doc, "kind"));
	line(page, "vendor", wv_doc_str(doc, "vendor"));
	line(page, "model", wv_doc_str(doc, "model"));
	line(page, "serial", wv_doc_str(doc, "serial"));
	words(page, "serial told by", wv_doc_str(doc, "serial_origin"));
	number(page, "size", wv_doc_u64(doc, "size"), "bytes");
	line(page, "path", wv_doc_str(doc, "path"));
	line(page, "property number", wv_doc_str(doc, "property"));
	line(page, "classification", wv_doc_str(doc, "classification"));
	line(page, "data saved to", wv_doc_str(doc, "backup"));
}

/* What somebody said of them: that is few on older certificates, and in a row where it goes together. */
static void performer(struct page *page, struct wv_doc *doc)
{
	static const struct {
		const char *label, *keys[3];
	} rows[] = {
		{ "by", { "name", "title" } },
		{ "organization", { "organization", "location", "phone" } },
		{ "station", { "station" } },
		{ "client", { "client", "contact" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_buf struct wv_buf text = WV_BUF_INIT;

		for (size_t k = 0; !page->error && k < ARRAY_SIZE(rows[i].keys); k++) {
			const char *value = rows[i].keys[k] ? wv_doc_str(doc, rows[i].keys[k]) : NULL;

			if (value)
				page->error = wv__buf_printf(&text, "%s%s", text.len ? ", " : "", value);
		}
		line(page, rows[i].label, text.len ? wv__buf_str(&text) : NULL);
	}
}

static void times(struct page *page, struct wv_doc *how)
{
	const char *began = wv_doc_str(how, "began"), *ended = wv_doc_str(how, "ended");
	char text[96];

	if (!began || !ended)
		return;
	snprintf(text, sizeof(text), "%.40s, %.40s", began, ended);
	line(page, "began, ended", text);
}

static void takeout(struct page *page, struct wv_doc *doc)
{
	struct wv_doc *papers = wv_doc_get(doc, "documents");
	struct wv_doc *holder = wv_doc_get(doc, "holder");

	if (!doc)
		return;
	head(page, "Take-out");
	line(page, "take-out", wv_doc_str(doc, "takeout"));
	line(page, "volume", wv_doc_str(doc, "volume"));
	line(page, "holder", holder ? wv_doc_str(holder, "name") : NULL);
	line(page, "approved by", wv_doc_str(doc, "approver"));
	line(page, "return approved by", wv_doc_str(doc, "return_approver"));
	line(page, "declaration", wv_doc_str(papers, "declaration"));
	line(page, "receipt", wv_doc_str(papers, "receipt"));
}

static void keys(struct page *page, struct wv_doc *doc)
{
	struct wv_doc *proof = wv_doc_get(doc, "proof");

	if (!doc)
		return;
	head(page, "Keys");
	number(page, "keyslots destroyed", wv_doc_u64(proof, "slots_destroyed"), "");
	number(page, "header overwritten", wv_doc_u64(proof, "data_offset"), "bytes, read back");
	list_of(page, "known copies", wv_doc_get(doc, "known_key_copies"));
	words(page, "conditions", wv_doc_str(doc, "conditions"));
}

static void sanitization(struct page *page, struct wv_doc *certificate)
{
	struct wv_doc *how = wv_doc_get(certificate, "sanitization");
	struct wv_doc *wipe = wv_doc_get(certificate, "wipe");

	head(page, "Sanitization");
	words(page, "technique", wv_doc_str(how, "technique"));
	words(page, "category", wv__certificate_category(certificate));
	line(page, "method", wv_doc_str(wipe, "method"));
	words(page, "verification", wv_doc_str(how, "verification"));
	words(page, "before that", wv_doc_str(how, "previous_contents"));
	times(page, how);
	line(page, "tool", wv_doc_str(how, "version"));
	extent(page, wipe);
	passes(page, wipe);
	words(page, "note", wv__certificate_last_pass(certificate));
	bad_ranges(page, wipe);
}

/* Of several rows of a label the first has it. */
static void machine_row(void *data, const char *label, const char *name, const char *what)
{
	struct page *page = data;
	cleanup_free char *local = said(page, what ? what : "");
	cleanup_free char *text = local ? wv__printf("%s%s%s", name ? name : "", name && what ? ": " : "", local) : NULL;

	if (!text && !page->error)
		page->error = -ENOMEM;
	line(page, label == page->label ? "" : label, name || what ? text : NULL);
	page->label = label;
}

static void host(struct page *page, struct wv_doc *doc)
{
	if (!doc)
		return;
	head(page, "Machine that it was used on");
	wv__certificate_host(doc, machine_row, page);
}

static void places(struct page *page, const char *label, struct wv_doc *list, uint64_t count)
{
	const size_t shown = wv__certificate_places(list, label, machine_row, page);

	if (count > shown)
		number(page, "", count - shown, "more: see the document");
}

static void copies(struct page *page, struct wv_doc *doc)
{
	if (!doc)
		return;
	head(page, "Search for declared content outside of the volume");
	number(page, "found", wv_doc_u64(doc, "found_count"), "");
	places(page, "", wv_doc_get(doc, "found"), wv_doc_u64(doc, "found_count"));
	list_of(page, "searched", wv_doc_get(doc, "searched"));
	places(page, "not searched", wv_doc_get(doc, "not_searched"), wv_doc_u64(doc, "not_searched_count"));
}

/* With the checkpoint there is more than the head, which a return's papers name. */
static void ledger(struct page *page, struct wv_doc *certificate)
{
	struct wv_doc *point = wv_doc_get(certificate, "checkpoint");
	struct wv_doc *papers = wv_doc_get(wv_doc_get(certificate, "takeout"), "documents");

	if (point)
		number(page, "ledger", wv_doc_u64(point, "size"), "records, their root");
	line(page, point ? "" : "ledger", wv_doc_str(point ? point : papers, point ? "root" : "ledger_head"));
}

static void title(struct page *page, struct wv_doc *certificate)
{
	const char *verdict = wv_doc_str(certificate, "verdict");
	cleanup_free char *what = said(page, "Certificate of sanitization");
	cleanup_free char *lab = said(page, "LAB, NOT EVIDENCE");

	if (!what || !lab) {
		page->error = -ENOMEM;
		return;
	}
	page->error = wv__buf_printf(&page->text, "%s%s%s: %s\n", wv_doc_bool(certificate, "lab") ? lab : "",
				     wv_doc_bool(certificate, "lab") ? "\n" : "", what, verdict ? verdict : "unknown");
}

int wv__certificate_text(struct wv_ctx *ctx, struct wv_doc *certificate, bool ja, char **ret_text)
{
	struct page page = { .ja = ja };
	const char *type = wv_doc_str(certificate, "type");
	char digest[65];
	char *text;
	int r;

	if (!type || strcmp(type, "certificate") != 0)
		return wv__fail(ctx, -EBADMSG, "this is no certificate");
	r = wv__doc_digest(ctx, certificate, digest);
	if (r < 0)
		return r;
	title(&page, certificate);
	banner(&page, certificate);
	line(&page, "document", digest);
	line(&page, "made", wv_doc_str(certificate, "created"));
	performer(&page, wv_doc_get(certificate, "performer"));
	medium(&page, wv_doc_get(certificate, "medium"));
	words(&page, "destination", wv__certificate_destination(certificate));
	takeout(&page, wv_doc_get(certificate, "takeout"));
	ledger(&page, certificate);
	keys(&page, wv_doc_get(certificate, "crypto_erase"));
	sanitization(&page, certificate);
	host(&page, wv_doc_get(certificate, "host"));
	copies(&page, wv_doc_get(certificate, "copies"));
	head(&page, "Not proven");
	list_of(&page, NULL, wv_doc_get(certificate, "not_proven"));
	text = page.error ? NULL : wv__buf_take(&page.text);
	wv__buf_free(&page.text);
	if (!text)
		return wv__fail_memory(ctx);
	*ret_text = text;
	return 0;
}

int wv__certificate_page(struct wv_ctx *ctx, struct wv_doc *certificate, const char *path, char ret_digest[65])
{
	cleanup_free char *text = NULL;
	int r;

	r = wv__certificate_text(ctx, certificate, false, &text);
	if (r < 0)
		return r;
	r = wv__sha256_hex(text, strlen(text), ret_digest);
	return r < 0 ? wv__fail_memory(ctx) : wv__write_file(ctx, AT_FDCWD, path, text, strlen(text), 0644);
}
