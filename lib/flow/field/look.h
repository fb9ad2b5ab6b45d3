/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.h - what is on a volume, against what was declared
 */
#ifndef WV_LOOK_H
#define WV_LOOK_H

#include "../../declare/compare.h"
#include "../medium/session.h"

/* How a look begins: what was declared, and the files, read only. The caller frees one and ends the other. */
int wv__look_begin(struct wv__subject *s, const struct wv_open_opts *opts,
		   struct wv__declaration **ret_decl, struct wv__session *ret_session);
/* Read all of it; the result of wv__compare() with compare_flags. */
int wv__look(struct wv__session *session, const struct wv__declaration *decl,
	     uint32_t compare_flags, struct wv_doc **ret_result);
/*
 * And nothing differs: else -EBADMSG, with what does and what to do about it.
 * The result is there all the same.
 */
int wv__look_clean(struct wv__session *session, const struct wv__declaration *decl,
		   uint32_t compare_flags, struct wv_doc **ret_result);

#endif
