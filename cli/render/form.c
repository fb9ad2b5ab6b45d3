/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * form.c - what the client is handed of the registers: where data is kept, what changed, what was given back
 */
#include "pages.h"
#include "parts.h"

#include <errno.h>
#include <string.h>

/* A cell's text, of these members of a row: the second follows in brackets. */
struct cell {
	struct column column;
	const char *key, *more;
};

struct table {
	const char *rows;    /* the array's name */
	const char *heading; /* NULL: none */
	const char *nothing; /* what stands there instead of no rows */
	size_t n;
	struct cell cells[COLUMNS_MAX];
};

struct form {
	const char *name, *title;
	const char *mark;  /* above the title, NULL: none */
	const char *words; /* what is said with it */
	struct table tables[2];
	const char *signatures[3];
};

static const struct form forms[] = {
	{ "storage", "Notice of where electronic data is kept", "Annexed form (article 3-4)",
	  "Under article 3-4 of the information-security annex, we notify where the electronic data of this work is kept:",
	  { { "rows", NULL, "No place is on the register.", 5,
	      { { { .title = "No", .at = 4, .wide = 36 }, "entry", NULL },
		{ { .title = "Name of the place", .at = 48, .wide = 118 }, "name", NULL },
		{ { .title = "Where it is", .at = 174, .wide = 152 }, "place", NULL },
		{ { .title = "Provider of a cloud or online storage", .at = 334, .wide = 90 }, "provider", NULL },
		{ { .title = "On the register since", .at = 432, .wide = TEXT_WIDTH - 436, .size = 7, .kind = COLUMN_DAY }, "entered", NULL } } } },
	  { "Notified by (contractor)", "Received by the client", NULL } },
	{ "change", "Notice of changes in where electronic data is kept", "Annexed form (article 3-4)",
	  "Under article 3-4 of the information-security annex, we report these changes of what was notified:",
	  { { "rows", NULL, "Nothing has changed.", 6,
	      { { { .title = "Kind", .at = 4, .wide = 44, .kind = COLUMN_WORDS }, "kind", NULL },
		{ { .title = "Name of the place", .at = 56, .wide = 94 }, "name", NULL },
		{ { .title = "Before", .at = 158, .wide = 104 }, "place_before", "provider_before" },
		{ { .title = "After", .at = 270, .wide = 104 }, "place", "provider" },
		{ { .title = "Day", .at = 382, .wide = 58, .size = 7, .kind = COLUMN_DAY }, "when", NULL },
		{ { .title = "Reason", .at = 448, .wide = TEXT_WIDTH - 452 }, "text", NULL } } } },
	  { "Notified by (contractor)", "Received by the client", NULL } },
	{ "return", "Return and receipt of supplied assets", NULL,
	  "Under article 7 of the information-security annex, we return these documents and information assets:",
	  { { "rows", "Returned", "Nothing was returned.", 6,
	      { { { .title = "No", .at = 4, .wide = 32 }, "entry", NULL },
		{ { .title = "What was supplied", .at = 44, .wide = 144 }, "name", NULL },
		{ { .title = "Supplied by", .at = 196, .wide = 82 }, "from", NULL },
		{ { .title = "Received on", .at = 286, .wide = 56, .size = 7, .kind = COLUMN_DAY }, "received", NULL },
		{ { .title = "Returned on", .at = 350, .wide = 58, .size = 7, .kind = COLUMN_DAY }, "ended", NULL },
		{ { .title = "How", .at = 416, .wide = TEXT_WIDTH - 420 }, "text", NULL } } },
	    { "outstanding", "Not returned yet", NULL, 5,
	      { { { .title = "No", .at = 4, .wide = 32 }, "entry", NULL },
		{ { .title = "What was supplied", .at = 44, .wide = 144 }, "name", NULL },
		{ { .title = "Supplied by", .at = 196, .wide = 82 }, "from", NULL },
		{ { .title = "Received on", .at = 286, .wide = 56, .size = 7, .kind = COLUMN_DAY }, "received", NULL },
		{ { .title = "Due", .at = 350, .wide = TEXT_WIDTH - 354, .size = 7, .kind = COLUMN_DAY }, "due", NULL } } } },
	  { "Returned by (contractor)", "Received by the client", NULL } },
};

