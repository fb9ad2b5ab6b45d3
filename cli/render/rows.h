/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rows.h - headings, labels with their values, lists; each below the one before
 */
#ifndef WV_ROWS_H
#define WV_ROWS_H

#include "paper.h"

#define ROW_LABEL 106 /* points, of a row's width */
#define SIGNATURE_HIGH 42 /* its boxes */

extern const struct style row_value_style, row_label_style, row_small_style, row_title_style;

/* An English text of the table, in the paper's languages. Return: how high it is. */
double row_words(struct paper *p, double x, double width, const struct style *style, const char *english);
/* The same, each language on lines of its own. */
double row_sentence(struct paper *p, double x, double width, const struct style *style, const char *english);
void row_head(struct paper *p, double x, double width, const char *english);
/* NULL: no row. A value of the table comes in the paper's languages, any other as it is. */
void row_value(struct paper *p, double x, double width, const char *label, const char *value);
void row_when(struct paper *p, double x, double width, const char *label, const char *time);
void row_number(struct paper *p, double x, double width, const char *label, uint64_t n, const char *unit);
/* The first of a list of texts, and how many more there are. */
void row_list(struct paper *p, double x, double width, struct wv_doc *list, size_t most);
/* Boxes for a name, a title, a date and a signature. */
void row_signature(struct paper *p, const char *title);

#endif
