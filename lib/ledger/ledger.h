/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger.h - the station's records: a hash chain that is only added to
 *
 * A record is canonical JSON, kept as exact bytes:
 *
 *   {"body":{...},"kind":"prepare.begin","prev":HEX,"seq":1,"takeout":ID or null,
 *    "time":"2026-11-25T08:00:00Z","v":1}
 *
 * prev is the SHA-256 of the bytes of the record before, 64 zeros for the first.
 * So an export, one record a line, is checked with stock tools: the digest of
 * line N is the prev of line N + 1:
 *
 *   sed -n Np EXPORT | head -c -1 | sha256sum
 */
#ifndef WV_LEDGER_H
#define WV_LEDGER_H

#include "../base/json.h"

struct wv__ledger;

/**
 * wv__ledger_open() - open a ledger; several processes may have it open
 * @place: a file, or the URI of a PostgreSQL database that many stations share
 * @station: whose chain it is
 * @create: make it where it is not there
 *
 * A file is 0600. Return: -ENOENT when absent, -EPERM when the file or its
 * directory belongs to, or can be written by, others; -EBADMSG when it is no ledger.
 */
int wv__ledger_open(struct wv_ctx *ctx, const char *place, const char *station, bool create,
		    struct wv__ledger **ret);
bool wv__ledger_is_uri(const char *place);
void wv__ledger_close(struct wv__ledger *ledger);
void wv__ledger_closep(struct wv__ledger **ledger);

/**
 * wv__ledger_append() - add one record; it is on the disk when this returns
 * @kind: lower-case letters, digits, '.', '-' and '_'
 * @takeout: NULL: it belongs to none
 * @body: an object; NULL: {}
 * @ret_seq: may be NULL
 *
 * When it fails the record is not there, but for a failure of the commit
 * itself (or a kill): then it may be, whole.
 */
int wv__ledger_append(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kind,
		      const char *takeout, struct wv_doc *body, uint64_t *ret_seq);

/* Not 0 ends the reading and is returned. The record is borrowed. Do not append from within. */
typedef int (*wv__record_fn)(void *data, struct wv_doc *record);

/* Every record from from_seq on, of one take-out (NULL: all), in order. */
int wv__ledger_each(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
		    uint64_t from_seq, wv__record_fn fn, void *data);
/* Those of some kinds only, of any take-out: "incident.*". No other record is parsed. */
int wv__ledger_each_kind(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kinds,
			 wv__record_fn fn, void *data);
typedef bool (*wv__takeout_wanted_fn)(void *data, const char *takeout);
/* Those of the take-outs that are wanted. No other record is parsed. */
int wv__ledger_each_of(struct wv_ctx *ctx, struct wv__ledger *ledger, wv__takeout_wanted_fn wanted,
		       wv__record_fn fn, void *data);
int wv__ledger_record(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t seq,
		      struct wv_doc **ret); /* -ENOENT */
/* The last record's number and digest: 0 and 64 zeros when there is none. */
int wv__ledger_head(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t *ret_seq,
		    char ret_hex[65]);
/* The last record of that kind (and take-out, where not NULL), or NULL when there is none. */
int wv__ledger_last(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *kind,
		    const char *takeout, struct wv_doc **ret);

/* ---- where several machines write ----------------------------------------- */

/**
 * wv__ledger_claim() - be the only process that works on a take-out
 *
 * Of a store that is shared; nothing happens elsewhere, where a lock on a file
 * does. It is held until wv__ledger_release() or the process's end, whatever end
 * that is. A process that lost it to another one meanwhile cannot append
 * to the take-out any more: -EBUSY.
 *
 * Return: -EBUSY when another one has it.
 */
int wv__ledger_claim(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout);
void wv__ledger_release(struct wv__ledger *ledger, const char *takeout);

/* Array of their names. Return: -EINVAL when the store is one station's. */
int wv__ledger_stations(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv_doc **ret_names);
/* Another station's chain in the same store. */
int wv__ledger_of(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *station,
		  struct wv__ledger **ret);

/* ---- operations ------------------------------------------------------- */

/* Append "OPERATION.begin"; *ret_op is its number. */
int wv__ledger_begin(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *operation,
		     const char *takeout, struct wv_doc *body, uint64_t *ret_op);
/**
 * wv__ledger_end() - append "OPERATION.end" to what began with record op
 * @outcome: "done", "failed", "refused", "waiting", "interrupted", "proof-failed"
 * @body: further members; NULL: none. "begin" and "outcome" are added to them.
 */
int wv__ledger_end(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t op, const char *outcome,
		   struct wv_doc *body);
/* Array of the begin records without an end, oldest first; takeout NULL: of all. One may be running
 * now. */
int wv__ledger_unfinished(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
			  struct wv_doc **ret_begins);

/* ---- between stations ---------------------------------------------------- */

/* One record a line, exact bytes; takeout NULL: all. */
int wv__ledger_export_lines(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *takeout,
			    int fd);
/* The same of all, up to this record: what is added meanwhile is not in it. */
int wv__ledger_export_upto(struct wv_ctx *ctx, struct wv__ledger *ledger, uint64_t last, int fd);
/**
 * wv__ledger_import() - take over the records of another chain
 * @origin: whose they are
 * @takeout: every one of them must belong to it
 * @lines: an export of it
 *
 * Appends one record "chain.import" with {"origin", "head" (digest of the last
 * line), "records": [...], "whole" (no gap, from record 1)}. Return: -EBADMSG
 * when a line is no record, out of order, of another take-out, or not chained
 * to its neighbour.
 */
int wv__ledger_import(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin,
		      const char *takeout, const char *lines, size_t len, uint64_t *ret_seq);

/* ---- proof ------------------------------------------------------------------ */

/**
 * wv__ledger_check() - is it as it was written?
 * @checkpoint: a document of wv__ledger_checkpoint(), its signature proven by the
 *              caller; NULL: none, and then a cut tail is not noticed
 * @ret_result: {"records": N, "head": HEX, "status": "intact" or "broken",
 *              "first_bad": the first record that is not proven, or null,
 *              "detail": a sentence, or null, "back_dated": the first record that
 *              is dated before the one in front of it, or null: a clock that
 *              was set looks like that too}
 *
 * Return: 0 also when it is broken; -EBADMSG when @checkpoint is none.
 */
int wv__ledger_check(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv_doc *checkpoint,
		     struct wv_doc **ret_result);

/**
 * wv__ledger_checkpoint() - where the ledger stands, to be signed
 *
 * {"v":1,"type":"checkpoint","origin":...,"size":N,"head":HEX,"root":HEX,"time":...};
 * root is the Merkle tree hash of RFC 6962 over the records' bytes. -EBADMSG
 * when the chain is broken: nothing is vouched for that does not hold.
 */
int wv__ledger_checkpoint(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin,
			  struct wv_doc **ret);

/**
 * wv__ledger_prove() - that one record is in it, for who has nothing but that
 *
 * {"v":1,"type":"proof","record":{...},"index": of the leaf, from 0,"size":N,
 * "path":[HEX,...],"checkpoint":{...}}: the audit path of RFC 6962, section
 * 2.1.1, from the record's bytes to the root of a checkpoint as
 * wv__ledger_checkpoint() makes it, which is to be signed. -ENOENT; -EBADMSG
 */
int wv__ledger_prove(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin, uint64_t seq,
		     struct wv_doc **ret);

#endif
