/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * homecoming.h - one return under way: what its steps share
 */
#ifndef WV_HOMECOMING_H
#define WV_HOMECOMING_H

#include "../medium/session.h"
#include "../../evidence/certificate.h"

/* What says that this is the medium whose keys were destroyed. */
enum wv__medium_proof {
	WV__PROVEN_NOT,
	WV__PROVEN_BY_PATTERN,    /* of the key destruction, which is whole: no data pass has begun */
	WV__PROVEN_BY_IDENTITY,   /* the device's own, or the very file, of a wipe that began */
	WV__PROVEN_BY_WORD,       /* a person's */
	WV__PROVEN_BY_CHECKPOINT, /* the wipe's own has to say it, or nothing is written */
};

struct wv__homecoming {
	struct wv_station *st;
	struct wv__subject s;
	const struct wv_return_opts *opts;
	struct wv_doc *record;             /* the take-out record, proven */
	struct wv__declaration *decl;      /* effective; NULL until it is needed */
	struct wv__session session;        /* open while session_open */
	bool session_open;
	struct wv_doc *wipe;               /* the engine's result, when it ran here */
	struct wv_doc *pattern;
	struct wv_doc *copies;             /* of the search, when it ran here */
	enum wv__medium_proof proof;       /* once the data passes are near */
};

/* Was this WV_RETURN_* asked for? */
struct wv__certificate_said wv__return_said(const struct wv_return_opts *opts);
bool wv__return_wants(const struct wv__homecoming *h, uint32_t flag);

/* The client's consent to give the contents up; NULL: that was not asked for. */
const char *wv__return_unrecoverable(const struct wv__homecoming *h);
/* Was this serial, the medium's, given with --yes? */
bool wv__return_by_word(const struct wv__homecoming *h);

/* -EPERM: what identifies the medium says that it is another take-out's, whose data are still wanted. */
int wv__return_no_other(struct wv__homecoming *h, struct wv_device *dev);

/* Open the volume for the steps that read it, closing what an earlier `open` left. */
int wv__homecoming_open(struct wv__homecoming *h);
int wv__homecoming_shut(struct wv__homecoming *h);

/* The steps, in their order; each takes the take-out one state further. */
int wv__return_check(struct wv__homecoming *h);   /* out → checked */
int wv__return_sync(struct wv__homecoming *h);    /* checked → synced */
int wv__return_approve(struct wv__homecoming *h); /* synced → return-approved */
int wv__return_destroy(struct wv__homecoming *h); /* return-approved, destroying-keys → keys-destroyed; → out when its approval has expired */
int wv__return_give_up(struct wv__homecoming *h); /* lost → keys-destroyed, without factors and receipt */
int wv__return_wipe(struct wv__homecoming *h);    /* keys-destroyed → wiped */
int wv__return_certify(struct wv__homecoming *h); /* wiped → certified */

/* The method and verify mode: the record's, or what was asked for where it is stricter. */
int wv__return_method(struct wv__homecoming *h, const char **ret_method, const char **ret_verify);

/* A header of this volume: 1 with keyslots, 0 without; -ENOENT: there is none that loads. */
int wv__return_keyslots(struct wv__homecoming *h);
/* Does the medium carry the begin of the recorded key destruction? */
int wv__return_begun(struct wv__homecoming *h, bool *ret_begun);

#endif
