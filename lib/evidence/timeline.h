/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline.h - when each holder of a report had something out
 */
#ifndef WV_TIMELINE_H
#define WV_TIMELINE_H

#include "../base/json.h"

struct wv__bar {
	const char *holder, *takeout; /* borrowed from the report */
	uint64_t out, due, back;      /* seconds; due 0: none, back 0: not yet */
	uint64_t end;                 /* back, or the end of the period */
	uint64_t late;                /* from here to the end it was late; 0: not */
	uint64_t lane_end;            /* while lanes are given, of the bar that has the lane's number: when it is free */
	size_t lane;                  /* from 0: those of one holder that overlap lie below each other */
};

struct wv__timeline {
	uint64_t from, to;
	struct wv__bar *bars; /* by holder, then by when they went */
	size_t n;
};

/* Of a report's document, which it borrows from. free(bars). */
int wv__timeline_build(struct wv_ctx *ctx, struct wv_doc *report, struct wv__timeline *ret);
/* The bars from @first on of one holder. Return: the index behind them; @ret_lanes: how many below each other. */
size_t wv__timeline_holder(const struct wv__timeline *t, size_t first, size_t *ret_lanes);
/* Where a time lies in the period: 0 its begin, 1 its end. */
double wv__timeline_place(const struct wv__timeline *t, uint64_t when);
/* The first (0), middle (1) and last (2) moment of the period as it is written beside the line. */
void wv__timeline_label(const struct wv__timeline *t, unsigned int which, char ret[12]);

/* Numbers of records in words: "3, 7–9, 12"; of many the first, and how many more. "none" of none. */
int wv__records_text(struct wv_doc *records, struct wv_buf *ret);

#endif
