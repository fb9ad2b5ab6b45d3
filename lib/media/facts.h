/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.h - fill in what is known of an open device
 */
#ifndef WV_FACTS_H
#define WV_FACTS_H

#include <linux/fs.h>

#include "device.h"

#ifndef BLKGETDISKSEQ /* Linux 5.15 */
#define BLKGETDISKSEQ _IOR(0x12, 128, uint64_t)
#endif

/* dev->fd, path and real_path are set; st is fstat's. */
int wv__facts_load(struct wv_ctx *ctx, struct wv_device *dev, const struct stat *st);

/* A device's word as text: what is no UTF-8, controls and "\" are written "\xHH". One word for each; free() it. */
char *wv__facts_text(const char *raw);

/* What makes a device itself: asked again at each recheck. No sentence. Sequence 0: the kernel does not say. */
int wv__facts_size(int fd, const struct stat *st, uint64_t *ret_size);
int wv__facts_diskseq(int fd, const struct stat *st, uint64_t *ret_seq);

#endif
