/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.h - how many lanes, how large a chunk: measured on the medium while it
 * is being wiped
 */
#ifndef WV_TUNE_H
#define WV_TUNE_H

#include "run.h"

struct wv__tune {
	unsigned int trial, best; /* of the candidates in tune.c */
	double best_rate;
	uint64_t since, done;     /* when the trial began, and with how much done */
};

/* Called at each tick of a sweep, with the lock held; begin with a zeroed tune. */
void wv__tune(struct wv__run *run, struct wv__tune *tune);

#endif
