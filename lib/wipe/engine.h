/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.h - several media at once: their keepers, progress, the wish to stop
 */
#ifndef WV_ENGINE_H
#define WV_ENGINE_H

#include "result.h"

/**
 * wv__wipe_media() - wipe media, however they are read and written
 * @media: taken over: closed before the return
 * @jobs: their results; dev is not looked at
 *
 * What wv__wipe_run() does once the devices are open; the tests come in here
 * with media of memory.
 */
int wv__wipe_media(struct wv_ctx *ctx, struct wv__medium *media, struct wv__wipe_job *jobs,
		   size_t n, const struct wv__wipe_opts *opts);

/* Likewise for wv__wipe_verify(). */
int wv__verify_medium(struct wv_ctx *ctx, struct wv__medium *medium,
		      const struct wv__pattern *pattern, uint64_t offset, uint64_t length,
		      const struct wv__wipe_opts *opts, struct wv_doc **ret_result);

#endif
