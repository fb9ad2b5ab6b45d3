/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * station.h - one station, open: its policy, its ledger, its roster, its papers
 */
#ifndef WV_STATION_H
#define WV_STATION_H

#include "../../base/fs.h"
#include "../../base/json.h"
#include "../../ledger/ledger.h"
#include "../../policy/policy.h"
#include "../../trust/roster.h"

struct wv_station {
	struct wv_ctx *ctx; /* the caller's; outlives the station */
	struct wv__policy *policy;
	struct wv__ledger *ledger;
	char policy_digest[65];	 /* of the effective values, an instruction's among them */
	char instruction[65];	 /* digest of the one in force; "": there is none */
	char *policy_file;	 /* NULL: the system's */
};

/* Below the state directory: certificate-NNNNNNNNNNNN.json, .sig, .txt of wipes that are no take-out's. */
#define WV__WIPES "wipes"
#define WV__INSTRUCTIONS "instructions" /* instruction.h */

/* STATE-DIR/name; NULL: no memory. */
char *wv__station_path(struct wv_station *st, const char *name);
int wv__station_roster(struct wv_station *st, struct wv__roster **ret);
/* {"checkpoint": as it is, "signature": the SSHSIG over its canonical bytes} */
int wv__station_sign_checkpoint(struct wv_station *st, struct wv_doc *checkpoint, struct wv_doc **ret);
/*
 * Where the ledger stands, for a certificate: a wipe is certified also where the ledger is
 * broken, and then NULL. Its own verification tells that.
 */
int wv__station_checkpoint(struct wv_station *st, struct wv_doc **ret);
/* The person at the keyboard: the login, not root behind sudo. */
void wv__operator(char *ret, size_t size);

/*
 * The door: every operation enters and leaves by it. Entering guards the
 * process (no dumps, locked memory) and writes OP.begin; leaving writes OP.end
 * with the outcome that r means. A killed process leaves a begin without an end.
 */
struct wv__door {
	struct wv_station *st;
	const char *op;
	const char *takeout; /* NULL: of no take-out */
	uint64_t begin;      /* 0: not entered */
};

int wv__door_enter(struct wv__door *door, struct wv_station *st, const char *op,
		   const char *takeout, struct wv_doc *body);
/* Return: r, or the ledger's error when r was no failure. */
int wv__door_leave(struct wv__door *door, int r, struct wv_doc *body);

#endif
