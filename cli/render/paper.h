/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paper.h - A4 sheets of a PDF: text, rules and boxes, in points from the upper left corner
 */
#ifndef WV_PAPER_H
#define WV_PAPER_H

#include "base/json.h" /* first: GLib takes MIN and MAX from whoever had them, util.h does not */
#include "evidence/words.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#define SHEET_WIDTH 595.276
#define SHEET_HEIGHT 841.89
#define MARGIN 40
#define TEXT_WIDTH (SHEET_WIDTH - 2 * MARGIN)

/* The one font that is used, its file open: after this none has to be. */
struct fonts {
	PangoFontMap *map;
	PangoFontDescription *font;
};

struct paper {
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *pango;
	PangoFontDescription *font;
	enum wv__lang lang;
	double scale; /* of all sizes of text and gaps */
	double y;     /* where the next line goes */
	bool dry;     /* measure only */
};

struct style {
	double size; /* points */
	double grey; /* 0 black, 1 white */
	bool bold;
	int lines;   /* at most, then an ellipsis; 0: any number */
	PangoAlignment align;
};

struct rgb {
	double r, g, b;
};

/* 0; -ENOENT: no font for Japanese is installed. */
int fonts_open(struct fonts *fonts);
void fonts_close(struct fonts *fonts);

/* @pdf gets the file when the paper is closed. */
int paper_open(struct paper *p, const struct fonts *fonts, enum wv__lang lang, GByteArray *pdf);
void paper_title(struct paper *p, const char *title, const char *created);
int paper_close(struct paper *p); /* 0 or -EIO: nothing that was drawn counts */
void paper_next_sheet(struct paper *p);

/* Text at x and the paper's y, which stays where it is. Return: how high it is. */
double paper_text(struct paper *p, double x, double width, const struct style *style, const char *text);
/* One below the other, each with the style's lines; @under: NULL for none. */
double paper_pair(struct paper *p, double x, double width, const struct style *style, const char *text, const char *under);
double paper_textf(struct paper *p, double x, double width, const struct style *style, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Lines and filled boxes at places of the sheet, not below y. */
void paper_rule(struct paper *p, double x, double y, double width, double thick, double grey);
void paper_box(struct paper *p, double x, double y, double width, double height, struct rgb fill);
void paper_frame(struct paper *p, double x, double y, double width, double height, double thick, struct rgb line);
/* Lines from the lower left to the upper right, in a box. */
void paper_hatch(struct paper *p, double x, double y, double width, double height, double step, struct rgb line);
void paper_gap(struct paper *p, double points);

#endif
