/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h - a period of the ledger, by the clauses of the contract: what was
 * done, how often, and by which records; what was not in order comes first
 *
 * It is fed the ledger's records in their order, from the first one on: what
 * began before the period may be overdue within it.
 */
#ifndef WV_REPORT_H
#define WV_REPORT_H

#include "../base/json.h"

struct wv__report;

#define cleanup_report cleanup(wv__report_freep)
void wv__report_free(struct wv__report *report);
void wv__report_freep(struct wv__report **report);

/**
 * wv__report_new() - a report on [from, to], seconds UTC
 * @now: what is due later than this is not late
 */
int wv__report_new(struct wv_ctx *ctx, uint64_t from, uint64_t to, uint64_t now,
		   struct wv__report **ret);
/* One record more; those after the period are not looked at. */
int wv__report_add(struct wv__report *report, struct wv_doc *record);
/* The roster's SHA-256 as it is now: one that no record knows is told. Only where the period reaches to now. */
int wv__report_roster(struct wv__report *report, const char *digest);

/**
 * wv__report_build() - the document (docs/formats.md, "Results")
 * @head: its first members: station, client, created, ...; they are copied
 */
int wv__report_build(struct wv__report *report, struct wv_doc *head, struct wv_doc **ret);

#endif
