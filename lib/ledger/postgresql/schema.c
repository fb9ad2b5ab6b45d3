/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * schema.c - the tables. docs/postgresql.md has the same statements, for who makes
 * them by hand: a test holds both together.
 */
#include "schema.h"

static const char *const tables[] = {
	"CREATE SCHEMA IF NOT EXISTS workvol",
	/* of each station, the last record; its row is the lock of the chain */
	"CREATE TABLE IF NOT EXISTS workvol.heads ("
	"station TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL)",
	"CREATE TABLE IF NOT EXISTS workvol.records ("
	"station TEXT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, takeout TEXT, "
	"hash TEXT NOT NULL, record BYTEA NOT NULL, PRIMARY KEY (station, seq))",
	/* who works on a take-out holds its row; epoch says how often it was claimed */
	"CREATE TABLE IF NOT EXISTS workvol.claims ("
	"station TEXT NOT NULL, takeout TEXT NOT NULL, epoch BIGINT NOT NULL, "
	"PRIMARY KEY (station, takeout))",
};

static const char *const looks[] = {
	"SELECT station, seq, hash FROM workvol.heads LIMIT 0",
	"SELECT station, seq, kind, takeout, hash, record FROM workvol.records LIMIT 0",
	"SELECT station, takeout, epoch FROM workvol.claims LIMIT 0",
};

int pg_schema_find(struct wv_ctx *ctx, struct pg *pg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(looks); i++)
		r = pg_do(ctx, pg, looks[i]);
	if (r == -ENOENT)
		return pg_fail(ctx, pg, r, "there is no ledger in %s: workvol init makes one",
			       pg_name(pg));
	return r;
}

/* Who is told so waited for the other one, whose table is whole now: asked again, it finds it. */
static int make_table(struct wv_ctx *ctx, struct pg *pg, const char *sql)
{
	const int r = pg_do(ctx, pg, sql);

	return r == -EEXIST ? pg_do(ctx, pg, sql) : r;
}

/* Two that make them at the same moment meet in the server's catalogue: the other one's will do. */
int pg_schema_make(struct wv_ctx *ctx, struct pg *pg)
{
	int r = pg_schema_find(ctx, pg);

	if (r != -ENOENT)
		return r;
	r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tables); i++)
		r = make_table(ctx, pg, tables[i]);
	return r;
}
