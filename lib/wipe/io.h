/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * io.h - requests in flight on a medium, of one thread: io_uring, or threads
 * with pread and pwrite where that is refused
 */
#ifndef WV_IO_H
#define WV_IO_H

#include <sys/uio.h>

#include "medium.h"

#define WV__IO_DEPTH_MAX 32

struct wv__io;

struct wv__io_kind {
	/* At most depth requests are ever out; a tag is below depth. Never blocks on the medium. */
	int (*submit)(struct wv__io *io, unsigned int tag, enum wv__op op, void *buf, size_t len,
		      uint64_t offset);
	/* 1 and a request that ended (its result: 0 or a negative errno), 0 after ms milliseconds without one. */
	int (*reap)(struct wv__io *io, unsigned int ms, unsigned int *ret_tag, int *ret_result);
	/* abandon: requests are still out; what they may touch is left to them. */
	void (*close)(struct wv__io *io, bool abandon);
};

struct wv__io {
	const struct wv__io_kind *kind;
	const struct wv__medium *medium;
	unsigned int depth;
};

/* Called by the thread that will use it. bufs: memory that most requests use (NULL base: none). */
int wv__io_open(const struct wv__medium *medium, unsigned int depth, const struct iovec *bufs,
		unsigned int n_bufs, bool no_ring, struct wv__io **ret);

/* The two kinds. wv__ring_open() is -ENOSYS, -EPERM, -ENOMEM or the like where the kernel says no. */
int wv__ring_open(const struct wv__medium *medium, unsigned int depth, const struct iovec *bufs,
		  unsigned int n_bufs, struct wv__io **ret);
int wv__threads_open(const struct wv__medium *medium, unsigned int depth, struct wv__io **ret);

#endif
