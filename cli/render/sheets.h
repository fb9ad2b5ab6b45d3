/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheets.h - a table that goes on over sheets, each with its head and its foot
 */
#ifndef WV_SHEETS_H
#define WV_SHEETS_H

#include "paper.h"

#define COLUMNS_MAX 6

/* What its texts are: as they stand, of the table of words, its sentences, times, or times of which the day is told. */
enum column_kind { COLUMN_TEXT, COLUMN_WORDS, COLUMN_SENTENCE, COLUMN_WHEN, COLUMN_DAY };

struct column {
	const char *title; /* NULL: the table has no heads */
	double at, wide;   /* from the left margin */
	double size;       /* of its text; 0: 8 points */
	enum column_kind kind;
};

struct sheets {
	struct paper *paper;
	const char *about, *digest; /* on each foot */
	bool lab;
	int number, total;          /* total 0: not known yet */
	const struct column *columns; /* of the table that is open; NULL: none */
	size_t n;
	bool boxed; /* lines between the columns too, as a form has them */
	GArray *heights; /* of each row, as the first layout found them */
	guint row;
};

/* A document over sheets: it is laid out once to count them, and then drawn. */
struct sheets_page {
	const char *title; /* English */
	const char *about; /* on each foot */
	const char *created;
	bool lab;
	void (*put)(struct sheets *s, const void *data);
	const void *data;
};
int sheets_draw(const struct fonts *fonts, enum wv__lang lang, const struct sheets_page *page, const char *digest,
		GByteArray *pdf);

/* Room for so much; else the next sheet begins, and repeats the heads of the open table. */
void sheets_need(struct sheets *s, double height);
void sheets_begin(struct sheets *s); /* the first */
void sheets_end(struct sheets *s);   /* the foot of the last */
void sheets_open(struct sheets *s, const struct column *columns, size_t n);
void sheets_close(struct sheets *s);
/*
 * A line over all columns, shaded; it stays with @follows points more. It, notes and the titles of
 * columns come in the paper's languages where the table of words has them.
 */
void sheets_group(struct sheets *s, const char *text, double follows);
/* One text a column; @under: one more below the first, or NULL. Of what is too long for a sheet the begin. */
void sheets_row(struct sheets *s, const char *const *texts, const char *under);
/* One text over all columns. */
void sheets_note(struct sheets *s, const char *text);

#endif
