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

#include "row.h"

#define ROWS_MAX 64
#define LINE_BYTES 256
#define BAR_MAX 20
#define BAR_MIN 5 /* a shorter one says nothing */

enum how { HOW_NONE, HOW_TTY, HOW_PLAIN, HOW_JSON };

/* Seconds between two times that it is shown. */
static const double interval[] = { [HOW_TTY] = 0.1, [HOW_PLAIN] = 10, [HOW_JSON] = 1 };

/* The library calls from any of its threads. */
static struct {
	pthread_mutex_t lock;
	struct row rows[ROWS_MAX];
	int count;
	double shown; /* when; 0: not begun */
	int drawn;    /* lines on the terminal that the next drawing replaces */
	bool shown_once, stop_said;
	enum how how;
	enum wv_log_level level;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* ---- all devices together ---- */

struct sum {
	int devices, done, failed, stopped;
	uint64_t all_done, all_total, errors;
	double rate, left; /* left: until the last of them ends; -1: not known */
};

static void add_row(struct sum *sum, const struct row *row)
{
	const double left = row_seconds_left(row);

	sum->devices++;
	sum->done += strcmp(row->step, "done") == 0;
	sum->failed += strcmp(row->step, "failed") == 0;
	sum->stopped += strcmp(row->step, "stopped") == 0;
	/* Of one that ended nothing is left to do. */
	sum->all_done += row->ended ? row->now.all_total : row->now.all_done;
	sum->all_total += row->now.all_total;
	sum->errors += row->now.errors;
	sum->rate += row_rate(row);
	sum->left = left < 0 || sum->left < 0 ? -1 : left > sum->left ? left : sum->left;
}

/* Is there more than one, so that a total says more than its row? */
static bool sum_up(struct sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (int i = 0; i < state.count; i++)
		if (state.rows[i].now.all_total)
			add_row(sum, &state.rows[i]);
	return sum->devices > 1;
}

/* ---- as text ---- */

/* The parts of a line; the bar goes between. */
struct line {
	char head[96], tail[160];
	double fraction;
};

static void add(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void add(char *buf, size_t size, const char *fmt, ...)
{
	const size_t len = strlen(buf);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + len, size - len, fmt, args);
	va_end(args);
}

static void add_left(char *buf, size_t size, double seconds)
{
	const unsigned long s = seconds < 0 || seconds > 1e8 ? 0 : (unsigned long)seconds;

	if (seconds < 0 || seconds > 1e8)
		add(buf, size, _("  -:-- left"));
	else if (s >= 3600)
		add(buf, size, _("  %lu:%02lu:%02lu left"), s / 3600, s / 60 % 60, s % 60);
	else
		add(buf, size, _("  %lu:%02lu left"), s / 60, s % 60);
}

static void add_errors(char *buf, size_t size, uint64_t errors)
{
	char lost[24];

	if (!errors)
		return;
	format_size(lost, sizeof(lost), errors);
	add(buf, size, _("  failing, %s lost"), lost);
}

static void add_temperature(char *buf, size_t size, const struct wv_progress *p)
{
	if (!p->temperature)
		return;
	add(buf, size, "  %.0f C", p->temperature / 1000.0);
	if (p->limit && p->temperature >= p->limit)
		add(buf, size, _(", too hot: limit %.0f C"), p->limit / 1000.0);
}

/* What is wrong comes early: a narrow terminal cuts the end. */
static void format_row(struct line *line, const struct row *row)
{
	const struct wv_progress *p = &row->now;
	const size_t size = sizeof(line->tail);

	memset(line, 0, sizeof(*line));
	line->fraction = row_fraction(row);
	add(line->head, sizeof(line->head), "%-10s %s", row_name(row), tr_word(row->step));
	if (p->passes)
		add(line->head, sizeof(line->head), _(" pass %" PRIu32 " of %" PRIu32), p->pass, p->passes);
	add(line->tail, size, "%3.0f%%", line->fraction * 100);
	if (!row->ended)
		add(line->tail, size, "  %.0f MB/s", row_rate(row) / 1e6);
	if (row_is_slow(row, state.rows, state.count))
		add(line->tail, size, "%s", _("  slow"));
	add_errors(line->tail, size, p->errors);
	if (!row->ended)
		add_left(line->tail, size, row_seconds_left(row));
	add_temperature(line->tail, size, p);
}

static void format_sum(struct line *line, const struct sum *sum)
{
	memset(line, 0, sizeof(*line));
	line->fraction = sum->all_total ? (double)sum->all_done / (double)sum->all_total : 0;
	add(line->head, sizeof(line->head), _("all %d"), sum->devices);
	if (sum->done)
		add(line->head, sizeof(line->head), _(", %d done"), sum->done);
	if (sum->failed)
		add(line->head, sizeof(line->head), _(", %d failed"), sum->failed);
	if (sum->stopped)
		add(line->head, sizeof(line->head), _(", %d stopped"), sum->stopped);
	add(line->tail, sizeof(line->tail), "%3.0f%%  %.0f MB/s", line->fraction * 100,
	    sum->rate / 1e6);
	add_errors(line->tail, sizeof(line->tail), sum->errors);
	add_left(line->tail, sizeof(line->tail), sum->left);
}

/* @columns: room for a bar too; 0: no bar */
static void put_line(const struct line *line, size_t columns)
{
	const size_t used = columns_of(line->head) + columns_of(line->tail) + 4;
	const size_t room = columns > used ? columns - used : 0;
	const size_t cells = room > BAR_MAX ? BAR_MAX : room;
	char text[LINE_BYTES + BAR_MAX] = "", bar[BAR_MAX + 1] = "";

	for (size_t i = 0; i < cells; i++)
		bar[i] = (double)i < line->fraction * (double)cells ? '#' : '.';
	add(text, sizeof(text), "%s  %s%s%s", line->head, cells >= BAR_MIN ? bar : "",
	    cells >= BAR_MIN ? " " : "", line->tail);
	if (columns && columns_of(text) >= columns)
		text[cut_columns(text, columns - 1)] = '\0'; /* a wrapped line would be two to erase */
	put_safe(stderr, text);
	fputc('\n', stderr);
}

/* ---- as JSON ---- */

static void put_left(double left)
{
	if (left < 0)
		fputs(",\"seconds_left\":null", stderr);
	else
		fprintf(stderr, ",\"seconds_left\":%.0f", left);
}

static void put_row_event(const struct row *row)
{
	const struct wv_progress *p = &row->now;

	fputs("{\"progress\":{\"what\":", stderr);
	put_json_string(stderr, row_name(row));
	fputs(",\"path\":", stderr);
	put_json_string(stderr, row->what);
	fputs(",\"step\":", stderr);
	put_json_string(stderr, row->step);
	fprintf(stderr,
		",\"pass\":%" PRIu32 ",\"passes\":%" PRIu32 ",\"done\":%" PRIu64
		",\"total\":%" PRIu64 ",\"all_done\":%" PRIu64 ",\"all_total\":%" PRIu64
		",\"errors\":%" PRIu64 ",\"mb_per_s\":%.1f",
		p->pass, p->passes, p->done, p->total, p->all_done, p->all_total, p->errors,
		row_rate(row) / 1e6);
	put_left(row_seconds_left(row));
	fprintf(stderr, ",\"slow\":%s,\"failing\":%s",
		row_is_slow(row, state.rows, state.count) ? "true" : "false",
		p->errors ? "true" : "false");
	if (p->temperature)
		fprintf(stderr, ",\"celsius\":%.1f", p->temperature / 1000.0);
	fputs("}}\n", stderr);
}

static void put_sum_event(const struct sum *sum)
{
	fprintf(stderr,
		"{\"progress_all\":{\"devices\":%d,\"ended\":%d,\"all_done\":%" PRIu64
		",\"all_total\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"mb_per_s\":%.1f",
		sum->devices, sum->done + sum->failed + sum->stopped, sum->all_done,
		sum->all_total, sum->errors, sum->rate / 1e6);
	put_left(sum->left);
	fputs("}}\n", stderr);
}

/* ---- the ways to show it ---- */

static struct winsize terminal_size(void)
{
	struct winsize ws;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col < 20 || ws.ws_row < 3)
		return (struct winsize){ .ws_col = 80, .ws_row = 24 };
	return ws;
}

