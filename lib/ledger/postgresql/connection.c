/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection.c - one connection to the server. The only file that knows libpq.
 *
 * Statements are sent and waited for with poll(), so that a server, or a network,
 * that fell silent is given up by our own clock.
 */
#include "connection.h"

#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

/* The server's own limit comes first; this one is for what does not answer at all. */
#define SILENCE_MS 30000

struct pg {
	const struct wv__store_host *host;
	PGconn *conn;
	char *uri;
	char *name;
	bool holds;
};

/* ---- sentences ------------------------------------------------------------ */

const char *pg_name(const struct pg *pg)
{
	return pg->name;
}

const struct wv__store_host *pg_host(const struct pg *pg)
{
	return pg->host;
}

int pg_fail_memory(struct wv_ctx *ctx, struct pg *pg)
{
	return pg_fail(ctx, pg, -ENOMEM, "out of memory");
}

/* libpq's text has several lines; the first says it. */
static int fail_line(struct wv_ctx *ctx, struct pg *pg, int err, const char *text)
{
	return pg_fail(ctx, pg, err, "ledger %s: %.*s", pg->name, (int)strcspn(text, "\n"),
			      text);
}

static int lost(struct wv_ctx *ctx, struct pg *pg, const char *why)
{
	fail_line(ctx, pg, -ECONNRESET, why);
	pg_drop(pg);
	return -ECONNRESET;
}

/* SQLSTATE, or its first letters -> what it means here. */
static const struct {
	const char *state;
	int err;
} meanings[] = {
	{ "40001", -ERESTART },	  /* serialization failure */
	{ "40P01", -ERESTART },	  /* deadlock */
	{ "40003", -ECONNRESET }, /* whether it was carried out is not known */
	{ "08", -ECONNRESET },	  { "57P", -ECONNRESET }, /* the server ends, or is not ready yet */
	{ "25P03", -ECONNRESET }, /* it ended a transaction that was idle for too long */
	{ "55P03", -EBUSY },	  /* lock not available */
	{ "57014", -EBUSY },	  /* the statement took longer than the server lets it */
	{ "42P01", -ENOENT },	  /* no such table */
	{ "3F000", -ENOENT },	  /* no such schema */
	{ "42P06", -EEXIST },	  { "42P07", -EEXIST },
	{ "42710", -EEXIST }, /* the type that comes with a table is there */
	{ "23505", -EEXIST }, /* such a row is there */
	{ "53100", -ENOSPC },	  { "53200", -ENOMEM },
	{ "XX001", -EBADMSG }, /* data corrupted */
	{ "XX002", -EBADMSG }, /* index corrupted */
};

static int meaning(const char *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (!strncmp(state, meanings[i].state, strlen(meanings[i].state)))
			return meanings[i].err;
	return -EIO;
}

static int refused(struct wv_ctx *ctx, struct pg *pg, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const int err = state ? meaning(state) : -ECONNRESET;

	if (err == -EBUSY)
		return pg_fail(ctx, pg, err, "ledger %s is being written by another process",
				      pg->name);
	return fail_line(ctx, pg, err, text ?: PQresultErrorMessage(result));
}

/* ---- time ------------------------------------------------------------------- */

