/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wipe.h - the room's door: overwrite devices, read back, say what was proven
 *
 * The caller has asked the guard and holds the devices. Errors of one device
 * do not stop another: each job has its own result.
 */
#ifndef WV_WIPE_H
#define WV_WIPE_H

#include "../base/ctx.h"
#include "../base/json.h"

struct wv_device;

struct wv__wipe_job {
	struct wv_device *dev;  /* in: open for writing and held; its size is never changed */
	struct wv_doc *result;  /* out: the object of `wipe --json`; wv_doc_free() it */
	struct wv_doc *pattern; /* out: the last pass, as wv__wipe_verify() takes it; NULL: nothing was written */
	int error;              /* out: 0, -EBADMSG (proof failed), -EIO (failed), -ECANCELED, or refused */
};

/* A member left zero means the default. */
struct wv__wipe_opts {
	const char *method;         /* a name of the table; NULL: "random" */
	const char *verify;         /* "none", "last" (NULL), "all", "sample", "sample:PERCENT" */
	uint64_t offset;            /* where to begin; a multiple of the device's block */
	uint64_t length;            /* 0: to the end */
	uint32_t flags;             /* WV_WIPE_* */
	uint32_t request_seconds;   /* one request may take this long, then the device is given up; 0: 120 */
	const char *checkpoint_dir; /* NULL: no checkpoint, and a resume begins anew */
	const char *takeout;        /* whose wipe it is: another's checkpoint is none of it; may be NULL */
	bool proven_only;           /* a resume whose checkpoint does not prove the medium, by a random pass, is -EPERM, and writes nothing */
	bool no_ring;               /* tests: threads with pread and pwrite instead of io_uring */
};

/**
 * wv__wipe_check() - would these options be taken?
 *
 * Return: 0, or -EINVAL naming the method or verify mode that is not known.
 */
int wv__wipe_check(struct wv_ctx *ctx, const struct wv__wipe_opts *opts);

/**
 * wv__wipe_run() - wipe any number of devices at once
 *
 * With WV_WIPE_RESUME a device goes on from its checkpoint, if there is one,
 * after its last ranges were read back and found to be this wipe's; a
 * checkpoint that was altered or is another medium's is -EBADMSG, and nothing
 * is written. wv_ctx_cancel() stops all of them at the next safe point.
 *
 * Every job gets its result, also on failure (except -ENOMEM and -EINVAL).
 *
 * Return: 0, or the worst job's error in the order of the exit codes: 4, 1, 3, 130.
 */
int wv__wipe_run(struct wv_ctx *ctx, struct wv__wipe_job *jobs, size_t n,
		 const struct wv__wipe_opts *opts);

/**
 * wv__wipe_verify() - read a device back against a pattern
 * @pattern: {"kind": "random", "key": HEX64, "offset": N, "length": N} or
 *	{"kind": "fixed", "bytes": HEX, ...}; bytes repeat from offset 0 of the
 *	device. Without offset and length: the whole device.
 * @ret_result: {device, size, verified, mismatched, bad, seconds, mb_per_s,
 *	status: "match|mismatch|failed|cancelled"}; written also when the proof failed
 *
 * Return: 0, -EBADMSG when a byte differs or the pattern is malformed, -EIO, -ECANCELED.
 */
int wv__wipe_verify(struct wv_ctx *ctx, struct wv_device *dev, struct wv_doc *pattern,
		    struct wv_doc **ret_result);

/* {"kind":"fixed","bytes":HEX} from "zero" or hex digits, for `verify --pattern`. -EINVAL */
int wv__wipe_pattern_parse(struct wv_ctx *ctx, const char *text, struct wv_doc **ret_pattern);

/**
 * wv__wipe_method_at_least() - is a method as strict as the minimum?
 *
 * It is when it has at least as many passes, at least as many of them random,
 * and at least as many read-backs of its own.
 *
 * Return: 1, 0, or -EINVAL when either name is unknown.
 */
int wv__wipe_method_at_least(const char *method, const char *minimum);

/* The table itself is public: wv_wipe_methods() in workvol.h, defined in method.c. */

#endif
