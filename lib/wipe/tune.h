/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.h - how many lanes, how large a chunk: measured on the medium
 */
#ifndef WV_TUNE_H
#define WV_TUNE_H

#include "run.h"

struct wv__tune {
	uint64_t since, done;
};

#define WV__TUNE_INIT { 0 }

/* Called at each tick, with the lock held. */
void wv__tune(struct wv__run *run, struct wv__tune *tune);

#endif
