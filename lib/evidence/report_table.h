/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_table.h - which clause asks for what, and which records show it
 */
#ifndef WV_REPORT_TABLE_H
#define WV_REPORT_TABLE_H

#include "../base/json.h"

/* An article of the contract's annex (S) or of its rules (R). */
struct wv__clause {
	const char *id;
	const char *obliges;
	const char *note; /* what workvol keeps no record of; NULL: the deeds say it all */
};

/* A kind of record that counts for a clause. */
struct wv__deed {
	const char *clause;
	const char *kind;
	bool (*counts)(struct wv_doc *body); /* NULL: each one */
	const char *what;
};

extern const struct wv__clause wv__clauses[];
extern const size_t wv__clauses_count;
extern const struct wv__deed wv__deeds[];
#define WV__DEEDS 38

/* What was not in order, in the order in which a report tells it. */
enum wv__exception {
	WV__OVERDUE,
	WV__OVERRUN,
	WV__REFUSED,
	WV__FAILED,
	WV__PROOF_FAILED,
	WV__UNKNOWN_VERDICT,
	WV__SELF_VERIFIED,
	WV__ROSTER_CHANGED,
	WV__GIVEN_UP,
	WV__INCIDENT,
	WV__INTERRUPTED,
	WV__UNFINISHED,
	WV__SIGNED_FOR_HOLDER,
	WV__ALERT,
	WV__EXCEPTIONS
};

struct wv__exception_row {
	const char *name, *clause, *title;
};
extern const struct wv__exception_row wv__exceptions[WV__EXCEPTIONS];

#endif
