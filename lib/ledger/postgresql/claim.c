/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim.c - one process works on a take-out, whichever machine it runs on
 *
 * A transaction that stays open holds the row of the take-out, as flock() holds a
 * file: whatever becomes of the process, the server lets go of it. A connection may be
 * lost without the process noticing: so the row counts its claims, and who takes
 * it again after a loss sees whether somebody else had it in between.
 */
#include "claim.h"

#include <stdio.h>
#include <string.h>

struct pg_claim {
	struct pg *pg;
	char *station;
	char *takeout;
	int64_t epoch;
};

#define OF_TAKEOUT "FROM workvol.claims WHERE station = $1 AND takeout = $2"

static int keep_epoch(void *data, const struct pg_value *values)
{
	*(int64_t *)data = pg_i64(&values[0]);
	return 0;
}

static int run(struct wv_ctx *ctx, struct pg_claim *claim, const char *sql, int64_t *ret_epoch)
{
	return pg_run(ctx, claim->pg,
		      &(struct pg_statement){
			      .sql = sql,
			      .params = { PG_TEXT(claim->station), PG_TEXT(claim->takeout) },
			      .count = 2,
			      .few = true,
			      .fn = ret_epoch ? keep_epoch : NULL,
			      .data = ret_epoch,
		      },
		      NULL);
}

static int busy(struct wv_ctx *ctx, struct pg_claim *claim)
{
	return pg_fail(ctx, claim->pg, -EBUSY, "another workvol is at work on take-out %s",
		       claim->takeout);
}

/* Begin the transaction that holds the row. */
static int take(struct wv_ctx *ctx, struct pg_claim *claim, int64_t *ret_epoch)
{
	int r;

	*ret_epoch = 0;
	r = pg_do(ctx, claim->pg, "BEGIN");
	if (r == 0)
		r = run(ctx, claim, "SELECT epoch " OF_TAKEOUT " FOR UPDATE NOWAIT", ret_epoch);
	return r == -EBUSY || r == -ERESTART ? busy(ctx, claim) : r;
}

/* Count it first, and let the count be seen; then hold the row as long as nobody counted on. */
static int count_and_take(struct wv_ctx *ctx, struct pg_claim *claim)
{
	int64_t epoch;
	int r;

	r = run(ctx, claim,
		"INSERT INTO workvol.claims (station, takeout, epoch) VALUES ($1, $2, 0) "
		"ON CONFLICT DO NOTHING",
		NULL);
	if (r == 0)
		r = take(ctx, claim, &claim->epoch);
	if (r == 0)
		r = run(ctx, claim,
			"UPDATE workvol.claims SET epoch = epoch + 1 WHERE station = $1 AND "
			"takeout = $2",
			NULL);
	if (r == 0)
		r = pg_do(ctx, claim->pg, "COMMIT");
	claim->epoch++;
	if (r == 0)
		r = take(ctx, claim, &epoch);
	if (r == 0 && epoch != claim->epoch)
		return busy(ctx, claim);
	return r == -ERESTART ? busy(ctx, claim) : r;
}

int pg_claim_new(struct wv_ctx *ctx, const struct wv__store_host *host, const char *uri,
		 const char *station, const char *takeout, struct pg_claim **ret)
{
	struct pg_claim *claim = calloc(1, sizeof(*claim));
	int r;

	if (!claim)
		return host->fail(ctx, -ENOMEM, "out of memory");
	claim->station = strdup(station);
	claim->takeout = strdup(takeout);
	r = pg_open(ctx, host, uri, true, &claim->pg);
	if (r == 0 && (!claim->station || !claim->takeout))
		r = pg_fail_memory(ctx, claim->pg);
	if (r == 0)
		r = count_and_take(ctx, claim);
	if (r < 0) {
		pg_claim_free(claim);
		return r == -ECONNRESET ? -EIO : r;
	}
	*ret = claim;
	return 0;
}

void pg_claim_free(struct pg_claim *claim)
{
	if (!claim)
		return;
	pg_close(claim->pg);
	free(claim->station);
	free(claim->takeout);
	free(claim);
}

bool pg_claim_is_of(const struct pg_claim *claim, const char *takeout)
{
	return takeout && !strcmp(claim->takeout, takeout);
}

/* Our own lost connection may hold the row for a while: the server has to notice first. */
static int take_again(struct wv_ctx *ctx, struct pg_claim *claim)
{
	const int64_t end = pg_now_ms() + PG_PATIENCE_MS;
	int64_t epoch;
	int r;

	for (;;) {
		r = pg_reopen(ctx, claim->pg);
		if (r == 0)
			r = take(ctx, claim, &epoch);
		if (r == 0 && epoch == claim->epoch)
			return 0;
		if (r == 0) {
			pg_drop(claim->pg);
			return pg_fail(ctx, claim->pg, -EBUSY,
				       "another workvol took over take-out %s while the ledger "
				       "could not be reached",
				       claim->takeout);
		}
		pg_drop(claim->pg);
		if ((r != -EBUSY && r != -ECONNRESET) || pg_now_ms() > end)
			return r == -ECONNRESET ? -EIO : r;
		pg_sleep_ms(100);
	}
}

int pg_claim_hold(struct wv_ctx *ctx, struct pg_claim *claim)
{
	int64_t epoch;

	if (run(ctx, claim, "SELECT epoch " OF_TAKEOUT, &epoch) == 0)
		return 0;
	return take_again(ctx, claim);
}
