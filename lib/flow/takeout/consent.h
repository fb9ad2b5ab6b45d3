/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consent.h - the responsible person's approvals: take-out, return, and the giving up
 */
#ifndef WV_CONSENT_H
#define WV_CONSENT_H

#include "takeout.h"

/**
 * wv__approval_state() - is this request approved
 * @paper: the request's name among the take-out's papers
 * @namespace: WV_NS_TAKEOUT or WV_NS_RETURN
 * @digest: of the request, as the ledger has it
 * @roster: who may approve
 * @approve_with: a key to sign with now, when nobody signed yet; may be NULL
 * @ret_approver: the person; free() it
 *
 * Return: 0 approved; -EAGAIN waiting, with the command to run as the sentence;
 * -EPERM by the holder; -EKEYREJECTED, -EKEYEXPIRED or -EBADMSG as it stands.
 */
int wv__approval_state(struct wv__takeout *t, const char *paper, const char *namespace,
		       const char *digest, const struct wv__roster *roster,
		       const char *approve_with, char **ret_approver);

/*
 * It was approved before: it still is. A take-out's expiry counts when it is
 * approved only; a return's until the keys go, which erase.c sees to. -EBADMSG when the paper, its signature or the ledger's word of it is gone.
 */
int wv__approval_again(struct wv__takeout *t, const char *paper, const char *namespace,
		       const char *digest, const struct wv__roster *roster);

#endif
