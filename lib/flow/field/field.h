/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * field.h - work at another station: the take-out is carried in with its
 * record, and what is done with it is carried home as a chain of records
 *
 * The holder carries takeout-record.json and what lies beside it (CARRY). The
 * field station begins a take-out of its own from it; at `close` its records
 * and amendments are written to CARRY/field/; `return` at home imports them.
 */
#ifndef WV_FIELD_H
#define WV_FIELD_H

#include "../medium/subject.h"

/*
 * As wv__subject_need(), for a take-out that this station may not know yet: FILE
 * is the record that the holder carries; NULL: the station must know it.
 */
int wv__field_subject(struct wv_station *st, const char *target, const char *file,
		      struct wv__subject *ret);
/**
 * wv__field_enter() - how an operation on one take-out begins
 * @op: its name in the ledger
 * @file: as for wv__field_subject()
 * @ret_s: found and claimed; cleared by the caller, zeroed before
 * @ret_door: entered; the caller leaves it by wv__door_leave()
 */
int wv__field_enter(struct wv_station *st, const char *op, const char *target, const char *file,
		    struct wv__subject *ret_s, struct wv__door *ret_door);
/* The same of a take-out that is at hand already, its medium or not. */
int wv__field_claim(struct wv_station *st, const char *op, struct wv__takeout **t,
		    struct wv__door *ret_door);
/* Write what was done here to CARRY/field/; nothing for a take-out of this station's own. */
int wv__field_keep(struct wv__takeout *t);
/*
 * Import CARRY/field/, FILE being CARRY/takeout-record.json, into the take-out:
 * the records once, each amendment as a step. 0 also when there is nothing.
 */
int wv__field_import(struct wv__takeout *t, const char *file);

#endif