static void erase_rows(void)
{
	if (state.drawn)
		fprintf(stderr, "\r\033[%dA\033[J", state.drawn);
	state.drawn = 0;
}

/* What has scrolled away cannot be erased: no more rows than the terminal has. */
static void draw_rows(void)
{
	const struct winsize ws = terminal_size();
	const int room = ws.ws_row - 2;
	struct line line;
	struct sum sum;

	erase_rows();
	for (int i = 0; i < state.count && i < room; i++) {
		format_row(&line, &state.rows[i]);
		put_line(&line, ws.ws_col);
		state.drawn++;
	}
	if (sum_up(&sum)) {
		format_sum(&line, &sum);
		put_line(&line, ws.ws_col);
		state.drawn++;
	}
	fflush(stderr);
}

static void print_row(struct row *row)
{
	struct line line;

	row->end_shown = row->ended;
	if (state.how == HOW_JSON) {
		put_row_event(row);
		return;
	}
	format_row(&line, row);
	put_line(&line, 0);
}

static void print_rows(bool asked)
{
	struct line line;
	struct sum sum;

	for (int i = 0; i < state.count; i++)
		if (asked || !state.rows[i].end_shown)
			print_row(&state.rows[i]);
	if (!sum_up(&sum))
		return;
	if (state.how == HOW_JSON) {
		put_sum_event(&sum);
		return;
	}
	format_sum(&line, &sum);
	put_line(&line, 0);
}

