/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * certificate.c - a certificate as one A4 page
 *
 * It is laid out again, smaller, until it fits: every list and every value has its most lines.
 */
#include "evidence/certificate.h"
#include "figures.h"
#include "machine.h"
#include "pages.h"
#include "rows.h"
#include "words.h"

#include <math.h>
#include <string.h>

#define HALF (TEXT_WIDTH / 2 - 8)
#define QR 74
#define CODES_APART 22
#define PASSES_SHOWN 6
#define LIST_SHOWN 7
#define SMALLEST 0.55

/* ---- the top ---------------------------------------------------------------------------------- */

static void verdict(struct paper *p, struct wv_doc *doc)
{
	static const struct rgb green = { 0.07, 0.40, 0.20 }, red = { 0.53, 0.05, 0.13 }, amber = { 0.45, 0.32, 0 },
				white = { 1, 1, 1 };
	const double high = 58 * p->scale, top = p->y, x = MARGIN + 66 * p->scale, width = MARGIN + TEXT_WIDTH - x - 8;
	struct style big = { .size = 22, .bold = true, .lines = 1 }, why = { .size = 9, .lines = 2 };
	const char *result, *reason;
	char *words;
	bool failed, pass;

	wv__certificate_words(doc, &result, &reason);
	failed = strcmp(result, "FAILED") == 0;
	pass = strcmp(result, "PASS") == 0;
	words = words_in(p->lang, result, "  ");
	if (failed) { /* the only one that is dark */
		paper_box(p, MARGIN, top, TEXT_WIDTH, high, red);
		big.grey = why.grey = 1;
	} else if (pass) {
		paper_frame(p, MARGIN + 1, top + 1, TEXT_WIDTH - 2, high - 2, 2.5, green);
	} else {
		paper_hatch(p, MARGIN, top, TEXT_WIDTH, 5, 5, amber);
		paper_hatch(p, MARGIN, top + high - 5, TEXT_WIDTH, 5, 5, amber);
		paper_frame(p, MARGIN, top, TEXT_WIDTH, high, 0.8, amber);
	}
	figure_sign(p, MARGIN + 10 * p->scale, top + 7 * p->scale, 44 * p->scale, result,
		    failed ? white : pass ? green : amber);
	p->y = top + 5 * p->scale;
	p->y += paper_text(p, x, width, &big, words);
	paper_gap(p, 2);
	row_sentence(p, x, width, &why, reason);
	p->y = top + high;
	paper_gap(p, 2);
	g_free(words);
}

static int put_code(struct paper *p, double x, const char *text, const char *caption)
{
	static const struct style style = { .size = 6.5, .lines = 1, .align = PANGO_ALIGN_CENTER };
	const double top = p->y;
	const int r = figure_qr(p, x, top, QR, text);

	p->y = top + QR + 2;
	row_words(p, x - 10, QR + 20, &style, caption);
	p->y = top;
	return r;
}

/* What whoever scans it holds a ledger against: the words of the signed checkpoint, in its order. */
static char *point_text(struct wv_doc *point)
{
	const char *origin = wv_doc_str(point, "origin"), *root = wv_doc_str(point, "root");

	return g_strdup_printf("checkpoint %" PRIu64 " %s %s", wv_doc_u64(point, "size"), root ? root : "-", origin ? origin : "-");
}

/* The document's digest, and beside it where the ledger stood. */
static int codes(struct paper *p, struct wv_doc *doc, const char *digest)
{
	struct wv_doc *point = wv_doc_get(doc, "checkpoint");
	char *code = g_strconcat("sha256:", digest, NULL), *ledger = point ? point_text(point) : NULL;
	int r;

	r = put_code(p, MARGIN + TEXT_WIDTH - QR, code, "Document");
	if (r == 0 && point)
		r = put_code(p, MARGIN + TEXT_WIDTH - 2 * QR - CODES_APART, ledger, "Ledger");
	g_free(ledger);
	g_free(code);
	return r;
}

