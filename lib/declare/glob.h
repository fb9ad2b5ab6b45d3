/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * glob.h - patterns for the files that may come into being in the field
 *
 * ? is one byte and * any bytes within a name; ** is any bytes, "/" included;
 * a name of ** alone, with more after it, is also no directory at all.
 * [ ] { } and \ are refused, not guessed at. Bytes are compared as they are,
 * in no locale.
 */
#ifndef WV_GLOB_H
#define WV_GLOB_H

#include "base/util.h"

/* Why a pattern is refused, as half a sentence; NULL: it is good. */
const char *wv__glob_fault(const char *glob);
bool wv__glob_match(const char *glob, const char *path);
/* May something below this directory match? */
bool wv__glob_match_below(const char *glob, const char *dir);

#endif
