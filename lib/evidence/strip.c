/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strip.c - the surface of a medium as it was wiped: a picture
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "markup.h"
#include "strip.h"

#define CELLS_MAX 256
#define ROWS_MAX 64
#define RATE_MAX 1e6 /* MB/s: no medium writes a terabyte a second */
#define LEVELS 32    /* of colour; neighbours of one level are one rectangle */

/* In the picture's units. */
#define STRIP 768 /* wide: 3 a cell */
#define LEFT 150
#define WIDTH (LEFT + STRIP + 110)
#define TOP 84
#define ROW 20
#define STEP 24
#define MARK_MIN 3 /* a bad sector of a large disk must still be seen */

static void put_label(struct wv__markup *svg, int x, int y, const char *anchor, const char *text)
{
	wv__markup(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
	wv__markup_text(svg, text);
	wv__markup(svg, "</text>\n");
}

/* ---- rates ---------------------------------------------------------------------- */

/* 0: not reached, or nothing that can be drawn. */
static double rate_at(struct wv_doc *cells, size_t i)
{
	const double rate = wv__doc_real_at(cells, i);

	return isfinite(rate) && rate > 0 && rate <= RATE_MAX ? rate : 0;
}

/* NULL: this pass has none. */
static struct wv_doc *cells_of(struct wv_doc *pass)
{
	struct wv_doc *cells = wv_doc_get(pass, "cells");
	const size_t n = cells ? wv_doc_count(cells) : 0;

	return n >= 1 && n <= CELLS_MAX ? cells : NULL;
}

static unsigned int count_rows(struct wv_doc *passes)
{
	unsigned int n = 0;

	for (size_t i = 0; passes && i < wv_doc_count(passes); i++)
		n += cells_of(wv_doc_at(passes, i)) != NULL;
	return MIN(n, (unsigned int)ROWS_MAX);
}

/* The end of the scale: 1, 2 or 5 times a power of ten, at least the fastest cell. */
static double scale_of(struct wv_doc *passes)
{
	static const double steps[] = { 1, 2, 5 };
	double fastest = 0, power = 1;

	for (size_t i = 0; i < wv_doc_count(passes); i++) {
		struct wv_doc *cells = cells_of(wv_doc_at(passes, i));

		for (size_t k = 0; cells && k < wv_doc_count(cells); k++)
			fastest = fmax(fastest, rate_at(cells, k));
	}
	for (;; power *= 10)
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
			if (steps[i] * power >= fastest)
				return steps[i] * power;
}

/* -1: not reached. */
static int level_of(double rate, double scale)
{
	return rate > 0 ? (int)(rate / scale * (LEVELS - 1) + 0.5) : -1;
}

/* Ever lighter (the colours of "viridis", CC0): as greys they keep their order. */
static void colour_of(int level, char ret[8])
{
	static const unsigned char stops[][3] = {
		{ 0x44, 0x01, 0x54 }, { 0x3b, 0x52, 0x8b }, { 0x21, 0x91, 0x8c },
		{ 0x5e, 0xc9, 0x62 }, { 0xfd, 0xe7, 0x25 },
	};
	const int last = ARRAY_SIZE(stops) - 1;
	const int at = MIN(level * last / (LEVELS - 1), last - 1);
	const int rest = level * last - at * (LEVELS - 1);
	unsigned int c[3];

	for (int i = 0; i < 3; i++)
		c[i] = (unsigned int)(stops[at][i] +
				      (stops[at + 1][i] - stops[at][i]) * rest / (LEVELS - 1));
	snprintf(ret, 8, "#%02x%02x%02x", c[0] & 0xff, c[1] & 0xff, c[2] & 0xff);
}

static void put_cell(struct wv__markup *svg, int x, int y, int width, int level)
{
	char colour[8];

	if (level < 0) {
		wv__markup(svg,
			   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
			   "fill=\"url(#none)\"/>\n",
			   x, y, width, ROW);
		return;
	}
	colour_of(level, colour);
	wv__markup(svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x, y,
		   width, ROW, colour);
}

static void put_cells(struct wv__markup *svg, struct wv_doc *cells, double scale, int y)
{
	const int n = (int)wv_doc_count(cells);

	for (int i = 0, end; i < n; i = end) {
		const int level = level_of(rate_at(cells, i), scale);

		for (end = i + 1; end < n && level_of(rate_at(cells, end), scale) == level; end++)
			;
		put_cell(svg, LEFT + i * STRIP / n, y, end * STRIP / n - i * STRIP / n, level);
	}
}

static void put_pass(struct wv__markup *svg, struct wv_doc *pass, double scale, int y)
{
	const char *pattern = wv_doc_str(pass, "pattern");
	const double rate = wv_doc_real(pass, "mb_per_s");
	char text[96];

	snprintf(text, sizeof(text), "pass %" PRIu64 " %.24s", wv_doc_u64(pass, "pass"),
		 pattern ? pattern : "");
	put_label(svg, LEFT - 8, y + 15, "end", text);
	put_cells(svg, cells_of(pass), scale, y);
	wv__markup(svg,
		   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" "
		   "stroke=\"#000\"/>\n",
		   LEFT, y, STRIP, ROW);
	if (!isfinite(rate) || rate <= 0 || rate > RATE_MAX)
		return;
	snprintf(text, sizeof(text), "%.0f MB/s", rate);
	put_label(svg, LEFT + STRIP + 8, y + 15, "start", text);
}

/* ---- bad ranges -------------------------------------------------------------------- */

/* Where an offset lies on the strip, 0 to STRIP. */
static double place_of(struct wv_doc *result, uint64_t offset)
{
	const uint64_t start = wv_doc_u64(result, "offset"), length = wv_doc_u64(result, "length");
	const uint64_t inside = offset > start ? offset - start : 0;

	return inside >= length ? STRIP : (double)inside / (double)length * STRIP;
}

static void mark_range(struct wv_doc *result, struct wv_doc *range, bool marks[STRIP])
{
	const uint64_t from = wv_doc_u64(range, "offset");
	uint64_t end;
	int first, last;

	if (add_overflows(from, wv_doc_u64(range, "length"), &end))
		end = UINT64_MAX;
	if (end <= from || end <= wv_doc_u64(result, "offset"))
		return;
	first = MIN((int)place_of(result, from), STRIP - MARK_MIN);
	last = MIN(MAX((int)ceil(place_of(result, end)), first + MARK_MIN), STRIP);
	memset(marks + first, true, last - first);
}

static void put_bad(struct wv__markup *svg, struct wv_doc *result, int y)
{
	struct wv_doc *bad = wv_doc_get(result, "bad");
	const size_t n = bad ? wv_doc_count(bad) : 0;
	bool marks[STRIP] = { false };
	char text[64];

	for (size_t i = 0; i < n; i++)
		mark_range(result, wv_doc_at(bad, i), marks);
	put_label(svg, LEFT - 8, y + 15, "end", "bad");
	wv__markup(svg,
		   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" "
		   "stroke=\"#000\"/>\n",
		   LEFT, y, STRIP, ROW);
	for (int i = 0, end; i < STRIP; i = end) {
		for (end = i + 1; end < STRIP && marks[end] == marks[i]; end++)
			;
		if (marks[i])
			wv__markup(
				svg,
				"<rect class=\"bad\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
				"fill=\"#000\"/>\n",
				LEFT + i, y, end - i, ROW);
	}
	snprintf(text, sizeof(text), n == 1 ? "%zu range" : "%zu ranges", n);
	put_label(svg, LEFT + STRIP + 8, y + 15, "start", n ? text : "none");
}

/* ---- around it ------------------------------------------------------------------------ */

static void size_text(uint64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1000 && unit + 1 < ARRAY_SIZE(units); unit++)
		value /= 1000;
	snprintf(buf, size, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void put_axis(struct wv__markup *svg, struct wv_doc *result, int y)
{
	const uint64_t start = wv_doc_u64(result, "offset"), length = wv_doc_u64(result, "length");
	static const char *const anchors[] = { "start", "middle", "middle", "middle", "end" };
	char text[32];

	for (unsigned int i = 0; i < ARRAY_SIZE(anchors); i++) {
		size_text(start + length / 4 * i, text, sizeof(text));
		put_label(svg, LEFT + (int)i * STRIP / 4, y, anchors[i], text);
	}
}

static void put_legend(struct wv__markup *svg, double scale, int y)
{
	const int wide = STRIP / 2 / LEVELS;
	char text[32];

	put_label(svg, LEFT - 8, y + 15, "end", "MB/s");
	for (int i = 0; i < LEVELS; i++)
		put_cell(svg, LEFT + i * wide, y, wide, i);
	for (int i = 0; i <= 4; i++) {
		snprintf(text, sizeof(text), "%g", scale * i / 4);
		put_label(svg, LEFT + LEVELS * wide * i / 4, y + 34, "middle", text);
	}
	put_cell(svg, LEFT + STRIP / 2 + 40, y, 40, -1);
	put_label(svg, LEFT + STRIP / 2 + 88, y + 15, "start", "not reached");
	wv__markup(svg, "<rect x=\"%d\" y=\"%d\" width=\"40\" height=\"%d\" fill=\"#000\"/>\n",
		   LEFT + STRIP / 2 + 200, y, ROW);
	put_label(svg, LEFT + STRIP / 2 + 248, y + 15, "start", "bad");
}

static void put_fact(struct wv__markup *svg, const char *label, const char *value)
{
	if (!value)
		return;
	wv__markup(svg, "%s ", label);
	wv__markup_text(svg, value);
}

static void put_title(struct wv__markup *svg, struct wv_doc *result)
{
	const char *device = wv_doc_str(result, "device");
	const char *status = wv_doc_str(result, "status");

	wv__markup_text(svg, device ? device : "a medium");
	wv__markup(svg, ": ");
	wv__markup_text(svg, status ? status : "unknown");
}

static void put_head(struct wv__markup *svg, struct wv_doc *result, int height)
{
	const uint64_t claimed = wv_doc_u64(result, "claimed"), real = wv_doc_u64(result, "real");
	char size[32];

	size_text(wv_doc_u64(result, "size"), size, sizeof(size));
	wv__markup(svg,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" role=\"img\" "
		   "width=\"%d\" "
		   "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
		   "font-size=\"13\">\n<title>",
		   WIDTH, height, WIDTH, height);
	put_title(svg, result);
	wv__markup(svg,
		   "</title>\n<desc>The rate at which each part of the medium was overwritten, a "
		   "row for "
		   "each pass, and the ranges that are bad.</desc>\n"
		   "<defs><pattern id=\"none\" width=\"6\" height=\"6\" "
		   "patternUnits=\"userSpaceOnUse\">"
		   "<rect width=\"6\" height=\"6\" fill=\"#fff\"/>"
		   "<path d=\"M0 6L6 0\" stroke=\"#888\"/></pattern></defs>\n"
		   "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<text x=\"16\" y=\"28\" "
		   "font-size=\"18\">",
		   WIDTH, height);
	put_title(svg, result);
	wv__markup(svg, "</text>\n<text x=\"16\" y=\"50\">");
	put_fact(svg, "", wv_doc_str(result, "model"));
	put_fact(svg, " serial", wv_doc_str(result, "serial"));
	put_fact(svg, ",", size);
	put_fact(svg, ", method", wv_doc_str(result, "method"));
	wv__markup(svg, "</text>\n");
	if (real && real < claimed)
		wv__markup(svg,
			   "<text x=\"16\" y=\"70\">FAKE: claims %" PRIu64 " bytes, has %" PRIu64
			   "</text>\n",
			   claimed, real);
}

int wv__strip_svg(struct wv_ctx *ctx, struct wv_doc *result, char **ret_text)
{
	struct wv_doc *passes = wv_doc_get(result, "passes");
	const int rows = (int)count_rows(passes);
	struct wv__markup svg = { 0 };
	int y = TOP, drawn = 0;
	double scale;

	if (!rows)
		return wv__fail(ctx, -ENODATA, "no pass tells its rate over the surface");
	scale = scale_of(passes);
	put_head(&svg, result, TOP + (rows + 1) * STEP + 90);
	for (size_t i = 0; drawn < rows; i++) {
		if (!cells_of(wv_doc_at(passes, i)))
			continue;
		put_pass(&svg, wv_doc_at(passes, i), scale, y);
		y += STEP;
		drawn++;
	}
	put_bad(&svg, result, y);
	put_axis(&svg, result, y + STEP + 12);
	put_legend(&svg, scale, y + STEP + 28);
	wv__markup(&svg, "</svg>\n");
	return wv__markup_take(ctx, &svg, ret_text);
}
