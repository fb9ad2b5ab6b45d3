/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.c - the sign of a verdict, a QR code, the surface of a medium
 */
#include "figures.h"

#include <errno.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

#define MARK_MIN 1.5 /* a bad sector of a large disk must still be seen */

static void polygon(struct paper *p, double x, double y, double radius, int corners, double turn)
{
	for (int i = 0; i < corners; i++) {
		const double angle = turn + 2 * G_PI * i / corners;

		cairo_line_to(p->cr, x + radius * sin(angle), y - radius * cos(angle));
	}
	cairo_close_path(p->cr);
}

/* In a square around 0, 1 being half a side. */
static void stroke(struct paper *p, double x, double y, double half, const double (*points)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cairo_line_to(p->cr, x + half * points[i][0], y + half * points[i][1]);
	cairo_stroke(p->cr);
}

void figure_sign(struct paper *p, double x, double y, double size, const char *result, struct rgb line)
{
	static const double tick[][2] = { { -0.45, 0.05 }, { -0.1, 0.4 }, { 0.5, -0.4 } };
	static const double fall[][2] = { { -0.4, -0.4 }, { 0.4, 0.4 } }, rise[][2] = { { -0.4, 0.4 }, { 0.4, -0.4 } };
	static const double hook[][2] = { { -0.2, -0.15 }, { -0.13, -0.3 }, { 0, -0.35 }, { 0.14, -0.3 }, { 0.2, -0.15 },
					  { 0.15, 0 }, { 0, 0.12 }, { 0, 0.28 } };
	const double half = size / 2, cx = x + half, cy = y + half;

	if (p->dry)
		return;
	cairo_set_source_rgb(p->cr, line.r, line.g, line.b);
	cairo_set_line_width(p->cr, size * 0.08);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
	if (strcmp(result, "PASS") == 0) {
		cairo_arc(p->cr, cx, cy, half * 0.9, 0, 2 * G_PI);
		cairo_stroke(p->cr);
		stroke(p, cx, cy, half, tick, G_N_ELEMENTS(tick));
	} else if (strcmp(result, "FAILED") == 0) {
		polygon(p, cx, cy, half * 0.95, 8, G_PI / 8);
		cairo_stroke(p->cr);
		stroke(p, cx, cy, half, fall, G_N_ELEMENTS(fall));
		stroke(p, cx, cy, half, rise, G_N_ELEMENTS(rise));
	} else {
		polygon(p, cx, cy + half * 0.2, half, 3, 0);
		cairo_stroke(p->cr);
		stroke(p, cx, cy + half * 0.1, half, hook, G_N_ELEMENTS(hook));
		cairo_arc(p->cr, cx, cy + half * 0.5, size * 0.045, 0, 2 * G_PI);
		cairo_fill(p->cr);
	}
}

int figure_qr(struct paper *p, double x, double y, double size, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	double module;

	if (!code)
		return -EIO;
	module = size / code->width;
	for (int row = 0; !p->dry && row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if (code->data[row * code->width + column] & 1)
				cairo_rectangle(p->cr, x + column * module, y + row * module, module, module);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
	cairo_fill(p->cr);
	QRcode_free(code);
	return 0;
}

/* ---- the surface ---------------------------------------------------------------------------- */

static double place(uint64_t offset, uint64_t size, double width)
{
	return size ? width * (double)MIN(offset, size) / (double)size : 0;
}

static uint64_t end_of(uint64_t offset, uint64_t length)
{
	uint64_t end;

	return add_overflows(offset, length, &end) ? UINT64_MAX : end;
}

static bool says(struct wv_doc *doc, const char *key, const char *text)
{
	const char *found = wv_doc_str(doc, key);

	return found && strcmp(found, text) == 0;
}

const char *figure_shade(struct paper *p, double x, double y, double width, double height, enum surface_shade shade)
{
	static const struct {
		struct rgb ink;
		bool hatched;
		const char *text;
	} rows[SURFACE_SHADES] = {
		[SURFACE_PROVEN] = { { 0.36, 0.55, 0.74 }, false, "overwritten and read back" },
		[SURFACE_WRITTEN] = { { 0.82, 0.88, 0.94 }, false, "overwritten, not all read back" },
		[SURFACE_OUTSIDE] = { { 0.45, 0.45, 0.45 }, true, "outside, or not there" },
		[SURFACE_BAD] = { { 0, 0, 0 }, false, "bad range" },
	};

	if (rows[shade].hatched)
		paper_hatch(p, x, y, width, height, 3, rows[shade].ink);
	else
		paper_box(p, x, y, width, height, rows[shade].ink);
	return rows[shade].text;
}

void figure_surface(struct paper *p, double x, double y, double width, double height, struct wv_doc *wipe)
{
	const uint64_t size = wv_doc_u64(wipe, "size"), real = wv_doc_u64(wipe, "real");
	const uint64_t offset = wv_doc_u64(wipe, "offset");
	const uint64_t length = wv_doc_get(wipe, "length") ? wv_doc_u64(wipe, "length") : size;
	const double from = place(offset, size, width), to = place(end_of(offset, length), size, width);
	const bool all = says(wipe, "status", "wiped") || says(wipe, "status", "range-wiped");
	struct wv_doc *bad = wv_doc_get(wipe, "bad");

	/* of one that failed nobody told where it was read back: blank */
	if (all || says(wipe, "status", "sampled") || says(wipe, "status", "unverified"))
		figure_shade(p, x + from, y, to - from, height, all ? SURFACE_PROVEN : SURFACE_WRITTEN);
	figure_shade(p, x, y, from, height, SURFACE_OUTSIDE);
	figure_shade(p, x + to, y, width - to, height, SURFACE_OUTSIDE);
	if (real && real < wv_doc_u64(wipe, "claimed"))
		figure_shade(p, x + place(real, size, width), y, width - place(real, size, width), height, SURFACE_OUTSIDE);
	for (size_t i = 0; i < wv_doc_count(bad); i++) {
		struct wv_doc *range = wv_doc_at(bad, i);
		const uint64_t first = wv_doc_u64(range, "offset");
		const double begin = place(first, size, width - MARK_MIN);
		const double wide = place(end_of(first, wv_doc_u64(range, "length")), size, width) - begin;

		figure_shade(p, x + begin, y - 2, MAX(wide, MARK_MIN), height + 4, SURFACE_BAD);
	}
	paper_frame(p, x, y, width, height, 0.7, (struct rgb){ 0, 0, 0 });
}
