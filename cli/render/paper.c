/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paper.c - sheets of a PDF, by Cairo and Pango
 */
#include "paper.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <string.h>
#include <unistd.h>

#define FONT_SIZE 10
#define LINE_SPACING 1.15F

/* Of Debian's packages fonts-ipaexfont-gothic and fonts-noto-cjk. */
static const struct {
	const char *family, *file;
} known_fonts[] = {
	{ "IPAexGothic", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf" },
	{ "Noto Sans CJK JP", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" },
};

/*
 * A page of no one. fontconfig, HarfBuzz and FreeType open the font's file, and keep it; and for each
 * font that is new to it Pango starts a thread, which cannot be had later. So all text is laid
 * out in one size and one language, and scaled; and here is all else that would be another font
 * to Pango: an emoji, and characters that the font does not have.
 */
static void warm_up(const struct fonts *fonts)
{
	GByteArray *pdf = g_byte_array_new();
	struct paper p;

	if (paper_open(&p, fonts, WV__LANG_BOTH, pdf) == 0) {
		paper_text(&p, MARGIN, TEXT_WIDTH, &(struct style){ .size = 9, .bold = true }, "消去証明書 Certificate \xf0\x9f\x98\x80 \xe1\x9a\xa0");
		paper_close(&p);
	}
	g_byte_array_unref(pdf);
}

int fonts_open(struct fonts *fonts)
{
	FcConfig *config = FcConfigCreate();
	size_t i = 0;

	while (i < G_N_ELEMENTS(known_fonts) && access(known_fonts[i].file, R_OK) < 0)
		i++;
	if (!config || i == G_N_ELEMENTS(known_fonts) ||
	    !FcConfigAppFontAddFile(config, (const FcChar8 *)known_fonts[i].file)) {
		if (config)
			FcConfigDestroy(config);
		return -ENOENT;
	}
	FcConfigSetCurrent(config); /* the system's is never read */
	fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	fonts->font = pango_font_description_new();
	pango_font_description_set_family_static(fonts->font, known_fonts[i].family);
	pango_font_description_set_absolute_size(fonts->font, FONT_SIZE * PANGO_SCALE);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->map), config);
	FcConfigDestroy(config); /* the map has a reference */
	warm_up(fonts);
	return 0;
}

void fonts_close(struct fonts *fonts)
{
	pango_font_description_free(fonts->font);
	g_object_unref(fonts->map);
}

static cairo_status_t take_bytes(void *pdf, const unsigned char *data, unsigned int length)
{
	g_byte_array_append(pdf, data, length);
	return CAIRO_STATUS_SUCCESS;
}

int paper_open(struct paper *p, const struct fonts *fonts, enum wv__lang lang, GByteArray *pdf)
{
	*p = (struct paper){ .font = fonts->font, .lang = lang, .scale = 1, .y = MARGIN };
	p->surface = cairo_pdf_surface_create_for_stream(take_bytes, pdf, SHEET_WIDTH, SHEET_HEIGHT);
	p->cr = cairo_create(p->surface);
	p->pango = pango_font_map_create_context(fonts->map);
	pango_cairo_update_context(p->cr, p->pango);
	/* none that Pango knows the scripts of: it would take another for each script */
	pango_context_set_language(p->pango, pango_language_from_string("zxx"));
	return cairo_status(p->cr) == CAIRO_STATUS_SUCCESS ? 0 : -EIO;
}

void paper_title(struct paper *p, const char *title, const char *created)
{
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "workvol-render " WV_VERSION);
	if (created) /* the document's, so that the same one gives the same page */
		cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

int paper_close(struct paper *p)
{
	cairo_status_t status = cairo_status(p->cr);

	cairo_destroy(p->cr);
	cairo_surface_finish(p->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	cairo_surface_destroy(p->surface);
	g_object_unref(p->pango);
	return status == CAIRO_STATUS_SUCCESS ? 0 : -EIO;
}

void paper_next_sheet(struct paper *p)
{
	if (!p->dry)
		cairo_show_page(p->cr);
	p->y = MARGIN;
}

void paper_gap(struct paper *p, double points)
{
	p->y += points * p->scale;
}

/* ---- text ----------------------------------------------------------------------------- */

/*
 * Controls, and what turns the direction of the text around it, become question marks. So do the ends
 * of lines: a name with some would be as high as it likes, and look like rows of ours.
 */
static char *printable(const char *text)
{
	GString *safe = g_string_new(NULL);
	char *valid = g_utf8_make_valid(text, -1); /* a day that was cut out of something else need not be */

	for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
		const gunichar u = g_utf8_get_char(c);
		const GUnicodeType type = g_unichar_type(u);
		const bool bad = type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
				 type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;

		g_string_append_unichar(safe, bad ? '?' : u);
	}
	g_free(valid);
	return g_string_free(safe, FALSE);
}

