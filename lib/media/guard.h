/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard.h - why a medium may not be touched
 */
#ifndef WV_GUARD_H
#define WV_GUARD_H

#include "device.h"

struct wv__guard_opts {
	const char *serial; /* the one that was named; NULL: any */
	uint64_t size;      /* the one that was recorded; 0: any */
	/*
	 * May the work volume of that UUID be destroyed: 1 yes, 0 no, -ENOENT
	 * nobody knows it, or another negative errno with its sentence. NULL:
	 * volumes are not looked for.
	 */
	int (*volume_allowed)(void *data, const char *uuid);
	void *data;
	/*
	 * Do not claim it, not for a moment (that can fail a mount by others):
	 * a use that only the kernel knows of is missed. For lists.
	 */
	bool look_only;
};

/**
 * wv__guard() - may this medium be overwritten
 * @opts: NULL: only that nobody uses it and it can be written
 *
 * Nothing is written. Right whether the device is held by the caller or not;
 * hold it before and recheck after, else the answer is old. With
 * volume_allowed, file systems on it are looked through on a read-only loop
 * device, by a process of its own and seen by nobody; what cannot be mounted
 * is a warning in the log.
 *
 * Return: 0, or with the one sentence -EBUSY (in use), -EROFS, -EPERM (another
 * identity, or a work volume that may not be destroyed), or another errno.
 */
int wv__guard(struct wv_ctx *ctx, const struct wv_device *dev, const struct wv__guard_opts *opts);

/* Only that part: -EBUSY with who uses it (mounted, swap, held, backing a loop, the running system). */
int wv__guard_in_use(struct wv_ctx *ctx, const struct wv_device *dev);
/* And the kernel's own word on it: -EBUSY when it cannot be claimed just now. */
int wv__guard_claim(struct wv_ctx *ctx, const struct wv_device *dev);
/*
 * Requests that a killed program still had on their way hold what it held, until they
 * came back: while attempt answers 1 (busy), nap and try again.
 *
 * Return: attempt's last answer, 1 when it has been waited for long enough and is no such
 * thing; or -ECANCELED with its sentence.
 */
int wv__guard_retry(struct wv_ctx *ctx, int (*attempt)(void *data), void *data);

#endif
