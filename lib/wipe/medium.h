/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * medium.h - what is wiped, as the engine sees it: a size, a block, and how
 * to read, write and flush
 */
#ifndef WV_MEDIUM_H
#define WV_MEDIUM_H

#include "../base/ctx.h"

struct wv_device;

enum wv__op { WV__READ, WV__WRITE, WV__FLUSH };

/* 0 or a negative errno, whole transfers only. */
struct wv__medium_ops {
	int (*read)(void *data, void *buf, size_t len, uint64_t offset);
	int (*write)(void *data, const void *buf, size_t len, uint64_t offset);
	int (*flush)(void *data);
	uint64_t (*size)(void *data);
	uint64_t (*diskseq)(void *data); /* NULL: not known */
	int (*temperature)(void *data, int *ret_millidegrees, int *ret_limit); /* NULL: no sensor */
};

struct wv__medium {
	const char *path, *model, *serial, *serial_origin, *media;
	uint64_t size;
	uint32_t block; /* of direct I/O */
	uint32_t unit;  /* a bad block is narrowed to this: the physical block */
	bool rotational;
	bool is_file;
	dev_t rdev; /* of a block device; 0: no sensor to ask */
	uint64_t diskseq; /* as it was opened; the kernel counts on with each other medium; 0: not known */
	const struct wv_device *dev; /* borrowed: whose names must still lead to it at the end; NULL: none */

	int fd;                           /* O_DIRECT, its own; -1 with ops */
	const struct wv__medium_ops *ops; /* NULL: the system's, on fd */
	void *data;
};

/* An O_DIRECT descriptor of its own on an open device; release it with wv__medium_close(). */
int wv__medium_open(struct wv_ctx *ctx, const struct wv_device *dev, bool write,
		    struct wv__medium *ret);
void wv__medium_close(struct wv__medium *medium);
int wv__medium_hold_fd(const struct wv__medium *medium); /* as wv__device_hold_fd() */

/* Waited for. A flush: all that was written is on the medium: fdatasync, which flushes the device's own cache too. */
int wv__medium_do(const struct wv__medium *medium, enum wv__op op, void *buf, size_t len,
		  uint64_t offset);

/* As wv__temperature(): a command to the medium, not for every tick. */
int wv__medium_temperature(const struct wv__medium *medium, int *ret_millidegrees, int *ret_limit);

/* What it says now; 0: it is gone, or it is not known. */
uint64_t wv__medium_size_now(const struct wv__medium *medium);
uint64_t wv__medium_diskseq_now(const struct wv__medium *medium);

/*
 * Is there another medium behind the same descriptor, as in a card reader?
 * Asked before every request: it costs a system call.
 */
bool wv__medium_is_other(const struct wv__medium *medium);
/* Does its name, links followed, lead elsewhere or nowhere now? */
bool wv__medium_is_renamed(const struct wv__medium *medium);

#endif