static int title(struct paper *p, struct wv_doc *doc, const char *digest)
{
	const double width = TEXT_WIDTH - (wv_doc_get(doc, "checkpoint") ? 2 * QR + CODES_APART : QR) - 16, top = p->y;
	const struct style lab = { .size = 12, .bold = true, .lines = 1, .align = PANGO_ALIGN_CENTER };
	const struct style big = { .size = 18, .bold = true, .lines = 1 };
	const int r = codes(p, doc, digest);

	if (wv_doc_bool(doc, "lab")) {
		const double high = row_words(p, MARGIN, width, &lab, "LAB, NOT EVIDENCE");

		paper_frame(p, MARGIN, p->y - 2, width, high + 4, 1.5, (struct rgb){ 0, 0, 0 });
		p->y += high;
		paper_gap(p, 6);
	}
	if (p->lang == WV__LANG_BOTH) {
		p->y += paper_text(p, MARGIN, width, &big, wv__words_ja("Certificate of sanitization"));
		p->y += paper_text(p, MARGIN, width, &(struct style){ .size = 11, .lines = 1 }, "Certificate of sanitization");
	} else {
		p->y += row_words(p, MARGIN, width, &big, "Certificate of sanitization");
	}
	paper_gap(p, 3);
	p->y += row_words(p, MARGIN, width, &row_small_style, "SHA-256 of the document that this page shows");
	paper_gap(p, 1.5);
	p->y += paper_text(p, MARGIN, width, &(struct style){ .size = 7.5, .lines = 1 }, digest);
	p->y = MAX(p->y, top + QR + 10);
	paper_gap(p, 6);
	return r;
}

/* ---- the sections ------------------------------------------------------------------------------- */

static void medium(struct paper *p, double x, struct wv_doc *certificate)
{
	struct wv_doc *doc = wv_doc_get(certificate, "medium");

	row_head(p, x, HALF, "Medium");
	row_value(p, x, HALF, "kind", wv_doc_str(doc, "kind"));
	row_value(p, x, HALF, "vendor", wv_doc_str(doc, "vendor"));
	row_value(p, x, HALF, "model", wv_doc_str(doc, "model"));
	row_value(p, x, HALF, "serial", wv_doc_str(doc, "serial"));
	row_value(p, x, HALF, "serial told by", wv_doc_str(doc, "serial_origin"));
	row_number(p, x, HALF, "size", wv_doc_u64(doc, "size"), "B");
	row_value(p, x, HALF, "path", wv_doc_str(doc, "path"));
	row_value(p, x, HALF, "property number", wv_doc_str(doc, "property"));
	row_value(p, x, HALF, "classification", wv_doc_str(doc, "classification"));
	row_value(p, x, HALF, "data saved to", wv_doc_str(doc, "backup"));
	row_value(p, x, HALF, "destination", wv__certificate_destination(certificate));
}

