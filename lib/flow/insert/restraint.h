/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restraint.h - what on-insert asks for against a USB medium of nobody's
 */
#ifndef WV_RESTRAINT_H
#define WV_RESTRAINT_H

#include "../medium/subject.h"

struct wv__restraint {
	const char *done; /* "read-only" or "refused"; NULL: nothing was asked for, or it failed */
	bool failed;
	char *message; /* what was done and how it is undone, or why it was not; NULL: nothing was asked for */
};

#define cleanup_restraint cleanup(wv__restraint_clear)
void wv__restraint_clear(struct wv__restraint *restraint);

/**
 * wv__restrain() - make a medium read-only, or refuse it, where the policy says so
 * @block_dir: its directory in sysfs, by wv__sysfs_dir(); NULL: it has none
 *
 * Only whole disks behind USB that nobody uses, and that carry no volume of this
 * station, in no partition either.
 *
 * Return: 0, also when it failed and said so in the message; -ENOMEM or -ECANCELED.
 */
int wv__restrain(struct wv_station *st, const struct wv__subject *s, const char *block_dir,
		 struct wv__restraint *ret);

#endif
