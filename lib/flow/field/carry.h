/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * carry.h - a take-out's papers in the holder's hands: copied here first, then
 * proven, and only then believed
 *
 * CARRY is what the holder has: a copy of STATE-DIR/takeouts/ID. CARRY/field
 * holds what was done at other stations: their amendments, and their records
 * of this take-out, one a line.
 */
#ifndef WV_CARRY_H
#define WV_CARRY_H

#include "../takeout/takeout_record.h"

#define WV__CARRY_FIELD "field"
#define WV__CARRY_RECORDS "records.jsonl"

struct wv__carry {
	struct wv__takeout *t;
	struct wv_doc *record;        /* proven */
	struct wv__declaration *decl; /* with the amendments below */
	struct wv_doc *amended;       /* array: bodies of AMENDED; those that t knows, then the new ones */
};

#define cleanup_carry cleanup(wv__carry_clear)
void wv__carry_clear(struct wv__carry *carry);

/**
 * wv__carry_accept() - copy the papers here, and prove them
 * @t: of wv__takeout_adopt()
 * @dir: CARRY
 *
 * The record is signed by a key that this station's own roster lets sign
 * take-out records, and is of the roster, the declaration, and the hand-over
 * beside it. Return: 0; -EKEYREJECTED, -EKEYEXPIRED or -EBADMSG; -EPERM when it
 * was not handed over, or one is for trials and the other is not.
 */
int wv__carry_accept(struct wv__takeout *t, const char *dir, struct wv__carry *ret);

/* For a take-out that is known here; the record is proven by the caller. */
int wv__carry_begin(struct wv__takeout *t, struct wv_doc *record, struct wv__carry *ret);

/**
 * wv__carry_amendments() - go on with the amendments that lie in a directory
 * @home: also those that the record's station signed for the holder
 * @ret_count: how many are there
 *
 * Those that are known must be the same. A new one is signed by the holder's
 * key in the record, is of this take-out, has the next number, and fits the
 * declaration; else -EBADMSG or -EKEYREJECTED.
 */
int wv__carry_amendments(struct wv__carry *carry, const char *dir, bool home, size_t *ret_count);

/*
 * Take the records of another station into the ledger, once: they tell of
 * exactly the first `count` amendments. No file of them: fine when count is 0.
 */
int wv__carry_records(struct wv__carry *carry, const char *dir, size_t count);

/* Give: the amendments and records of a take-out, into CARRY/field. */
int wv__carry_give(struct wv__takeout *t, const char *carry_dir);

#endif
