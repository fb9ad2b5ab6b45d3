/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeout.h - a take-out: what the ledger says has happened to it, and its papers
 *
 * Its state is nowhere stored: it is the fold of the ledger's records about it
 * over the table in takeout.c. A step is taken by writing its record.
 */
#ifndef WV_TAKEOUT_H
#define WV_TAKEOUT_H

#include "../../declare/declaration.h"
#include "../station/station.h"

enum wv__state {
	WV__NOWHERE, /* before the first record */
	WV__DECLARED,
	WV__APPROVED,
	WV__PREPARED,
	WV__OUT,
	WV__CHECKED,
	WV__SYNCED,
	WV__RETURN_APPROVED,
	WV__DESTROYING_KEYS, /* the pattern is recorded, its overwrite may have begun */
	WV__KEYS_DESTROYED,
	WV__WIPED,
	WV__CERTIFIED,
	WV__CLOSED,
	WV__AWAITING_DESTRUCTION,
	WV__LOST,
	WV__STATES
};

/* A step is one kind of record; its body's members are in docs/formats.md. */
enum wv__step {
	WV__STEP_DECLARED,        /* request, declaration digest, target, holder, due */
	WV__STEP_APPROVED,        /* request digest, approver, time */
	WV__STEP_PROVISIONING,    /* the target is about to be overwritten; target, volume */
	WV__STEP_ABANDONED,       /* provisioning did not end: nothing usable is left */
	WV__STEP_PREPARED,        /* volume, header digest, record digest, target, extents, method, ... */
	WV__STEP_OUT,             /* hand-over digest */
	WV__STEP_CARRIED,         /* this station took it over from a take-out record of another */
	WV__STEP_REOPENED,        /* back to out: receipt and approval are void */
	WV__STEP_AMENDED,         /* amendment digest, number */
	WV__STEP_CHECKED,         /* findings, effective declaration digest */
	WV__STEP_NONCE,           /* a nonce, before it is used */
	WV__STEP_SYNCED,          /* receipt digest, number, nonce, time */
	WV__STEP_RETURN_REQUESTED,/* return request digest, number */
	WV__STEP_RENEWED,         /* a younger receipt for the same files: as SYNCED */
	WV__STEP_RETURN_APPROVED, /* request digest, approver */
	WV__STEP_DESTROYING_KEYS, /* pattern key, data offset; of what is given up, its request */
	WV__STEP_KEYS_DESTROYED,  /* the proof */
	WV__STEP_WIPING,          /* the data are about to be overwritten; the file's inode, by_word */
	WV__STEP_WIPED,           /* the wipe's result */
	WV__STEP_WIPE_FAILED,     /* the same; the medium awaits its destruction */
	WV__STEP_CERTIFIED,       /* certificate digest */
	WV__STEP_CLOSED,
	WV__STEP_LOST,            /* incident */
	WV__STEP_FOUND,
	WV__STEP_UNRECOVERABLE_REQUESTED, /* request digest, incident, the client's consent; method, verify */
	WV__STEP_UNRECOVERABLE,   /* request digest, approver: its contents are given up */
	WV__STEPS
};

struct wv__takeout {
	struct wv_station *st;
	char id[37];
	enum wv__state state;
	enum wv__state before_lost;
	struct wv_doc *body[WV__STEPS]; /* the newest of each step that still holds; NULL: none */
	struct wv_doc *amended;         /* array: the bodies of all amendments, in order */
	int lock_fd;                    /* held while it is claimed; else -1 */
};

#define cleanup_takeout cleanup(wv__takeout_freep)
void wv__takeout_free(struct wv__takeout *t);
void wv__takeout_freep(struct wv__takeout **t);

const char *wv__state_name(enum wv__state state);
/* The keys are gone: a medium of it may be wiped or used again (protocol, rule 7). */
bool wv__state_is_harmless(enum wv__state state);

int wv__takeout_new(struct wv_station *st, struct wv__takeout **ret);
/* -ENOENT with a sentence when the ledger knows none of that id. */
int wv__takeout_load(struct wv_station *st, const char *id, struct wv__takeout **ret);
/* By the volume's UUID, the newest of them. -ENOENT */
int wv__takeout_by_volume(struct wv_station *st, const char *uuid, struct wv__takeout **ret);
/* Is it of a prepare that was given up, its medium perhaps gone before its header was: 1, 0, or a negative errno. */
int wv__takeout_abandoned(struct wv_station *st, const char *uuid);

/**
 * wv__takeout_claim() - be the only process that works on it
 *
 * Locks its papers and folds anew, since another may have taken a step
 * meanwhile. Held until it is freed; claiming again does nothing. Return: -EBUSY
 * when another holds it.
 */
int wv__takeout_claim(struct wv__takeout **t);
/* A take-out of another station, which this ledger does not know yet: claimed. -EEXIST when it does. */
int wv__takeout_adopt(struct wv_station *st, const char *id, struct wv__takeout **ret);

typedef int (*wv__takeout_fn)(void *data, struct wv__takeout *t); /* other than 0 ends it */
/* In the order in which they were declared; of unfinished ones those that are not closed, which takes less time. */
int wv__takeout_each(struct wv_station *st, wv__takeout_fn fn, void *data);
int wv__takeout_each_unfinished(struct wv_station *st, wv__takeout_fn fn, void *data);

/**
 * wv__takeout_step() - take a step: write its record, then fold it
 * Return: 0; -EPERM with a sentence when the step does not follow from the state.
 */
int wv__takeout_step(struct wv__takeout *t, enum wv__step step, struct wv_doc *body);
bool wv__takeout_may(const struct wv__takeout *t, enum wv__step step);
/* Was it carried here from another station? Then it returns there. */
bool wv__takeout_is_guest(const struct wv__takeout *t);

/* Its contents were given up, by the client and an approver: its keys go without factors and receipt. */
bool wv__takeout_is_given_up(const struct wv__takeout *t);

/* What the newest record of a step says; NULL or 0 when there is none. */
const char *wv__takeout_str(const struct wv__takeout *t, enum wv__step step, const char *key);
uint64_t wv__takeout_u64(const struct wv__takeout *t, enum wv__step step, const char *key);
const char *wv__takeout_volume(const struct wv__takeout *t); /* UUID or NULL */

/* ---- its papers: STATE-DIR/takeouts/ID/NAME ---- */

char *wv__paper_path(const struct wv__takeout *t, const char *name); /* NULL: no memory */
/* A document of this take-out with what all have: v, type, lab, created, takeout. */
int wv__paper_new(const struct wv__takeout *t, const char *type, struct wv_doc **ret);
/* The same of what an approver is asked: nonce and expiry too. */
int wv__paper_request(const struct wv__takeout *t, const char *type, struct wv_doc **ret);
/* Keep a document, unsigned (an approver's signature comes to NAME.sig later) or signed by key. */
int wv__paper_keep(struct wv__takeout *t, const char *name, struct wv_doc *doc, const char *key,
		   const char *namespace, char ret_digest[65]);
/* Load one and hold it against the digest that the ledger has. -EBADMSG when it differs. */
int wv__paper_load(const struct wv__takeout *t, const char *name, const char *digest,
		   struct wv_doc **ret);
/* SHA-256 of a file as it is, a signature for instance; at most 1 MiB. */
int wv__paper_file_digest(struct wv_ctx *ctx, const char *path, char ret[65]);

/* The declaration with all amendments applied, in order; the papers are held against the ledger. */
int wv__takeout_declaration(struct wv__takeout *t, struct wv__declaration **ret);

#endif
