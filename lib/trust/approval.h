/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * approval.h - has the responsible person said yes to exactly this request?
 */
#ifndef WV_APPROVAL_H
#define WV_APPROVAL_H

#include "sign.h"

struct wv__approval {
	const struct wv__roster *roster;
	const char *namespace;	    /* WV_NS_TAKEOUT, WV_NS_RETURN */
	uint64_t time;		    /* of the signing */
	const char *request_digest; /* SHA-256 of the request that was issued; NULL: not compared */
	const char *holder;	    /* principal or name */
	const char *holder_fingerprint; /* NULL: the holder has no key */
	bool self_approval;		/* the policy lets the holder approve */
};

/**
 * wv__approval_check() - check FILE and FILE.sig against the terms
 * @ret_request: the request as it was signed; may be NULL
 * @ret_by: who approved; may be NULL
 *
 * The approver is the holder when the names are the same (letter case aside),
 * when the keys are, or when the roster gives the holder's key to the approver.
 * The request's own expiry is the caller's to check.
 *
 * Return: 0, -EAGAIN when FILE.sig is not there yet, -EPERM when the approver
 * is the holder, -EKEYREJECTED or -EKEYEXPIRED as wv__verify(), -EBADMSG when
 * FILE is not the request that was issued.
 */
int wv__approval_check(struct wv_ctx *ctx, const struct wv__approval *terms, const char *path,
		       struct wv_doc **ret_request, struct wv__signed_by *ret_by);

/* The signer is the holder: the person, under whatever name, or one of their keys. */
bool wv__approval_is_holders(const struct wv__approval *terms, const struct wv__signed_by *by);

#endif
