/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notify.h - tell those who are logged in
 */
#ifndef WV_NOTIFY_H
#define WV_NOTIFY_H

#include "../../base/ctx.h"

/**
 * wv__notify() - on the desktop of each user who has one, otherwise on the terminals
 * @alert: it stays on the desktop until it is closed
 * @text: what is not printable ASCII is shown as '?'; never a secret, since a
 *        program is given it as an argument
 * @local: the same in the language of this machine, for desktops: a console may lack its letters; NULL: none
 *
 * Each desktop has some seconds to answer. That nobody could be told is logged, and nothing fails by it.
 */
void wv__notify(struct wv_ctx *ctx, bool alert, const char *text, const char *local);

#endif