static void performer(struct paper *p, double x, struct wv_doc *certificate)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{ "name", "by" }, { "title", "title" }, { "organization", "organization" }, { "location", "location" },
		{ "phone", "phone" }, { "station", "station" }, { "contact", "contact" }, { "client", "client" },
	};
	struct wv_doc *doc = wv_doc_get(certificate, "performer"), *how = wv_doc_get(certificate, "sanitization");
	const char *tool = wv_doc_str(how, "tool"), *version = wv_doc_str(how, "version");
	char *text = g_strdup_printf("%s %s", tool ? tool : "?", version ? version : "?");

	row_head(p, x, HALF, "Performed by");
	row_when(p, x, HALF, "made", wv_doc_str(certificate, "created"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		row_value(p, x, HALF, rows[i].label, wv_doc_str(doc, rows[i].key));
	row_value(p, x, HALF, "tool", text);
	g_free(text);
}

static void passes(struct paper *p, struct wv_doc *list)
{
	static const struct {
		const char *key, *label;
		double at, wide;
	} columns[] = {
		{ "pass", "pass", 0, 55 }, { "pattern", "pattern", 55, 85 }, { "written", "bytes written", 140, 120 },
		{ "verified", "bytes read back", 260, 130 }, { "mismatched", "bytes different", 390, 120 },
	};
	const size_t n = wv_doc_count(list);
	double high = 0;

	if (!n)
		return;
	for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
		high = fmax(high, row_words(p, MARGIN + columns[c].at, columns[c].wide, &row_label_style, columns[c].label));
	p->y += high;
	paper_gap(p, 1.5);
	for (size_t i = 0; i < n && i < PASSES_SHOWN; i++) {
		struct wv_doc *pass = wv_doc_at(list, i);

		for (size_t c = 0; c < G_N_ELEMENTS(columns); c++) {
			const char *text = wv_doc_str(pass, columns[c].key);
			char *number = g_strdup_printf("%" PRIu64, wv_doc_u64(pass, columns[c].key));

			high = paper_text(p, MARGIN + columns[c].at, columns[c].wide, &(struct style){ .size = 8, .lines = 1 },
					  text ? text : number);
			g_free(number);
		}
		p->y += high;
	}
	if (n > PASSES_SHOWN) {
		char *words = words_in(p->lang, "more passes: see the document", " / ");

		p->y += paper_textf(p, MARGIN, TEXT_WIDTH, &row_label_style, "+%zu %s", n - PASSES_SHOWN, words);
		g_free(words);
	}
	paper_gap(p, 2);
}

static void sanitization(struct paper *p, struct wv_doc *certificate)
{
	struct wv_doc *how = wv_doc_get(certificate, "sanitization"), *wipe = wv_doc_get(certificate, "wipe");
	const double right = MARGIN + TEXT_WIDTH - HALF;
	double top, left;

	row_head(p, MARGIN, TEXT_WIDTH, "Sanitization");
	top = p->y;
	row_value(p, MARGIN, HALF, "technique", wv_doc_str(how, "technique"));
	row_value(p, MARGIN, HALF, "category", wv__certificate_category(certificate));
	row_when(p, MARGIN, HALF, "began", wv_doc_str(how, "began"));
	left = p->y;
	p->y = top;
	row_value(p, right, HALF, "method", wv_doc_str(wipe, "method"));
	row_value(p, right, HALF, "verification", wv_doc_str(how, "verification"));
	row_value(p, right, HALF, "before that", wv_doc_str(how, "previous_contents"));
	row_when(p, right, HALF, "ended at", wv_doc_str(how, "ended"));
	p->y = MAX(p->y, left);
	paper_gap(p, 2);
	if (wv_doc_get(wipe, "length") && wv_doc_u64(wipe, "length") != wv_doc_u64(wipe, "size")) {
		char *text = g_strdup_printf("%" PRIu64 " B @ %" PRIu64 " B", wv_doc_u64(wipe, "length"), wv_doc_u64(wipe, "offset"));

		row_value(p, MARGIN, TEXT_WIDTH, "range wiped", text);
		g_free(text);
	}
	passes(p, wv_doc_get(wipe, "passes"));
	row_value(p, MARGIN, TEXT_WIDTH, "note", wv__certificate_last_pass(certificate));
}

/* What the shades of the surface mean, two beside each other. */
static void shades(struct paper *p)
{
	static const struct rgb frame = { 0, 0, 0 };
	const double wide = TEXT_WIDTH / 2, box = 7 * p->scale;

	for (int shade = 0; shade < SURFACE_SHADES; shade++) {
		const double x = MARGIN + wide * (shade % 2);
		char *words = words_in(p->lang, figure_shade(p, x, p->y + 1, 14, box, shade), " ");
		double high;

		paper_frame(p, x, p->y + 1, 14, box, 0.4, frame);
		high = paper_text(p, x + 20, wide - 24, &(struct style){ .size = 6.5, .lines = 1 }, words);
		if (shade % 2)
			p->y += high + 3;
		g_free(words);
	}
	paper_gap(p, 3);
}

static void surface(struct paper *p, struct wv_doc *wipe)
{
	const double high = 14 * p->scale;
	const size_t bad = wv_doc_count(wv_doc_get(wipe, "bad"));

	if (!wipe)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Surface");
	figure_surface(p, MARGIN, p->y + 2, TEXT_WIDTH, high, wipe);
	p->y += high + 5;
	paper_text(p, MARGIN, 100, &row_small_style, "0");
	p->y += paper_textf(p, MARGIN + TEXT_WIDTH - 200, 200, &(struct style){ .size = 6.5, .grey = 0.2, .align = PANGO_ALIGN_RIGHT },
			    "%" PRIu64 " B", wv_doc_u64(wipe, "size"));
	shades(p);
	if (bad)
		row_number(p, MARGIN, TEXT_WIDTH, "bad", bad, bad == 1 ? "range" : "ranges");
	if (wv_doc_u64(wipe, "real") && wv_doc_u64(wipe, "real") < wv_doc_u64(wipe, "claimed")) {
		char *text = g_strdup_printf("%" PRIu64 " B / %" PRIu64 " B", wv_doc_u64(wipe, "real"),
					     wv_doc_u64(wipe, "claimed"));

		row_value(p, MARGIN, TEXT_WIDTH, "FAKE SIZE", text);
		g_free(text);
	}
}

static void takeout(struct paper *p, struct wv_doc *doc)
{
	struct wv_doc *papers = wv_doc_get(doc, "documents");
	const double right = MARGIN + TEXT_WIDTH - HALF;
	double top, left;

	if (!doc)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Take-out");
	row_value(p, MARGIN, TEXT_WIDTH, "take-out", wv_doc_str(doc, "takeout"));
	row_value(p, MARGIN, TEXT_WIDTH, "volume", wv_doc_str(doc, "volume"));
	top = p->y;
	row_value(p, MARGIN, HALF, "holder", wv_doc_str(wv_doc_get(doc, "holder"), "name"));
	left = p->y;
	p->y = top;
	row_value(p, right, HALF, "approved by", wv_doc_str(doc, "approver"));
	row_value(p, right, HALF, "return approved by", wv_doc_str(doc, "return_approver"));
	p->y = MAX(p->y, left);
	row_value(p, MARGIN, TEXT_WIDTH, "declaration", wv_doc_str(papers, "declaration"));
	row_value(p, MARGIN, TEXT_WIDTH, "server's receipt", wv_doc_str(papers, "receipt"));
	row_value(p, MARGIN, TEXT_WIDTH, "ledger", wv_doc_str(papers, "ledger_head"));
}

static void keys(struct paper *p, struct wv_doc *doc)
{
	struct wv_doc *proof = wv_doc_get(doc, "proof"), *copies = wv_doc_get(doc, "known_key_copies");

	if (!doc)
		return;
	row_head(p, MARGIN, TEXT_WIDTH, "Keys");
	row_number(p, MARGIN, TEXT_WIDTH, "keyslots destroyed", wv_doc_u64(proof, "slots_destroyed"), "");
	row_number(p, MARGIN, TEXT_WIDTH, "header overwritten", wv_doc_u64(proof, "data_offset"), "bytes, read back");
	if (!wv_doc_count(copies))
		row_value(p, MARGIN, TEXT_WIDTH, "known copies", "no copy is known");
	else
		row_words(p, MARGIN, ROW_LABEL - 6, &row_label_style, "known copies");
	row_list(p, MARGIN + ROW_LABEL, TEXT_WIDTH - ROW_LABEL, copies, LIST_SHOWN);
	row_value(p, MARGIN, TEXT_WIDTH, "conditions", wv_doc_str(doc, "conditions"));
}

static void checkpoint(struct paper *p, struct wv_doc *point)
{
	const char *root = wv_doc_str(point, "root"), *origin = wv_doc_str(point, "origin");
	char *text = g_strdup_printf("%" PRIu64 ", %s, %s", wv_doc_u64(point, "size"), root ? root : "-", origin ? origin : "-");

	if (point) {
		row_head(p, MARGIN, TEXT_WIDTH, "Ledger's checkpoint");
		row_value(p, MARGIN, TEXT_WIDTH, "records, root, origin", text);
	}
	g_free(text);
}

static void put_signature(struct paper *p)
{
	row_signature(p, "Responsible person");
	p->y += row_words(p, MARGIN, TEXT_WIDTH, &row_small_style,
			  "The signed document counts, not this page: ssh-keygen -Y verify -n workvol-certificate checks it.");
}

/* At the sheet's foot, wherever the text above ends. */
static void signature(struct paper *p)
{
	const bool dry = p->dry;
	double top;

	paper_gap(p, 8);
	top = p->y;
	p->dry = true;
	put_signature(p);
	p->dry = dry;
	if (dry)
		return;
	p->y = SHEET_HEIGHT - MARGIN - (p->y - top);
	put_signature(p);
}

static int put_page(struct paper *p, struct wv_doc *doc, const char *digest)
{
	double top, left;
	int r;

	p->y = MARGIN;
	r = title(p, doc, digest);
	verdict(p, doc);
	top = p->y;
	medium(p, MARGIN, doc);
	left = p->y;
	p->y = top;
	performer(p, MARGIN + TEXT_WIDTH - HALF, doc);
	p->y = MAX(p->y, left);
	sanitization(p, doc);
	surface(p, wv_doc_get(doc, "wipe"));
	takeout(p, wv_doc_get(doc, "takeout"));
	keys(p, wv_doc_get(doc, "crypto_erase"));
	machine_host(p, wv_doc_get(doc, "host"));
	machine_copies(p, wv_doc_get(doc, "copies"));
	checkpoint(p, wv_doc_get(doc, "checkpoint"));
	row_head(p, MARGIN, TEXT_WIDTH, "Not proven");
	row_list(p, MARGIN, TEXT_WIDTH, wv_doc_get(doc, "not_proven"), LIST_SHOWN);
	signature(p);
	return r;
}

int page_of_certificate(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest,
			GByteArray *pdf)
{
	struct paper p;
	int r, closed;

	r = paper_open(&p, fonts, lang, pdf);
	paper_title(&p, "Certificate of sanitization", wv_doc_str(doc, "created"));
	for (p.dry = true; r == 0; p.scale -= 0.03) {
		r = put_page(&p, doc, digest);
		if (p.y <= SHEET_HEIGHT - MARGIN || p.scale < SMALLEST)
			break;
	}
	p.dry = false;
	if (r == 0)
		r = put_page(&p, doc, digest);
	closed = paper_close(&p);
	return r < 0 ? r : closed;
}