int64_t pg_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void pg_sleep_ms(int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

/* ---- connecting ---------------------------------------------------------------- */

static void say_nothing(void *data, const char *message)
{
	(void)data;
	(void)message;
}

/* What stands before the URI is a default of ours, what stands after it is not to be changed. */
static const char *const keys[] = { "connect_timeout",
				    "tcp_user_timeout",
				    "keepalives_idle",
				    "dbname",
				    "client_encoding",
				    "application_name",
				    NULL };

static int connect_once(struct wv_ctx *ctx, struct pg *pg, bool *ret_starting)
{
	const char *const values[] = { "10", "30000", "30", pg->uri, "UTF8", "workvol", NULL };
	int r = 0;

	pg_drop(pg);
	*ret_starting = false;
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (!pg->conn)
		return pg_fail_memory(ctx, pg);
	PQsetNoticeProcessor(pg->conn, say_nothing, NULL);
	if (PQstatus(pg->conn) == CONNECTION_OK && PQsetnonblocking(pg->conn, 1) == 0)
		return 0;
	*ret_starting = PQpingParams(keys, values, 1) == PQPING_REJECT;
	r = fail_line(ctx, pg, -EIO, PQerrorMessage(pg->conn));
	pg_drop(pg);
	return r;
}

/*
 * Settings of this session. An engine that only speaks the protocol may not know
 * one of them: then our own clock has to do.
 */
static int set_up(struct wv_ctx *ctx, struct pg *pg)
{
	static const char *const passing[] = {
		"SET lock_timeout = '20s'",
		"SET synchronous_commit = on",
		"SET idle_in_transaction_session_timeout = '20s'",
		NULL,
	};
	/* whose network went away lets go before PG_PATIENCE_MS is over, and not after two hours */
	static const char *const holding[] = {
		"SET lock_timeout = '20s'",
		"SET synchronous_commit = on",
		"SET idle_in_transaction_session_timeout = 0",
		"SET tcp_keepalives_idle = 10",
		"SET tcp_keepalives_interval = 5",
		"SET tcp_keepalives_count = 2",
		NULL,
	};

	for (const char *const *setting = pg->holds ? holding : passing; *setting; setting++)
		if (pg_do(ctx, pg, *setting) == -ECONNRESET)
			return -EIO;
	return 0;
}

static int connect_within(struct wv_ctx *ctx, struct pg *pg, bool only_starting)
{
	const int64_t end = pg_now_ms() + PG_PATIENCE_MS;
	bool starting;
	int r;

	for (;;) {
		r = connect_once(ctx, pg, &starting);
		if (r == 0)
			r = set_up(ctx, pg);
		if (r == 0 || r == -ENOMEM || pg_now_ms() > end || (only_starting && !starting))
			return r;
		pg_sleep_ms(100);
	}
}

int pg_open(struct wv_ctx *ctx, const struct wv__store_host *host, const char *uri, bool holds,
	    struct pg **ret)
{
	struct pg *pg = calloc(1, sizeof(*pg));
	int r;

	if (!pg)
		return host->fail(ctx, -ENOMEM, "out of memory");
	pg->host = host;
	pg->holds = holds;
	pg->uri = strdup(uri);
	pg->name = strndup(uri, strcspn(uri, "?"));
	r = pg->uri && pg->name ? connect_within(ctx, pg, true) : pg_fail_memory(ctx, pg);
	if (r < 0) {
		pg_close(pg);
		return r;
	}
	*ret = pg;
	return 0;
}

void pg_close(struct pg *pg)
{
	if (!pg)
		return;
	pg_drop(pg);
	free(pg->uri);
	free(pg->name);
	free(pg);
}

int pg_reopen(struct wv_ctx *ctx, struct pg *pg)
{
	return connect_within(ctx, pg, false);
}

bool pg_is_lost(const struct pg *pg)
{
	return !pg->conn;
}

void pg_drop(struct pg *pg)
{
	PQfinish(pg->conn); /* NULL: nothing */
	pg->conn = NULL;
}

/* ---- statements ------------------------------------------------------------------ */

/* Until the socket has something, or takes something. */
static int await(struct wv_ctx *ctx, struct pg *pg, short events)
{
	const int64_t end = pg_now_ms() + SILENCE_MS;
	struct pollfd fd = { .fd = PQsocket(pg->conn), .events = events };
	int r;

	do
		r = poll(&fd, 1, MAX(end - pg_now_ms(), 0));
	while (r < 0 && errno == EINTR);
	if (r <= 0) {
		pg_drop(pg);
		return pg_fail(ctx, pg, -ECONNRESET, "ledger %s: the server does not answer", pg->name);
	}
	if (!PQconsumeInput(pg->conn))
		return lost(ctx, pg, PQerrorMessage(pg->conn));
	return 0;
}

static int send_all(struct wv_ctx *ctx, struct pg *pg)
{
	int r, left;

	while ((left = PQflush(pg->conn)) == 1) {
		r = await(ctx, pg, POLLIN | POLLOUT);
		if (r < 0)
			return r;
	}
	return left < 0 ? lost(ctx, pg, PQerrorMessage(pg->conn)) : 0;
}

static int send_statement(struct wv_ctx *ctx, struct pg *pg, const struct pg_statement *statement)
{
	const char *values[PG_PARAMS_MAX];
	int lengths[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];

	for (int i = 0; i < statement->count; i++) {
		values[i] = statement->params[i].data;
		lengths[i] = (int)statement->params[i].len; /* a record has 32 MiB at most */
		formats[i] = statement->params[i].binary;
	}
	if (!PQsendQueryParams(pg->conn, statement->sql, statement->count, NULL, values, lengths,
			       formats, 1))
		return lost(ctx, pg, PQerrorMessage(pg->conn));
	PQsetSingleRowMode(pg->conn);
	return send_all(ctx, pg);
}

/* The next result, or NULL when the statement is through. */
static int next_result(struct wv_ctx *ctx, struct pg *pg, PGresult **ret)
{
	int r;

	while (PQisBusy(pg->conn)) {
		r = await(ctx, pg, POLLIN);
		if (r < 0)
			return r;
	}
	*ret = PQgetResult(pg->conn);
	return 0;
}

#define COLUMNS_MAX 8

static int give_row(const struct pg_statement *statement, const PGresult *result)
{
	struct pg_value values[COLUMNS_MAX] = { 0 };

	for (int i = 0; i < MIN(PQnfields(result), COLUMNS_MAX); i++) {
		if (PQgetisnull(result, 0, i))
			continue;
		values[i].data = PQgetvalue(result, 0, i); /* a NUL stands behind it */
		values[i].len = PQgetlength(result, 0, i);
	}
	return statement->fn(statement->data, values);
}

static int take_result(struct wv_ctx *ctx, struct pg *pg, const struct pg_statement *statement,
		       const PGresult *result, uint64_t *ret_changed)
{
	switch (PQresultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
		return statement->fn ? give_row(statement, result) : 0;
	case PGRES_COMMAND_OK:
		if (ret_changed)
			*ret_changed = strtoull(PQcmdTuples((PGresult *)result), NULL, 10);
		/* a transaction that had failed is not committed, and that is no error to the
		 * server */
		if (!strcmp(statement->sql, "COMMIT") &&
		    strcmp(PQcmdStatus((PGresult *)result), "COMMIT"))
			return pg_fail(ctx, pg, -EIO, "ledger %s: the transaction was rolled back",
				       pg->name);
		return 0;
	case PGRES_TUPLES_OK:
		return 0;
	default:
		return refused(ctx, pg, result);
	}
}

int pg_run(struct wv_ctx *ctx, struct pg *pg, const struct pg_statement *statement,
	   uint64_t *ret_changed)
{
	PGresult *result = NULL;
	bool stopped;
	int r, end = 0;

	if (!pg->conn)
		return pg_fail(ctx, pg, -ECONNRESET, "ledger %s: the connection was lost",
				      pg->name);
	r = send_statement(ctx, pg, statement);
	if (r < 0)
		return r;
	for (;;) {
		r = next_result(ctx, pg, &result);
		if (r < 0 || !result)
			break;
		stopped = end != 0;
		if (!stopped)
			end = take_result(ctx, pg, statement, result, ret_changed);
		stopped = !stopped && end != 0 && PQresultStatus(result) == PGRES_SINGLE_TUPLE;
		PQclear(result);
		if (stopped && !statement->few) { /* what is left would have to be read */
			pg_drop(pg);
			return end;
		}
	}
	if (r < 0)
		return end ? end : r;
	if (end == -ECONNRESET || (end < 0 && PQstatus(pg->conn) == CONNECTION_BAD)) {
		pg_drop(pg);
		return -ECONNRESET;
	}
	return end;
}

int pg_do(struct wv_ctx *ctx, struct pg *pg, const char *sql)
{
	return pg_run(ctx, pg, &(struct pg_statement){ .sql = sql }, NULL);
}

int64_t pg_i64(const struct pg_value *value)
{
	uint64_t n = 0;

	if (!value->data || value->len != sizeof(n))
		return 0;
	memcpy(&n, value->data, sizeof(n));
	return (int64_t)be64toh(n);
}