static void show(bool asked)
{
	state.shown = now();
	state.shown_once = true;
	if (state.how == HOW_TTY)
		draw_rows();
	else
		print_rows(asked);
}

/* ---- what the library tells ---- */

static struct row *find_row(const char *what)
{
	struct row *row;

	for (int i = 0; i < state.count; i++) {
		/* cut as it is kept, or a long name is a new row each time */
		if (strncmp(state.rows[i].what, what, sizeof(row->what) - 1) == 0)
			return &state.rows[i];
	}
	if (state.count == ROWS_MAX)
		return NULL;
	row = &state.rows[state.count++];
	snprintf(row->what, sizeof(row->what), "%s", what);
	return row;
}

/* Once, and not from the signal's handler, which may have come in the midst of a line. */
static void say_stopping(void)
{
	if (state.stop_said || !signals_stop_wanted())
		return;
	state.stop_said = true;
	if (state.level == WV_LOG_ERROR)
		return;
	erase_rows();
	fputs(_("stopping at the next safe point; Ctrl-C again leaves at once\n"), stderr);
}

/* A short operation on a pipe stays silent: an end is told where progress was told. */
static void show_end(struct row *row)
{
	if (!row->ended || row->end_shown)
		return;
	if (state.how == HOW_JSON || (state.how == HOW_PLAIN && state.shown_once))
		print_row(row);
}

static void on_progress(void *data, const struct wv_progress *progress)
{
	struct row *row;

	(void)data;
	pthread_mutex_lock(&state.lock);
	if (!state.shown)
		state.shown = now() - (state.how == HOW_PLAIN ? 0 : interval[state.how]);
	row = find_row(progress->what ? progress->what : "");
	if (row) {
		row_update(row, progress);
		say_stopping();
		if (signals_progress_wanted())
			show(true);
		else if (state.how != HOW_NONE && now() - state.shown >= interval[state.how])
			show(false);
		else
			show_end(row);
	}
	pthread_mutex_unlock(&state.lock);
}

static void on_log(void *data, enum wv_log_level level, const char *line)
{
	static const char *const priority[] = { "<3>", "<4>", "<6>", "<7>" };

	(void)data;
	if (level > state.level)
		return;
	pthread_mutex_lock(&state.lock);
	erase_rows();
	if (stderr_is_journal())
		fputs(priority[level], stderr);
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
	state.shown = 0;
	state.shown_once = false;
	pthread_mutex_unlock(&state.lock);
}
