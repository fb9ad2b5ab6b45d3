/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.h - what is drawn on a certificate: the sign of its verdict, the QR code, the surface
 */
#ifndef WV_FIGURES_H
#define WV_FIGURES_H

#include "paper.h"

/* "PASS", "FAILED" or anything else, which is UNKNOWN: a ticked circle, a crossed octagon, a triangle with a question mark. */
void figure_sign(struct paper *p, double x, double y, double size, const char *result, struct rgb line);
int figure_qr(struct paper *p, double x, double y, double size, const char *text); /* 0 or -EIO */
/* How a part of a surface is drawn; a box of it, and in words what it means. */
enum surface_shade { SURFACE_PROVEN, SURFACE_WRITTEN, SURFACE_OUTSIDE, SURFACE_BAD, SURFACE_SHADES };
const char *figure_shade(struct paper *p, double x, double y, double width, double height, enum surface_shade shade);
/* The medium from its first byte to its last: the wipe's range, what of it is proven, what is bad. */
void figure_surface(struct paper *p, double x, double y, double width, double height, struct wv_doc *wipe);

#endif
