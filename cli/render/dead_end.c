/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dead_end.c - the papers of a take-out that did not end as it should, with what is written on them by hand
 */
#include "pages.h"
#include "parts.h"

#include <errno.h>
#include <string.h>

struct form {
	const char *name, *title, *words;
	void (*facts)(struct sheets *s, struct wv_doc *doc);
	const char *blanks[6];     /* filled in by hand */
	const char *signatures[4];
};

static void destruction(struct sheets *s, struct wv_doc *doc)
{
	struct wv_doc *wipe = wv_doc_get(doc, "wipe");

	part_section(s, "Why it is to be destroyed");
	part_when(s, "keys destroyed at", wv_doc_str(doc, "keys_destroyed"));
	part_when(s, "wipe failed at", wv_doc_str(doc, "wipe_failed"));
	part_fact(s, "how the wipe ended", wv_doc_str(wipe, "status"));
	part_factf(s, "bad ranges", "%zu", wv_doc_count(wv_doc_get(wipe, "bad")));
}

static void unrecoverable(struct sheets *s, struct wv_doc *doc)
{
	const char *consent = wv_doc_str(wv_doc_get(doc, "client_consent"), "number");

	part_section(s, "What is given up");
	part_when(s, "saved to the server", wv_doc_str(doc, "saved"));
	part_when(s, "last check", wv_doc_str(doc, "checked"));
	part_fact(s, "keys", "not destroyed: they are destroyed once both have consented");
	if (consent)
		part_fact(s, "consent number of the client", consent);
}

static void found(struct sheets *s, struct wv_doc *doc)
{
	struct wv_doc *incident = wv_doc_get(doc, "incident");

	part_section(s, "The incident");
	part_factf(s, "incident number", "%" PRIu64, wv_doc_u64(incident, "incident"));
	part_fact(s, "what", wv_doc_str(incident, "text"));
	part_when(s, "first recognised", wv_doc_str(incident, "recognised"));
	part_when(s, "client told at", wv_doc_str(incident, "notified"));
	part_when(s, "found, put on record", wv_doc_str(doc, "found"));
	part_fact(s, "how it was found", wv_doc_str(doc, "how"));
	part_when(s, "last check", wv_doc_str(doc, "checked"));
}

static const struct form forms[] = {
	{ "destruction", "Order and record of a physical destruction",
	  "The wipe of this medium failed, and is not proven. Its keys are destroyed; the medium itself is to be destroyed, "
	  "and this page is the record of it.", destruction,
	  { "method of destruction", "place", "date and time", "numbers of the photographs", "state afterwards", NULL },
	  { "Destroyed by", "Witness", "Responsible person", NULL } },
	{ "unrecoverable", "Consent to give up a volume that cannot be recovered",
	  "This volume cannot be opened any more. What was not saved is lost with its keys. The client and the responsible "
	  "person consent to the destruction of the keys and to the wipe of the medium.", unrecoverable,
	  { "why it cannot be opened", "what was tried", "what is lost with it", "consent number of the client", NULL },
	  { "The client's consent", "Responsible person", NULL } },
	{ "found", "Report of a medium that was found again",
	  "The medium below, which was reported as lost, is found. We report where, in which state, and what was looked at.", found,
	  { "found by", "place", "state of the medium, its seal", "signs that others had it", "measures against it happening again", NULL },
	  { "Reported by", "Received by the client", NULL } },
};

struct whole {
	const struct form *form;
	struct wv_doc *doc;
};

/* @contents NULL: its keys are gone, and they do not matter any more. */
static void subject(struct sheets *s, struct wv_doc *doc, struct wv_doc *contents)
{
	part_section(s, "The volume");
	part_fact(s, "volume", wv_doc_str(doc, "volume"));
	part_fact(s, "take-out", wv_doc_str(doc, "takeout"));
	part_fact(s, "state", wv_doc_str(doc, "state"));
	part_medium(s, wv_doc_get(doc, "medium"));
	part_fact(s, "holder", wv_doc_str(doc, "holder"));
	part_when(s, "due back", wv_doc_str(doc, "due"));
	part_fact(s, "client's approval", wv_doc_str(wv_doc_get(doc, "client_approval"), "number"));
	if (!contents)
		return;
	part_fact(s, "purpose", wv_doc_str(contents, "purpose"));
	part_factf(s, "files, all their bytes", "%" PRIu64 ", %" PRIu64 " B", wv_doc_u64(contents, "files"),
		   wv_doc_u64(contents, "bytes"));
}

static void put_form(struct sheets *s, const void *data)
{
	const struct whole *whole = data;
	const struct form *form = whole->form;

	part_title(s, form->title);
	part_letter(s, whole->doc);
	part_words(s, form->words);
	subject(s, whole->doc, form->facts == destruction ? NULL : wv_doc_get(whole->doc, "contents"));
	form->facts(s, whole->doc);
	part_section(s, "To be written by hand");
	for (size_t i = 0; form->blanks[i]; i++)
		part_blank(s, form->blanks[i]);
	part_signatures(s, form->signatures);
}

int page_of_dead_end(const struct fonts *fonts, enum wv__lang lang, struct wv_doc *doc, const char *digest, GByteArray *pdf)
{
	const char *name = wv_doc_str(doc, "form"), *takeout = wv_doc_str(doc, "takeout");

	for (size_t i = 0; name && i < G_N_ELEMENTS(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return sheets_draw(fonts, lang, &(struct sheets_page){
				.title = forms[i].title, .about = takeout ? takeout : "-", .created = wv_doc_str(doc, "created"),
				.lab = wv_doc_bool(doc, "lab"), .put = put_form, .data = &(struct whole){ &forms[i], doc } },
				digest, pdf);
	return -EBADMSG;
}
