/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * giving_up.h - a volume that cannot be opened any more: client and approver give
 * up its contents, then its keys are destroyed without factors and receipt
 */
#ifndef WV_GIVING_UP_H
#define WV_GIVING_UP_H

#include "homecoming.h"

/* What is returned, into h->s. To be given up it may have lost its header: then by its identity. */
int wv__give_up_subject(struct wv__homecoming *h, const char *target);
/* May it be given up, where that is asked for; and only that while it is lost. -EPERM with a sentence. */
int wv__give_up_may(struct wv__homecoming *h);
/*
 * Is it the medium, directly before its first byte is destroyed: it carries the volume's header,
 * or the begin of its destruction; or it is told by its serial; or a person says so (h->proof).
 */
int wv__give_up_prove(struct wv__homecoming *h);

/* Of a volume that was given up, for the certificate; free them. NULL: it was not. */
int wv__given_up_doc(const struct wv__takeout *t, struct wv_doc **ret);
/* What that leaves unproven, added to @not_proven, which is made where it is NULL. */
int wv__given_up_not_proven(const struct wv__takeout *t, struct wv_doc **not_proven);

#endif
