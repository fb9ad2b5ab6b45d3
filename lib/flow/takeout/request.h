/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.h - the take-out request: what the responsible person says yes to
 */
#ifndef WV_REQUEST_H
#define WV_REQUEST_H

#include "../../media/device.h"
#include "takeout.h"

#define WV__REQUEST "takeout-request.json"

struct wv__plan {
	const struct wv_prepare_opts *opts;
	const char *target;               /* path of the device or container */
	struct wv_doc *identity;          /* of the target, as it is or will be */
	struct wv_doc *holder;            /* {name, key, fingerprint} */
	struct wv_doc *client_approval;   /* {number, scope, expiry} */
	struct wv_doc *host;              /* of wv__laptop_check(); NULL: the medium leaves the machine */
	struct wv__declaration *decl;
	char declaration[65];             /* its digest */
	char due[21];                     /* RFC 3339 */
};

#define cleanup_plan cleanup(wv__plan_clear)
void wv__plan_clear(struct wv__plan *plan);

/* "NUMBER[,SCOPE[,EXPIRY]]" as {number, scope, expiry}. -EINVAL; -EPERM when it has expired. */
int wv__client_approval(struct wv_ctx *ctx, const char *spec, struct wv_doc **ret);
/* Read and check what `prepare` was given; identity is the caller's to set. */
int wv__plan_read(struct wv_station *st, const struct wv_prepare_opts *opts, struct wv__plan *ret);

/**
 * wv__request_find() - the take-out that this plan belongs to, claimed
 *
 * One that was asked for before, not expired and not prepared yet, of the same
 * declaration, target, holder, client's approval and due date; else a new one, its request written.
 */
int wv__request_find(struct wv_station *st, const struct wv__plan *plan, struct wv__takeout **ret);

/* Its time has passed, or the paper is gone: nobody can approve it or go on with it any more. */
bool wv__request_expired(const struct wv__takeout *t);

#endif