static char *text_of(struct wv_doc *row, const struct cell *cell)
{
	const char *text = wv_doc_str(row, cell->key), *more = cell->more ? wv_doc_str(row, cell->more) : NULL;

	if (!text && wv_doc_get(row, cell->key))
		return g_strdup_printf("%" PRIu64, wv_doc_u64(row, cell->key));
	return more ? g_strdup_printf("%s (%s)", text ? text : "-", more) : g_strdup(text);
}

static void put_row(struct sheets *s, const struct table *table, struct wv_doc *row)
{
	char *texts[COLUMNS_MAX] = { NULL };

	for (size_t i = 0; i < table->n; i++)
		texts[i] = text_of(row, &table->cells[i]);
	sheets_row(s, (const char *const *)texts, NULL);
	for (size_t i = 0; i < table->n; i++)
		g_free(texts[i]);
}

static void put_table(struct sheets *s, const struct table *table, struct wv_doc *doc)
{
	struct wv_doc *rows = table->rows ? wv_doc_get(doc, table->rows) : NULL; /* NULL: the form has no second table */
	struct column columns[COLUMNS_MAX];
	const size_t n = wv_doc_count(rows);

	if (!n && !table->nothing)
		return;
	if (table->heading)
		part_section(s, table->heading);
	if (!n) {
		part_words(s, table->nothing);
		return;
	}
	for (size_t i = 0; i < table->n; i++)
		columns[i] = table->cells[i].column;
	s->boxed = true;
	sheets_open(s, columns, table->n);
	for (size_t i = 0; i < n; i++)
		put_row(s, table, wv_doc_at(rows, i));
	sheets_close(s);
	s->paper->y += 8;
}

static void put_told(struct sheets *s, const struct form *form, struct wv_doc *doc)
{
	if (strcmp(form->name, "storage") == 0) {
		struct wv_doc *rows = wv_doc_get(doc, "rows");
		bool clouds = false;

		for (size_t i = 0; i < wv_doc_count(rows); i++)
			clouds = clouds || wv_doc_str(wv_doc_at(rows, i), "provider");
		part_fact(s, "Cloud or online storage is used", clouds ? "yes" : "no");
	}
	if (wv_doc_str(doc, "since"))
		part_when(s, "Since", wv_doc_str(doc, "since"));
	if (wv_doc_str(doc, "last_told"))
		part_day(s, "Last notified on", wv_doc_str(doc, "last_told"));
}

struct whole {
	const struct form *form;
	struct wv_doc *doc;
};

static void put_form(struct sheets *s, const void *data)
{
	const struct whole *whole = data;
	const struct form *form = whole->form;

	if (form->mark)
		part_words(s, form->mark);
	part_title(s, form->title);
	part_letter(s, whole->doc);
	part_words(s, form->words);
	for (size_t i = 0; i < G_N_ELEMENTS(form->tables); i++)
		put_table(s, &form->tables[i], whole->doc);
	put_told(s, form, whole->doc);
	part_signatures(s, form->signatures);
}

int page_of_form(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf)
{
	const char *name = wv_doc_str(doc, "form"), *station = wv_doc_str(doc, "station");

	for (size_t i = 0; name && i < G_N_ELEMENTS(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return sheets_draw(fonts, lang, &(struct sheets_page){
				.title = forms[i].title, .about = station ? station : "-", .created = wv_doc_str(doc, "created"),
				.lab = wv_doc_bool(doc, "lab"), .put = put_form, .data = &(struct whole){ &forms[i], doc } },
				digest, pdf);
	return -EBADMSG;
}
