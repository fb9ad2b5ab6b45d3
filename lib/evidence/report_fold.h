/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_fold.h - what a report remembers of the records: report.c gathers it,
 * report_doc.c prints it
 */
#ifndef WV_REPORT_FOLD_H
#define WV_REPORT_FOLD_H

#include "report.h"
#include "report_table.h"

struct wv__seqs {
	uint64_t *at;
	size_t n;
};

struct wv__found {
	enum wv__exception what;
	char *sentence;
	char takeout[37]; /* "": of none */
	struct wv__seqs records;
};

/* One take-out, as far as a report asks. Times are seconds, 0: not (yet). */
struct wv__trip {
	char id[37], volume[37];
	char *holder;
	uint64_t due, out, back, closed; /* back: its keys are destroyed */
	uint64_t first, prepared, last;  /* records */
	bool in_period;
};

struct wv__clock {
	char volume[37], takeout[37];
	uint64_t seq, opened, deadline, told, told_seq; /* told: when the client was */
	bool closed;
};

struct wv__begun {
	uint64_t seq, time;
	char takeout[37];
	char op[24];
};

struct wv__report {
	struct wv_ctx *ctx;
	uint64_t from, to, now;
	uint64_t counted, first, last; /* records of the period */
	struct wv__seqs deeds[WV__DEEDS];
	struct wv__found *found;
	size_t found_n;
	struct wv__trip **trips; /* in the order of their first records */
	size_t trips_n;
	void *by_id; /* the same, for tfind(3) */
	struct wv__clock *clocks;
	size_t clocks_n;
	struct wv__begun *begun; /* without an end so far */
	size_t begun_n;
	char roster[65]; /* as the ledger knows it last */
	uint64_t roster_seq;
};

int wv__seqs_add(struct wv_ctx *ctx, struct wv__seqs *seqs, uint64_t seq);
/* @sentence is owned from here on, also on failure; NULL: no memory. second 0: one record. */
int wv__report_found(struct wv__report *report, enum wv__exception what, char *sentence,
		     const char *takeout, uint64_t seq, uint64_t second);
/* What is only known at the end: what is overdue, overrun, or has no end. */
int wv__report_conclude(struct wv__report *report);

#endif
