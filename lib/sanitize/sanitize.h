/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanitize.h - the room's door: devices erase themselves, and are not believed
 *
 * The caller has asked the guard and holds the devices. Errors of one device
 * do not stop another: each job has its own result.
 */
#ifndef WV_SANITIZE_H
#define WV_SANITIZE_H

#include "../base/json.h"
#include "kind.h"

struct wv_device;

struct wv__sanitize_job {
	struct wv_device *dev; /* in: open for writing and held */
	struct wv_doc
		*result; /* out: an object like that of `wipe --json`, with the member "sanitize" */
	struct wv_doc *pattern; /* out: what `verify` can read it back against; NULL: there is no
				   such thing */
	int error; /* out: 0, -EBADMSG (proof failed), -EPERM (refused), -ECANCELED, -EIO */
};

/* A member left zero means the default. */
struct wv__sanitize_opts {
	enum wv__kind kind; /* WV__KINDS: the strongest that is offered */
	const char *verify; /* "last" (NULL), "all": every byte; "sample[:PERCENT]"; "none" */
	uint32_t flags;	    /* WV_WIPE_DRY_RUN */
	bool then;	    /* the host overwrites it afterwards, and that is what will be on it */
	uint32_t stall_seconds; /* no progress for so long: the device is given up; 0: 3600 */
	uint32_t limit_seconds; /* and after so long in any case; 0: seven days */
};

/**
 * wv__sanitize_run() - have any number of devices erase themselves, at once
 *
 * Marks are laid and read back, the command is given, its status is asked
 * until it is over, and the device is read: a mark that survived, or a byte
 * that the command does not leave, is -EBADMSG. wv_ctx_cancel() stops waiting;
 * what was begun goes on in the device, and the sentence says so.
 *
 * Every job gets its result, also on failure (except -ENOMEM).
 *
 * Return: 0, or the worst job's error in the order of the exit codes: 4, 1, 3, 130.
 */
int wv__sanitize_run(struct wv_ctx *ctx, struct wv__sanitize_job *jobs, size_t n,
		     const struct wv__sanitize_opts *opts);

/**
 * wv__sanitize_describe() - what a device offers, for people; nothing is changed in it
 * @ret_offers: array of {kind, category, command, usable, reason, minutes}
 * @ret_hidden: {hpa, dco} in bytes; NULL when the device does not tell
 */
int wv__sanitize_describe(struct wv_ctx *ctx, const struct wv_device *dev,
			  struct wv_doc **ret_offers, struct wv_doc **ret_hidden);

/**
 * wv__sanitize_idle() - may the medium be opened and read now
 *
 * While a disk erases itself, the kernel holds back for minutes whoever reads it,
 * and whoever opens it while somebody else reads. This asks for the status only,
 * by the disk's SCSI generic node; of a partition, its disk's.
 *
 * Return: 0, also of what cannot be asked; -EBUSY with the one sentence, or -ENOMEM.
 */
int wv__sanitize_idle(struct wv_ctx *ctx, const char *path);

/**
 * wv__sanitize_lift() - make what an HPA or DCO hides the host's, for good
 *
 * The kernel is told to look again; the device has to be opened anew.
 * Return: 1 when something was lifted, 0 when nothing was hidden (or the device
 * does not tell), -EAGAIN when the kernel does not see it before the device was
 * plugged in anew, or a negative errno.
 */
int wv__sanitize_lift(struct wv_ctx *ctx, const struct wv_device *dev);

#endif
