/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incidents.h - incidents: each the fold of its records in the ledger
 *
 * An incident is of one volume, and a volume has one at a time. Its clock runs
 * from its first recognition (the contract's R2-2): incident-minutes, 60.
 */
#ifndef WV_INCIDENTS_H
#define WV_INCIDENTS_H

#include "../takeout/takeout.h"

#define WV__NOT_WARNED UINT64_MAX

struct wv__incident {
	uint64_t number; /* of the record that opened it: what people call it by */
	char takeout[37];
	char *volume, *text;
	bool suspected;  /* a likelihood is enough (S9-2); false: confirmed */
	bool published;  /* by the client (S11) */
	char key[8];     /* the key file at the loss: "apart", "with", "unknown" */
	uint64_t opened, recognised, deadline, notified, closed; /* seconds; 0: not yet */
	uint64_t warned; /* minutes before the deadline of the last warning; WV__NOT_WARNED */
	struct wv_doc *notices; /* array of {"notified","whom","how","client","text"} */
};

struct wv__incidents {
	struct wv_ctx *ctx;
	struct wv__incident *at;
	size_t n;
	uint64_t begin; /* of the first record that was read; 0: none */
};

#define cleanup_incidents cleanup(wv__incidents_clear)
void wv__incidents_clear(struct wv__incidents *list);

/**
 * wv__incidents_read() - in the order in which they were opened
 * @takeout: of this one; NULL: all, and then no other record is read
 * @ret: zeroed by the caller, cleared by wv__incidents_clear()
 *
 * Return: 0, or a negative errno with a sentence; -EBADMSG for a broken record.
 */
int wv__incidents_read(struct wv_station *st, const char *takeout, struct wv__incidents *ret);
/* The one of this volume that is not closed; NULL: there is none. */
struct wv__incident *wv__incidents_current(struct wv__incidents *list, const char *volume);
/* The client has to be told of it. */
bool wv__incident_is_due(const struct wv__incident *it);
/* What wv_flow_incident() hands out: docs/formats.md. Margin and countdown are as of now (seconds). */
int wv__incident_doc(struct wv_ctx *ctx, const struct wv__incident *it, uint64_t now,
		     struct wv_doc **ret);

#endif
