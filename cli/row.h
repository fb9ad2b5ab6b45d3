/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * row.h - one device's progress: its rate, the time left, and what is wrong
 */
#ifndef WV_ROW_H
#define WV_ROW_H

#include "cli.h"

#define ROW_SAMPLES 16
#define ROW_PACES 4

struct row {
	char what[256]; /* the path, cut */
	char step[24];
	struct wv_progress now; /* its strings are the two above */
	bool ended, end_shown;

	/* The last seconds of this sweep, one sample each; the first is the oldest. */
	struct row_sample {
		double at;
		uint64_t done, all_done;
	} samples[ROW_SAMPLES], begin, last;
	int n_samples;

	/* How fast the sweeps before this one were, by their step. */
	struct row_pace {
		char step[24];
		double rate;
	} paces[ROW_PACES];
	int n_paces;
};

void row_update(struct row *row, const struct wv_progress *progress);
const char *row_name(const struct row *row); /* the path's last component */

double row_rate(const struct row *row);         /* bytes a second now; 0: not known */
double row_seconds_left(const struct row *row); /* of all sweeps at the rate of this one; -1: not known */
double row_fraction(const struct row *row);
/* Slower than half the median of the others at the same step. */
bool row_is_slow(const struct row *row, const struct row *rows, int count);

#endif
