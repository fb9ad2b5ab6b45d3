/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checkpoint.h - how far a wipe is, kept in a file so that it can go on after
 * a kill, a reboot or an unplug
 *
 * It names medium, method, range and seed (from which all keys derive), and a
 * mark: in this sweep all before it is on the medium. It is written only
 * after the medium's flush. A digest finds damage; whether it belongs to what
 * lies on the medium is proven by reading that back.
 */
#ifndef WV_CHECKPOINT_H
#define WV_CHECKPOINT_H

#include "lane.h"

/* Where this medium's checkpoint is, into run->checkpoint. */
int wv__checkpoint_place(struct wv__run *run);
/* Put it in place at once: sweep `at` is through up to `low`. */
int wv__checkpoint_keep(struct wv__run *run, unsigned int at, uint64_t low);
/* 1: the run stands where it says; 0: there is none; -EBADMSG: altered, or of another wipe. */
int wv__checkpoint_load(struct wv__run *run);
/* After the plan was expanded: read the last ranges back. -EBADMSG: this is not the medium. */
int wv__checkpoint_prove(struct wv__run *run);
void wv__checkpoint_remove(struct wv__run *run);

#endif
