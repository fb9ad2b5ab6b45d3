/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.c - how far each device is, on stderr, and the library's log lines
 * between it
 */
#include <inttypes.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define ROWS_MAX 64
#define LINE_BYTES 256
#define BAR_CELLS 20

enum how { HOW_NONE, HOW_TTY, HOW_PLAIN, HOW_JSON };

/* Seconds between two lines of one device. */
static const double interval[] = { [HOW_TTY] = 0.1, [HOW_PLAIN] = 10, [HOW_JSON] = 1 };

struct row {
	char what[64];
	char step[16];
	struct wv_progress now; /* its strings are the two above */
	double since;           /* when this step and pass began */
	double printed;
};

/* The library calls from any of its threads. */
static struct {
	pthread_mutex_t lock;
	struct row rows[ROWS_MAX];
	int count;
	int drawn; /* lines on the terminal that the next drawing replaces */
	enum how how;
	enum wv_log_level level;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* ---- one row as text ---- */

static double rate_of(const struct row *row)
{
	const double seconds = now() - row->since;

	return seconds > 0.2 ? (double)row->now.done / seconds : 0;
}

static double fraction_of(const struct row *row)
{
	const struct wv_progress *p = &row->now;
	const uint64_t total = p->all_total ? p->all_total : p->total;
	const uint64_t done = p->all_total ? p->all_done : p->done;

	if (!total)
		return 0;
	return done >= total ? 1 : (double)done / (double)total;
}

static double seconds_left(const struct row *row)
{
	const struct wv_progress *p = &row->now;
	const uint64_t left = p->all_total ? p->all_total - p->all_done : p->total - p->done;
	const double rate = rate_of(row);

	return rate > 0 && (p->all_total || p->total) ? (double)left / rate : -1;
}

static void format_left(char *buf, size_t size, double seconds)
{
	const unsigned long s = seconds < 0 || seconds > 1e8 ? 0 : (unsigned long)seconds;

	if (seconds < 0 || seconds > 1e8)
		snprintf(buf, size, "-:--");
	else if (s >= 3600)
		snprintf(buf, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(buf, size, "%lu:%02lu", s / 60, s % 60);
}

static void format_pass(char *buf, size_t size, const struct row *row)
{
	*buf = '\0';
	if (row->now.passes)
		snprintf(buf, size, " pass %" PRIu32 " of %" PRIu32, row->now.pass,
			 row->now.passes);
}

static void format_row(char *buf, size_t size, const struct row *row, bool bar)
{
	char cells[BAR_CELLS + 1], pass[40], left[24], errors[48] = "", lost[24];
	const double fraction = fraction_of(row);

	for (int i = 0; i < BAR_CELLS; i++)
		cells[i] = i < (int)(fraction * BAR_CELLS) ? '#' : '.';
	cells[BAR_CELLS] = '\0';
	format_pass(pass, sizeof(pass), row);
	format_left(left, sizeof(left), seconds_left(row));
	if (row->now.errors) {
		format_size(lost, sizeof(lost), row->now.errors);
		snprintf(errors, sizeof(errors), "  %s lost", lost);
	}
	snprintf(buf, size, "%-10s %s%s  %s%s%3.0f%%  %.0f MB/s  %s left%s", row->what, row->step,
		 pass, bar ? cells : "", bar ? " " : "", fraction * 100, rate_of(row) / 1e6, left,
		 errors);
}

/* ---- the ways to show it ---- */

static size_t terminal_columns(void)
{
	struct winsize ws;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

static void erase_rows(void)
{
	if (state.drawn)
		fprintf(stderr, "\r\033[%dA\033[J", state.drawn);
	state.drawn = 0;
}

static void draw_rows(void)
{
	const size_t columns = terminal_columns();
	char line[LINE_BYTES];

	erase_rows();
	for (int i = 0; i < state.count; i++) {
		format_row(line, sizeof(line), &state.rows[i], true);
		if (strlen(line) >= columns)
			line[columns - 1] = '\0'; /* a wrapped line would be two to erase */
		put_safe(stderr, line);
		fputc('\n', stderr);
	}
	state.drawn = state.count;
	fflush(stderr);
}

static void print_plain(const struct row *row)
{
	char line[LINE_BYTES];

	format_row(line, sizeof(line), row, false);
	put_safe(stderr, line);
	fputc('\n', stderr);
}

static void print_event(const struct row *row)
{
	const struct wv_progress *p = &row->now;

	fputs("{\"progress\":{\"what\":", stderr);
	put_json_string(stderr, row->what);
	fputs(",\"step\":", stderr);
	put_json_string(stderr, row->step);
	fprintf(stderr,
		",\"pass\":%" PRIu32 ",\"passes\":%" PRIu32 ",\"done\":%" PRIu64
		",\"total\":%" PRIu64 ",\"all_done\":%" PRIu64 ",\"all_total\":%" PRIu64
		",\"errors\":%" PRIu64 ",\"mb_per_s\":%.1f}}\n",
		p->pass, p->passes, p->done, p->total, p->all_done, p->all_total, p->errors,
		rate_of(row) / 1e6);
}

static void show(struct row *row, bool asked)
{
	row->printed = now();
	if (state.how == HOW_TTY)
		draw_rows();
	else if (state.how == HOW_JSON)
		print_event(row);
	else if (state.how == HOW_PLAIN || asked)
		print_plain(row);
}

static void show_all(void)
{
	for (int i = 0; i < state.count; i++) {
		show(&state.rows[i], true);
		if (state.how == HOW_TTY)
			break; /* one drawing has them all */
	}
}

/* ---- what the library tells ---- */

static struct row *find_row(const char *what)
{
	struct row *row;

	for (int i = 0; i < state.count; i++) {
		if (strcmp(state.rows[i].what, what) == 0)
			return &state.rows[i];
	}
	if (state.count == ROWS_MAX)
		return NULL;
	row = &state.rows[state.count++];
	snprintf(row->what, sizeof(row->what), "%s", what);
	row->printed = now() - (state.how == HOW_PLAIN ? 0 : interval[state.how]);
	return row;
}

static const char *short_name(const char *what)
{
	const char *slash = what ? strrchr(what, '/') : NULL;

	return slash ? slash + 1 : what ? what : "";
}

static void update(struct row *row, const struct wv_progress *progress)
{
	const char *step = progress->step ? progress->step : "";

	if (progress->pass != row->now.pass || strcmp(step, row->step) != 0 || !row->since)
		row->since = now();
	snprintf(row->step, sizeof(row->step), "%s", step);
	row->now = *progress;
}

static void on_progress(void *data, const struct wv_progress *progress)
{
	char what[sizeof(state.rows[0].what)];
	struct row *row;

	(void)data;
	/* cut as find_row() keeps it, or a long name is a new row each time */
	snprintf(what, sizeof(what), "%s", short_name(progress->what));
	pthread_mutex_lock(&state.lock);
	row = find_row(what);
	if (row) {
		update(row, progress);
		if (signals_progress_wanted())
			show_all();
		else if (state.how != HOW_NONE && now() - row->printed >= interval[state.how])
			show(row, false);
	}
	pthread_mutex_unlock(&state.lock);
}

static void on_log(void *data, enum wv_log_level level, const char *line)
{
	(void)data;
	if (level > state.level)
		return;
	pthread_mutex_lock(&state.lock);
	erase_rows();
	put_safe(stderr, line);
	fputc('\n', stderr);
	if (state.how == HOW_TTY && state.count)
		draw_rows();
	pthread_mutex_unlock(&state.lock);
}

/* ---- begin and end ---- */

static bool parse_how(const char *text, enum how *ret_how)
{
	static const struct {
		const char *name;
		enum how how;
	} table[] = {
		{ "tty", HOW_TTY }, { "plain", HOW_PLAIN }, { "json", HOW_JSON }, { "none", HOW_NONE },
	};

	if (strcmp(text, "auto") == 0) {
		*ret_how = isatty(STDERR_FILENO) ? HOW_TTY : HOW_PLAIN;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (strcmp(text, table[i].name) == 0) {
			*ret_how = table[i].how;
			return true;
		}
	}
	return false;
}

int progress_start(struct cli *cli)
{
	const struct args *args = &cli->args;

	if (args->quiet && args->verbose)
		return usage_error(cli, "give -q or -v, not both");
	if (!parse_how(args->progress ? args->progress : args->quiet ? "none" : "auto", &state.how))
		return usage_error(cli, "--progress is auto, tty, plain, json or none, not %s",
				   args->progress);
	state.level = args->quiet ? WV_LOG_ERROR : args->verbose ? WV_LOG_DEBUG : WV_LOG_WARNING;
	wv_ctx_set_log(cli->ctx, on_log, NULL);
	wv_ctx_set_progress(cli->ctx, on_progress, NULL);
	return EXIT_OK;
}

/* What was drawn last stays, as it ended. */
void progress_end(void)
{
	pthread_mutex_lock(&state.lock);
	if (state.drawn)
		draw_rows();
	state.drawn = 0;
	state.count = 0;
	pthread_mutex_unlock(&state.lock);
}
