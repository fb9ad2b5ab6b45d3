/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sanitizing.h - workvol wipe --method sanitize: the device's own erasure, and
 * the host's passes after it
 */
#ifndef WV_SANITIZING_H
#define WV_SANITIZING_H

#include "../../sanitize/sanitize.h"
#include "../../wipe/wipe.h"

/* -EINVAL with a sentence: a range or a resume, or a method or verify mode that is not known. */
int wv__sanitizing_check(struct wv_ctx *ctx, const struct wv__sanitize_method *method,
			 const struct wv__wipe_opts *opts);

/* As wv__wipe_run(), of devices that are taken. */
int wv__sanitizing(struct wv_ctx *ctx, struct wv__wipe_job *jobs, size_t n,
		   const struct wv__sanitize_method *method, const struct wv__wipe_opts *opts);

/*
 * One result of two: the passes are the host's and so is the verdict; the
 * category is the device's when both have proven what they did.
 */
int wv__sanitizing_merge(struct wv_ctx *ctx, struct wv_doc *own, struct wv_doc *host);

/* What the disk of a job hides goes into its result: "hidden", and what is not proven. */
int wv__sanitizing_hidden(struct wv_ctx *ctx, struct wv__wipe_job *job);

#endif