static PangoLayout *layout_of(struct paper *p, double width, const struct style *style, const char *text)
{
	PangoLayout *layout = pango_layout_new(p->pango);
	char *safe = printable(text);

	pango_layout_set_font_description(layout, p->font);
	pango_layout_set_width(layout, width * PANGO_SCALE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, LINE_SPACING); /* the font's own lines touch */
	pango_layout_set_alignment(layout, style->align);
	if (style->lines) {
		pango_layout_set_height(layout, -style->lines);
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
	pango_layout_set_text(layout, safe, -1);
	g_free(safe);
	return layout;
}

double paper_text(struct paper *p, double x, double width, const struct style *style, const char *text)
{
	const double scale = style->size * p->scale / FONT_SIZE;
	PangoLayout *layout = layout_of(p, width / scale, style, text);
	PangoRectangle logical;

	pango_layout_get_extents(layout, NULL, &logical);
	if (!p->dry) {
		cairo_save(p->cr);
		cairo_translate(p->cr, x, p->y);
		cairo_scale(p->cr, scale, scale);
		cairo_set_source_rgb(p->cr, style->grey, style->grey, style->grey);
		cairo_move_to(p->cr, 0, 0);
		pango_cairo_show_layout(p->cr, layout);
		if (style->bold) { /* the font has one weight: an outline makes it heavier */
			cairo_move_to(p->cr, 0, 0);
			pango_cairo_layout_path(p->cr, layout);
			cairo_set_line_width(p->cr, FONT_SIZE * 0.035);
			cairo_stroke(p->cr);
		}
		cairo_restore(p->cr);
	}
	g_object_unref(layout);
	return (double)logical.height / PANGO_SCALE * scale;
}

double paper_pair(struct paper *p, double x, double width, const struct style *style, const char *text, const char *under)
{
	const double high = paper_text(p, x, width, style, text);
	double more = 0;

	if (under) {
		p->y += high;
		more = paper_text(p, x, width, style, under);
		p->y -= high;
	}
	return high + more;
}

double paper_textf(struct paper *p, double x, double width, const struct style *style, const char *fmt, ...)
{
	va_list args;
	double height;
	char *text;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	height = paper_text(p, x, width, style, text);
	g_free(text);
	return height;
}

/* ---- lines and boxes ---------------------------------------------------------------------- */

void paper_box(struct paper *p, double x, double y, double width, double height, struct rgb fill)
{
	if (p->dry)
		return;
	cairo_set_source_rgb(p->cr, fill.r, fill.g, fill.b);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_fill(p->cr);
}

void paper_rule(struct paper *p, double x, double y, double width, double thick, double grey)
{
	paper_box(p, x, y, width, thick, (struct rgb){ grey, grey, grey });
}

void paper_frame(struct paper *p, double x, double y, double width, double height, double thick, struct rgb line)
{
	if (p->dry)
		return;
	cairo_set_source_rgb(p->cr, line.r, line.g, line.b);
	cairo_set_line_width(p->cr, thick);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_stroke(p->cr);
}

void paper_hatch(struct paper *p, double x, double y, double width, double height, double step, struct rgb line)
{
	if (p->dry || width <= 0)
		return;
	cairo_save(p->cr);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_clip(p->cr);
	cairo_set_source_rgb(p->cr, line.r, line.g, line.b);
	cairo_set_line_width(p->cr, 0.6);
	for (double at = x - height; at < x + width; at += step) {
		cairo_move_to(p->cr, at, y + height);
		cairo_line_to(p->cr, at + height, y);
	}
	cairo_stroke(p->cr);
	cairo_restore(p->cr);
}
