/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tune.c - how many lanes, how large a chunk
 */
#include "tune.h"

void wv__tune(struct wv__run *run, struct wv__tune *tune)
{
	(void)run;
	(void)tune;
}
