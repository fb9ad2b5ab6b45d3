/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * row.c - one device's progress: its rate, the time left, and what is wrong
 */
#include <time.h>

#include "row.h"

#define SAMPLE_SECONDS 1.0 /* so the rate is that of the last 15 s */
#define RATE_AFTER 0.2     /* seconds of a sweep before it has a rate */
#define SLOW_AFTER 3.0     /* seconds of a sweep before it may be called slow */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

const char *row_name(const struct row *row)
{
	const char *slash = strrchr(row->what, '/');

	return slash && slash[1] ? slash + 1 : row->what;
}

/* ---- what is told ---- */

static void keep_pace(struct row *row)
{
	const double seconds = row->last.at - row->begin.at;
	struct row_pace *pace = row->paces;

	if (!row->n_samples || seconds < RATE_AFTER)
		return;
	while (pace < row->paces + row->n_paces && strcmp(pace->step, row->step) != 0)
		pace++;
	if (pace == row->paces + ROW_PACES)
		return;
	if (pace == row->paces + row->n_paces)
		row->n_paces++;
	snprintf(pace->step, sizeof(pace->step), "%s", row->step);
	pace->rate = (double)(row->last.done - row->begin.done) / seconds;
}

static void keep_sample(struct row *row)
{
	const int n = row->n_samples;

	if (n && row->last.at - row->samples[n - 1].at < SAMPLE_SECONDS)
		return;
	if (n == ROW_SAMPLES)
		memmove(row->samples, row->samples + 1, (ROW_SAMPLES - 1) * sizeof(*row->samples));
	row->n_samples = n < ROW_SAMPLES ? n + 1 : n;
	row->samples[row->n_samples - 1] = row->last;
}

static bool is_end(const char *step)
{
	return strcmp(step, "done") == 0 || strcmp(step, "stopped") == 0 ||
	       strcmp(step, "failed") == 0;
}

void row_update(struct row *row, const struct wv_progress *progress)
{
	const char *step = progress->step ? progress->step : "";
	const struct row_sample sample = { now(), progress->done, progress->all_done };

	/* Another sweep, or this one begun anew: what was measured is no measure of it. */
	if (progress->pass != row->now.pass || strcmp(step, row->step) != 0 ||
	    progress->done < row->now.done || progress->all_done < row->now.all_done) {
		keep_pace(row);
		row->n_samples = 0;
	}
	if (!row->n_samples)
		row->begin = sample;
	row->last = sample;
	keep_sample(row);
	snprintf(row->step, sizeof(row->step), "%s", step);
	row->now = *progress;
	row->ended = is_end(step);
}

/* ---- what is seen in it ---- */

/* Of the last samples, until this moment: one that stands still becomes slow. */
static double seconds_seen(const struct row *row)
{
	const double seconds = row->n_samples ? now() - row->samples[0].at : 0;

	return seconds > RATE_AFTER ? seconds : 0;
}

double row_rate(const struct row *row)
{
	const double seconds = seconds_seen(row);

	if (seconds <= 0 || row->ended)
		return 0;
	return (double)(row->last.done - row->samples[0].done) / seconds;
}

double row_seconds_left(const struct row *row)
{
	const struct wv_progress *p = &row->now;
	const uint64_t total = p->all_total ? p->all_total : p->total;
	const uint64_t done = p->all_total ? p->all_done : p->done;
	const double seconds = seconds_seen(row);
	const uint64_t fresh = p->all_total ? row->last.all_done - row->samples[0].all_done :
					      row->last.done - row->samples[0].done;

	if (row->ended)
		return 0;
	if (seconds <= 0 || !fresh || !total)
		return -1;
	return done < total ? (double)(total - done) / ((double)fresh / seconds) : 0;
}

double row_fraction(const struct row *row)
{
	const struct wv_progress *p = &row->now;
	const uint64_t total = p->all_total ? p->all_total : p->total;
	const uint64_t done = p->all_total ? p->all_done : p->done;

	if (!total)
		return 0;
	return done >= total ? 1 : (double)done / (double)total;
}

/* ---- beside the others ---- */

/* How fast it is, or was, at this step; 0: not known. */
static double pace_at(const struct row *row, const char *step)
{
	if (strcmp(row->step, step) == 0)
		return row_rate(row);
	for (int i = 0; i < row->n_paces; i++)
		if (strcmp(row->paces[i].step, step) == 0)
			return row->paces[i].rate;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

bool row_is_slow(const struct row *row, const struct row *rows, int count)
{
	double paces[64];
	int n = 0;

	if (row->ended || !row->now.passes || now() - row->begin.at < SLOW_AFTER)
		return false;
	for (int i = 0; i < count && n < (int)ARRAY_SIZE(paces); i++) {
		const double pace = &rows[i] == row ? 0 : pace_at(&rows[i], row->step);

		if (pace > 0)
			paces[n++] = pace;
	}
	if (!n)
		return false;
	qsort(paces, n, sizeof(*paces), compare);
	return row_rate(row) < 0.5 * (paces[(n - 1) / 2] + paces[n / 2]) / 2;
}
