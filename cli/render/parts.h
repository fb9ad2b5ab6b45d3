/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - what a paper of several sheets has beside tables: its title, sections, facts, boxes to sign
 */
#ifndef WV_PARTS_H
#define WV_PARTS_H

#include "sheets.h"

/* Both languages one below the other, in the middle. */
void part_title(struct sheets *s, const char *english);
/* A heading that stays with what follows it. */
void part_section(struct sheets *s, const char *english);
/* NULL: "-". A value of the table of words comes in the paper's languages, any other as it is. */
void part_fact(struct sheets *s, const char *label, const char *value);
void part_factf(struct sheets *s, const char *label, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A date, or a moment in UTC: in Japanese of the era, and a moment in Japan's time. */
void part_when(struct sheets *s, const char *label, const char *time);
/* The day of one alone. */
void part_day(struct sheets *s, const char *label, const char *time);
/* A sentence of the table of words over the whole width. */
void part_words(struct sheets *s, const char *english);
/* As a letter begins: the day on the right, whom it is for on the left, who writes on the right. */
void part_letter(struct sheets *s, struct wv_doc *doc);
/* Of an identity: kind, model, serial, size. */
void part_medium(struct sheets *s, struct wv_doc *identity);
/* A label, and room to write by hand. */
void part_blank(struct sheets *s, const char *label);
/* A table of {"path","size","sha256"}: so many, and how many more there are. */
void part_files(struct sheets *s, struct wv_doc *list, size_t most);
/* One below the other, on one sheet; ended by NULL. */
void part_signatures(struct sheets *s, const char *const *titles);

#endif
