/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - what a certificate tells of the machine that a volume was used on
 */
#ifndef WV_MACHINE_H
#define WV_MACHINE_H

#include "paper.h"

/* NULL: nothing is told. */
void machine_host(struct paper *p, struct wv_doc *doc);
void machine_copies(struct paper *p, struct wv_doc *doc);

#endif
