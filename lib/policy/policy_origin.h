/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_origin.h - where a setting was read; the room's own
 */
#ifndef WV_POLICY_ORIGIN_H
#define WV_POLICY_ORIGIN_H

#include <stdint.h>

struct wv__policy_origin {
	char *file; /* NULL: a default */
	uint64_t line;
};

#endif
