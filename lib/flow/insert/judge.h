/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.h - what an inserted medium is, by what lies on it and by the ledger
 */
#ifndef WV_JUDGE_H
#define WV_JUDGE_H

#include "../medium/subject.h"
#include "../../media/probe.h"

struct wv__finding {
	const char *verdict; /* docs/formats.md */
	bool alert;
	char holds[sizeof((struct wv__region){ 0 }.type)]; /* by libblkid; "" nothing known */
	char *message;
	char *next;
};

#define cleanup_finding cleanup(wv__finding_clear)
void wv__finding_clear(struct wv__finding *f);

/**
 * wv__judge() - look at what is there, until it stays for as long as that takes
 *
 * Return: 0; -ENOMEDIUM when it is gone; or another negative errno.
 */
int wv__judge(struct wv_station *st, const char *device, struct wv__subject *s, struct wv__finding *f);

/* Something failed: is it since the device is gone? That may be heard of some moments later only. */
bool wv__judge_is_gone(struct wv_ctx *ctx, const char *device, const struct wv_device *dev);

#endif
