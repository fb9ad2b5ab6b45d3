/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registers.h - what the contract wants kept in writing: each register a fold of
 * its records in the ledger. An entry is superseded or ended, never edited.
 */
#ifndef WV_REGISTERS_H
#define WV_REGISTERS_H

#include "../station/station.h"

#define WV__REGISTER_FIELDS 4

struct wv__register_field {
	const char *key;
	bool required, is_date; /* a date: YYYY-MM-DD, or a moment as wv__date_parse() has it */
};

struct wv__register {
	const char *name, *clause;
	bool once; /* while one of a name is current there is no second: it has to be ended */
	struct wv__register_field fields[WV__REGISTER_FIELDS];
};

/* -EINVAL naming those that there are. */
int wv__register_find(struct wv_ctx *ctx, const char *name, const struct wv__register **ret);

/* Entries of all registers in the order in which they were made: rows as docs/formats.md has them. */
struct wv__registers {
	struct wv_ctx *ctx;
	struct wv_doc *rows; /* array */
};

#define cleanup_registers cleanup(wv__registers_clear)
void wv__registers_clear(struct wv__registers *list);
/* @ret: zeroed by the caller, cleared by wv__registers_clear(). */
int wv__registers_read(struct wv_station *st, struct wv__registers *ret);
/* Borrowed; NULL: none is. */
struct wv_doc *wv__registers_current(const struct wv__registers *list, const char *reg, const char *name);

/*
 * What the policy asks of the registers (S4, S3-4): training-days of a holder,
 * storage-register of a server's address. NULL: that one is not asked for (that
 * there is no server is said later). 0; -EPERM with a sentence that says what to enter.
 */
int wv__registers_need(struct wv_station *st, const char *holder, const char *address);

#endif
